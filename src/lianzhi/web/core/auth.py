"""Authentication: people by signed session cookie, programs by API key.

For the console (cookie):

    from lianzhi.web.core.auth import User, csrf_token, current_user, maybe_user, require

    @router.get("/cases")
    def cases(user: Annotated[User, Depends(current_user)]) -> Response: ...

    @router.post("/cases/{id}/close")
    def close(user: Annotated[User, Depends(require("work"))], ...) -> Response: ...

- `current_user` sends who is not signed in to `/login?next=...` (303; HTMX gets 401 with
  `HX-Redirect`; what would have changed something 401, for it was not done); `maybe_user` gives
  None instead. `require(permission)` answers 403 to those whose roles do not allow it.
- A session ends `session_hours` after sign-in, and `idle_minutes` after the last thing that
  somebody did: parts of a page that fetch themselves (their element is `#live`) do not count.
- Every POST, PUT, PATCH and DELETE outside /v1 must carry `csrf_token(request)`, as form field
  `csrf` or header `X-CSRF-Token` (`<body hx-headers='{"X-CSRF-Token": "{{ csrf }}"}'>`). The whole
  application is guarded, so a new form can't forget it. Public pages have no session: their forms
  carry a token bound to the page's own (`web.tokens`).
- The login page is the console's template: `app.state.render(request, "login.html", {"error": key,
  "next": path, "csrf": token}, status)` where `error` is "", "credentials", "wait" (context
  `wait_s` says for how many seconds) or how a sign-in elsewhere failed. `mount(app, node)` of the
  console sets `app.state.render`. The form posts `name`, `password`, `next`, `csrf` to /login;
  signing out is POST /logout with `csrf`. Problems outside /v1 are rendered by "error.html" for a
  browser and by "_error.html" for HTMX, with `problem` (status, title, detail, mend).

For the API (`Authorization: Bearer lz_...`): `Depends(require_scope("read"))` gives the `ApiKey`.
A cookie has no authority on /v1, so /v1 needs no CSRF token.

Both tell `request.state.reader` who asks, which `web.looks` puts on the record.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from lianzhi.chain.roles import Permission, holders
from lianzhi.store.accounts import Role
from lianzhi.store.keys import ApiKey, Scope, find_key
from lianzhi.store.users import User, find_user
from lianzhi.web.core.limits import Buckets
from lianzhi.web.core.ports import RecordPort
from lianzhi.web.core.problems import Problem, SignInNeededError
from lianzhi.web.core.security import too_many
from lianzhi.web.core.tokens import form_token_of

__all__ = [
    "ApiKey",
    "Keys",
    "Permission",
    "Reader",
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
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="`Authorization: Bearer lz_...`, made with `lianzhi key add`.",
)


class Reader(msgspec.Struct, frozen=True):
    """Who asks, as the record names them."""

    by: str
    """A user's name, or `key:` and the id of an API key."""
    role: str
    """The user's roles, separated by spaces; `key` for a program."""


def maybe_user(request: Request) -> User | None:
    """Who is signed in, or None. Read once a request: sign-out takes effect at once."""
    if not hasattr(request.state, "user"):
        request.state.user = _user(request)
    user: User | None = request.state.user
    return user


def _user(request: Request) -> User | None:
    session = request.session
    node: RecordPort = request.app.state.node
    user_id = session.get("user")
    if not isinstance(user_id, str) or not _lasts(request, node.now()):
        return None
    user = find_user(node.engine, user_id)
    return user if user and user.session == session.get("version") else None


def _lasts(request: Request, now: int) -> bool:
    """Whether the session is neither too old nor idle for too long; notes the time of use."""
    session, settings = request.session, request.app.state.settings
    started, seen = session.get("begun"), session.get("seen")
    if type(started) is not int or type(seen) is not int:
        return False
    if now - started >= settings.session_hours * _HOUR_MS:
        return False
    if now - seen >= settings.idle_minutes * _MINUTE_MS:
        return False
    if now - seen >= _MINUTE_MS and request.headers.get("hx-trigger") != "live":
        session["seen"] = now
    return True


def current_user(request: Request, user: Annotated[User | None, Depends(maybe_user)]) -> User:
    """Who is signed in; sends others to the login page."""
    if user is None:
        raise SignInNeededError
    request.state.reader = Reader(user.name, " ".join(user.roles))
    return user


