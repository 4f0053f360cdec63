"""Signing in and out: /login and /logout; the page itself is the console's "login.html"."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from lianzhi.kit import addresses
from lianzhi.store.passwords import MAX_PASSWORD
from lianzhi.store.sign_in import authenticate, locked_until
from lianzhi.store.users import User, end_sessions, find_named
from lianzhi.web.core.auth import csrf_token, current_user, maybe_user, sign_in
from lianzhi.web.core.limits import Backoff, Gate
from lianzhi.web.core.ports import RecordPort
from lianzhi.web.core.problems import Problem
from lianzhi.web.core.security import client_of
from lianzhi.web.core.settings import Settings

router = APIRouter(include_in_schema=False)

#: Cookie of a browser in which people have signed in with a password; only /login gets it.
BROWSER = "lianzhi-browser"
_BROWSER_S = 180 * 86_400
#: Users whom a browser is known for at most: those who signed in last.
KNOWN_USERS = 8


class SignIns:
    """Waits after failed sign-ins, by name and address and by address; in memory.

    A browser that is known for the user has a count of its own, by name: what others fail at behind
    the same address keeps nobody out there, and what fails in it counts against nobody else. A name
    alone is locked by the database, see `store.sign_in`; argon2 takes 64 MiB each time, so
    only a few run at once.
    """

    def __init__(self) -> None:
        self._both, self._client, self._known = Backoff(5), Backoff(20), Backoff(5)
        self.gate = Gate(2)

    def wait(self, name: str, client: str, now: float, *, known: bool) -> float:
        """Seconds until this may be tried."""
        if known:
            return self._known.wait(name, now)
        return max(self._both.wait(f"{name}\0{client}", now), self._client.wait(client, now))

    def failed(self, name: str, client: str, now: float, *, known: bool) -> None:
        """Count a failure."""
        if known:
            self._known.failed(name, now)
        else:
            self._both.failed(f"{name}\0{client}", now)
            self._client.failed(client, now)

    def succeeded(self, name: str, client: str) -> None:
        """Forget this person's failures; those of others at the address stay."""
        self._known.succeeded(name)
        self._client.forgive(client, self._both.succeeded(f"{name}\0{client}"))


class Refused(Exception):  # noqa: N818 - an outcome, not a fault
    """A password that was not taken: wrong, or not even tried."""

    def __init__(self, error: str, status: int, wait_s: int = 0) -> None:
        super().__init__(error)
        self.error, self.status, self.wait_s = error, status, wait_s


def check(request: Request, name: str, password: str, *, known: bool = False) -> User:
    """The user of this name and password, counted against all limits. Raises Refused.

    Wrong name and wrong password read the same; so do locks of names that somebody bears or not.
    """
    tries: SignIns = request.app.state.sign_ins
    node: RecordPort = request.app.state.node
    client, clock, key = client_of(request.scope), time.monotonic(), name.strip().casefold()
    if wait := tries.wait(key, client, clock, known=known):
        raise Refused("wait", 429, _whole(wait))
    now = node.now()
    if not known and (until := locked_until(node.ledger, name, now)) is not None:
        raise Refused("wait", 429, _whole((until - now) / 1000))
    with tries.gate.enter() as admitted:
        if not admitted:
            raise Refused("wait", 503, 1)
        user = authenticate(node.ledger, name, password, now, known=known)
    if user is None:
        tries.failed(key, client, clock, known=known)
        raise Refused("credentials", 401)
    tries.succeeded(key, client)
    return user


@router.get("/login", name="login_page")
def login_page(
    request: Request,
    user: Annotated[User | None, Depends(maybe_user)],
    following: Annotated[str, Query(alias="next", max_length=1000)] = "/",
) -> Response:
    """The form, or on to where who is signed in wanted to go."""
    if user is not None:
        return RedirectResponse(local(following), 303)
    return login_form(request, {"next": local(following)})


@router.post("/login")
def login(
    request: Request,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=MAX_PASSWORD)],
    following: Annotated[str, Form(alias="next", max_length=1000)] = "/",
) -> Response:
    """Start a session with name and password."""
    try:
        user = check(request, name, password, known=_knows(request, name))
    except Refused as refused:
        context: dict[str, Any] = {"error": refused.error, "next": local(following)}
        if refused.wait_s:
            context["wait_s"] = refused.wait_s
        return login_form(request, context, refused.status)
    sign_in(request, user)
    answer = RedirectResponse(local(following), 303)
    _remember(request, answer, user)
    return answer


@router.post("/logout")
def logout(request: Request, user: Annotated[User, Depends(current_user)]) -> Response:
    """Sign out, here and everywhere else."""
    node: RecordPort = request.app.state.node
    end_sessions(node.engine, user.id)
    request.session.clear()
    return RedirectResponse("/login", 303)


def login_form(request: Request, context: dict[str, Any], status: int = 200) -> Response:
    """The sign-in page; `context` may hold error, next and wait_s."""
    render = request.app.state.render
    if render is None:
        raise Problem(404, "this deployment has no console", mend="use the API under /v1")
    settings: Settings = request.app.state.settings
    plain = {"error": "", "next": "/", "wait_s": 0, "elsewhere": settings.oidc is not None}
    page: Response = render(
        request, "login.html", plain | {"csrf": csrf_token(request)} | context, status
    )
    if "wait_s" in context:
        page.headers["Retry-After"] = str(context["wait_s"])
    return page


def local(path: str) -> str:
    """The path if it stays on this site and is no way of signing in, else the start page."""
    return "/" if path.startswith("/login") else addresses.local(path)


def _remember(request: Request, answer: Response, user: User) -> None:
    """Let this browser sign in as this user while strangers keep the name locked."""
    settings: Settings = request.app.state.settings
    others = [user_id for user_id in _known_users(request) if user_id != user.id]
    answer.set_cookie(
        BROWSER,
        _serializer(settings).dumps([user.id, *others][:KNOWN_USERS]),
        _BROWSER_S,
        path="/login",
        secure=settings.https,
        httponly=True,
        samesite="strict",
    )


def _knows(request: Request, name: str) -> bool:
    """Whether somebody has signed in under this very name in this browser before."""
    user = find_named(request.app.state.node.engine, name)
    if user is None or user.disabled_at is not None:
        return False
    return user.id in _known_users(request)


def _known_users(request: Request) -> list[str]:
    """Ids of the users who signed in in this browser, the last one first."""
    given = request.cookies.get(BROWSER, "")
    try:
        ids: list[str] = _serializer(request.app.state.settings).loads(given, max_age=_BROWSER_S)
    except BadData:
        return []
    return ids


def _serializer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret, salt=BROWSER)


def _whole(seconds: float) -> int:
    return max(1, int(seconds + 0.999))
