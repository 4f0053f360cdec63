"""Signing in and out: /login and /logout; the page itself is the console's "login.html"."""

import re
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.store.accounts import MAX_PASSWORD, authenticate, end_sessions
from lianzhi.web.auth import User, csrf_token, current_user, maybe_user, sign_in
from lianzhi.web.limits import Backoff, Gate
from lianzhi.web.ports import NodePort
from lianzhi.web.problems import Problem
from lianzhi.web.security import client_of

router = APIRouter(include_in_schema=False)

_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]{0,1000}")


class SignIns:
    """Waits after failed sign-ins: by name and address, by address, and by name alone.

    A name alone is allowed many failures, so that nobody is locked out by a stranger who guesses;
    argon2 takes 64 MiB each time, so only a few run at once.
    """

    def __init__(self) -> None:
        self._both, self._client, self._name = Backoff(5), Backoff(20), Backoff(50)
        self.gate = Gate(2)

    def wait(self, name: str, client: str, now: float) -> float:
        """Seconds until this may be tried."""
        return max(
            self._both.wait(f"{name}\0{client}", now),
            self._client.wait(client, now),
            self._name.wait(name, now),
        )

    def failed(self, name: str, client: str, now: float) -> None:
        """Count a failure."""
        self._both.failed(f"{name}\0{client}", now)
        self._client.failed(client, now)
        self._name.failed(name, now)

    def succeeded(self, name: str, client: str) -> None:
        """Forget this person's failures; those of the address stay."""
        self._both.succeeded(f"{name}\0{client}")
        self._name.succeeded(name)


@router.get("/login", name="login_page")
def login_page(
    request: Request,
    user: Annotated[User | None, Depends(maybe_user)],
    following: Annotated[str, Query(alias="next", max_length=1000)] = "/",
) -> Response:
    """The form, or on to where who is signed in wanted to go."""
    if user is not None:
        return RedirectResponse(_local(following), 303)
    return _page(request, {"error": "", "next": _local(following)})


@router.post("/login")
def login(
    request: Request,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=MAX_PASSWORD)],
    following: Annotated[str, Form(alias="next", max_length=1000)] = "/",
) -> Response:
    """Sign in; wrong name and wrong password read the same."""
    tries: SignIns = request.app.state.sign_ins
    node: NodePort = request.app.state.node
    client, now, key = client_of(request.scope), time.monotonic(), name.strip().casefold()
    context = {"error": "wait", "next": _local(following)}
    if wait := tries.wait(key, client, now):
        return _page(request, context | {"wait_s": _whole(wait)}, 429)
    with tries.gate.enter() as admitted:
        if not admitted:
            return _page(request, context | {"wait_s": 1}, 503)
        user = authenticate(node.engine, name, password)
    if user is None:
        tries.failed(key, client, now)
        return _page(request, context | {"error": "credentials"}, 401)
    tries.succeeded(key, client)
    sign_in(request, user)
    return RedirectResponse(_local(following), 303)


@router.post("/logout")
def logout(request: Request, user: Annotated[User, Depends(current_user)]) -> Response:
    """Sign out, here and everywhere else."""
    node: NodePort = request.app.state.node
    end_sessions(node.engine, user.id)
    request.session.clear()
    return RedirectResponse("/login", 303)


def _page(request: Request, context: dict[str, Any], status: int = 200) -> Response:
    render = request.app.state.render
    if render is None:
        raise Problem(404, "this deployment has no console", mend="use the API under /v1")
    page: Response = render(
        request, "login.html", {"wait_s": 0, "csrf": csrf_token(request)} | context, status
    )
    if "wait_s" in context:
        page.headers["Retry-After"] = str(context["wait_s"])
    return page


def _whole(seconds: float) -> int:
    return max(1, int(seconds + 0.999))


def _local(path: str) -> str:
    """The path if it stays on this site, else the start page."""
    return path if _LOCAL.fullmatch(path) and not path.startswith("/login") else "/"