def require(permission: Permission) -> Callable[[User], User]:
    """A dependency that gives the user if one of their roles allows this, else 403."""

    def holder(user: Annotated[User, Depends(current_user)]) -> User:
        if not user.may(permission):
            raise Problem(
                403,
                f"this needs the permission {permission}; you are {', '.join(user.roles)}",
                mend=f"ask somebody who is {' or '.join(holders(permission))}",
            )
        return user

    return holder


def allow(request: Request, *permissions: Permission) -> User:
    """The user who asks, if one of their roles allows any of these; see `require`.

    For domains, which find it in the application's state.
    """
    user = current_user(request, maybe_user(request))
    if not any(user.may(permission) for permission in permissions):
        return require(permissions[0])(user)
    return user


def sign_in(request: Request, user: User) -> None:
    """Start the user's session, with a CSRF token that the anonymous session did not know."""
    now = request.app.state.node.now()
    request.session.clear()
    request.session["user"] = user.id
    request.session["version"] = user.session
    request.session["csrf"] = secrets.token_urlsafe(24)
    request.session["begun"] = request.session["seen"] = now
    request.state.user = user


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
    state = request.app.state
    bound = form_token_of(state.settings.secret, request.url.path, state.open_forms)
    kept = request.session.get("csrf") if bound is None else bound
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
        node: RecordPort,
        *,
        cached: float,
        by_key: Buckets,
        size: int = 1000,
    ) -> None:
        self._node, self._cached, self._size = node, cached, size
        self._by_key = by_key
        self._kept: OrderedDict[bytes, tuple[float, ApiKey]] = OrderedDict()

    def charge(self, token: str, now: float) -> float | None:
        """Charge a token's key for a request; seconds to wait, or None: it is not known yet.

        Only what the database held is known: a token that is made up has no rate of its own, and
        is charged to the address that it comes from (`ClientRate`), so that guesses are slow.
        """
        _, key = self._kept.get(_digest(token), (now, None))
        return None if key is None else self._by_key.take(key.id, now)

    def known(self, token: str) -> ApiKey | None:
        """The key of a token, where the database was asked for it lately; valid or not."""
        return self._kept.get(_digest(token), (0.0, None))[1]

    async def resolve(self, token: str, charged: bool) -> ApiKey:
        """The valid key of this token. Raises Problem 401 or 429.

        It is charged for one request unless it was `charged` already. The cache is looked up by
        digest, which tells nothing by timing.
        """
        now, digest = time.monotonic(), _digest(token)
        read_at, key = self._kept.get(digest, (now, None))
        if key is None or now - read_at > self._cached:
            key = await run_in_threadpool(find_key, self._node.engine, token)
            self._keep(digest, now, key)
        if key is None or not key.valid_at(self._node.now()):
            raise _unauthorized("this API key is unknown, expired or revoked")
        if not charged and (wait := self._by_key.take(key.id, now)):
            raise too_many(wait)
        return key

    def _keep(self, digest: bytes, now: float, key: ApiKey | None) -> None:
        self._kept.pop(digest, None)
        if key is not None:
            self._kept[digest] = (now, key)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)


def require_scope(*scopes: Scope) -> Callable[..., Coroutine[Any, Any, ApiKey]]:
    """A dependency that gives the request's API key if it has any of `scopes`: else 401 or 403."""

    async def holder(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> ApiKey:
        if credentials is None:
            raise _unauthorized("this needs an API key")
        keys: Keys = request.app.state.keys
        charged: bool = getattr(request.state, "charged", False)
        key = await keys.resolve(credentials.credentials, charged)
        if not any(key.allows(scope) for scope in scopes):
            raise missing_scope(scopes[0])
        request.state.reader = Reader(f"key:{key.id}", "key")
        return key

    return holder


def missing_scope(scope: Scope) -> Problem:
    """403 for a key without this scope."""
    return Problem(
        403,
        f"this key is not for {scope}",
        mend=f"use a key made with `lianzhi key add --scope {scope}`",
    )


async def allow_key(request: Request, scope: Scope) -> ApiKey:
    """The request's API key, if it is good for `scope`; see `require_scope`. For domains."""
    return await require_scope(scope)(request, await _bearer(request))


def _digest(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()


def _unauthorized(detail: str) -> Problem:
    return Problem(
        401,
        detail,
        mend="send `Authorization: Bearer lz_...` with a key made by `lianzhi key add`",
        headers={"WWW-Authenticate": "Bearer"},
    )
