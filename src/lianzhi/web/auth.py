"""Who asks: people by signed session cookie, programs by API key.

For the console (cookie):

    from lianzhi.web.auth import User, csrf_token, current_user, maybe_user, require

    @router.get("/cases")
    def cases(user: Annotated[User, Depends(current_user)]) -> Response: ...

    @router.post("/cases/{id}/close")
    def close(user: Annotated[User, Depends(require("reviewer"))], ...) -> Response: ...

- `current_user` sends who is not signed in to `/login?next=...` (303; HTMX gets 401 with
  `HX-Redirect`; what would have changed something 401, for it was not done); `maybe_user` gives
  None instead. `require(role)` answers 403 below that role.
- Every POST, PUT, PATCH and DELETE outside /v1 must carry `csrf_token(request)`, as form field
  `csrf` or header `X-CSRF-Token` (`<body hx-headers='{"X-CSRF-Token": "{{ csrf }}"}'>`). The whole
  application is guarded, so a new form can't forget it.
- The login page is the console's template: `app.state.render(request, "login.html", {"error": key,
  "next": path, "csrf": token}, status)` where `error` is "", "credentials" or "wait" (context
  `wait_s` says for how many seconds). `mount(app, node)` of the console sets `app.state.render`.
  The form posts `name`, `password`, `next`, `csrf` to /login; signing out is POST /logout with
  `csrf`. Problems outside /v1 are rendered by "error.html" for a browser and by "_error.html" for
  HTMX, with `problem` (status, title, detail, mend).

For the API (`Authorization: Bearer lz_...`): `Depends(require_scope("read"))` gives the `ApiKey`.
A cookie has no authority on /v1, so /v1 needs no CSRF token.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from lianzhi.store.accounts import ROLES, ApiKey, Role, Scope, User, find_key, find_user
from lianzhi.web.limits import Buckets
from lianzhi.web.ports import NodePort
from lianzhi.web.problems import Problem, SignInNeededError
from lianzhi.web.security import client_of, too_many

__all__ = [
    "ApiKey",
    "Keys",
    "Role",
    "Scope",
    "User",
    "csrf_token",
    "current_user",
    "guard_forms",
    "maybe_user",
    "require",
    "require_scope",
    "sign_in",
]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="`Authorization: Bearer lz_...`, made with `lianzhi key add`.",
)


def maybe_user(request: Request) -> User | None:
    """Who is signed in, or None. Reads the user each time: sign-out takes effect at once."""
    user_id = request.session.get("user")
    if not isinstance(user_id, str):
        return None
    node: NodePort = request.app.state.node
    user = find_user(node.engine, user_id)
    return user if user and user.session == request.session.get("version") else None


def current_user(user: Annotated[User | None, Depends(maybe_user)]) -> User:
    """Who is signed in; sends others to the login page."""
    if user is None:
        raise SignInNeededError
    return user


def require(role: Role) -> Callable[[User], User]:
    """A dependency that gives the user if they hold `role` or a higher one, else 403."""

    def holder(user: Annotated[User, Depends(current_user)]) -> User:
        if ROLES.index(user.role) < ROLES.index(role):
            raise Problem(
                403,
                f"this needs the role {role}; yours is {user.role}",
                mend="ask someone who holds it, or an administrator",
            )
        return user

    return holder


def sign_in(request: Request, user: User) -> None:
    """Start the user's session, with a CSRF token that the anonymous session did not know."""
    request.session.clear()
    request.session["user"] = user.id
    request.session["version"] = user.session
    request.session["csrf"] = secrets.token_urlsafe(24)


def csrf_token(request: Request) -> str:
    """The token that this session's forms must carry."""
    token = request.session.get("csrf")
    if not isinstance(token, str):
        token = request.session["csrf"] = secrets.token_urlsafe(24)
    return token


async def guard_forms(request: Request) -> None:
    """Refuse what changes state without the session's CSRF token; guards the whole application."""
    if request.method in _SAFE or request.url.path.startswith("/v1/"):
        return
    header = request.headers.get("x-csrf-token")
    sent = (await request.form()).get("csrf") if header is None else header
    kept = request.session.get("csrf")
    if not (isinstance(sent, str) and isinstance(kept, str)) or not hmac.compare_digest(
        sent.encode(errors="replace"), kept.encode()
    ):
        raise Problem(
            403,
            "the form's token does not fit this session",
            mend="load the page again and send the form once more",
        )


class Keys:
    """API keys as requests bring them: looked up in the database, kept for a few seconds."""

    def __init__(
        self,
        node: NodePort,
        *,
        cached: float,
        by_key: Buckets,
        by_client: Buckets,
        size: int = 1000,
    ) -> None:
        self._node, self._cached, self._size = node, cached, size
        self._by_key, self._by_client = by_key, by_client
        self._kept: OrderedDict[bytes, tuple[float, ApiKey]] = OrderedDict()

    async def resolve(self, token: str, client: str) -> ApiKey:
        """The valid key of this token, charged for one request. Raises Problem 401 or 429.

        A token that is not known yet is charged to the caller's address first, so that guesses
        can't flood the database. The cache is looked up by digest, which tells nothing by timing.
        """
        now = time.monotonic()
        digest = sha256(token.encode(errors="replace")).digest()
        read_at, key = self._kept.get(digest, (now, None))
        if key is None or now - read_at > self._cached:
            if key is None and (wait := self._by_client.take(client, now)):
                raise too_many(wait)
            key = await run_in_threadpool(find_key, self._node.engine, token)
            self._keep(digest, now, key)
        if key is None or not key.valid_at(self._node.now()):
            raise _unauthorized("this API key is unknown, expired or revoked")
        if wait := self._by_key.take(key.id, now):
            raise too_many(wait)
        return key

    def _keep(self, digest: bytes, now: float, key: ApiKey | None) -> None:
        self._kept.pop(digest, None)
        if key is not None:
            self._kept[digest] = (now, key)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)


def require_scope(scope: Scope) -> Callable[..., Coroutine[Any, Any, ApiKey]]:
    """A dependency that gives the request's API key if it is good for `scope`: else 401 or 403."""

    async def holder(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> ApiKey:
        if credentials is None:
            raise _unauthorized("this needs an API key")
        keys: Keys = request.app.state.keys
        key = await keys.resolve(credentials.credentials, client_of(request.scope))
        if not key.allows(scope):
            raise Problem(
                403,
                f"this key is not for {scope}",
                mend=f"use a key made with `lianzhi key add --scope {scope}`",
            )
        return key

    return holder


def _unauthorized(detail: str) -> Problem:
    return Problem(
        401,
        detail,
        mend="send `Authorization: Bearer lz_...` with a key made by `lianzhi key add`",
        headers={"WWW-Authenticate": "Bearer"},
    )
