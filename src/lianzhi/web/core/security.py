"""Middleware of every request: headers, host check, rates, bodies, request id, access log.

Plain ASGI, outermost first: `SecureHeaders`, `RequestLog`, `HostCheck`, `ClientRate`, `BodyLimit`.
The access log names the route, never its parameters, the query or the body: they may name people.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lianzhi.web.core.limits import Buckets, network_of
from lianzhi.web.core.problems import Problem, respond
from lianzhi.web.core.refused_keys import STATUSES
from lianzhi.web.core.request_counts import RequestCounts, template_of
from lianzhi.web.core.request_id import REQUEST_ID, id_of

access = logging.getLogger("lianzhi.access")
errors = logging.getLogger("lianzhi.web")

#: Everything comes from /static: no inline script or style, no `eval`, no other origin. Scripts may
#: still set `element.style`; HTML put in by scripts must use classes.
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
_HSTS = "max-age=31536000; includeSubDomains"
_HEALTH = frozenset({"/healthz", "/readyz"})


class SecureHeaders:
    """Security headers on every response; what is not static is never cached."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self._headers = dict(_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = _HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the headers to what comes back."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        static = scope["path"].startswith("/static/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if not static:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return await self.app(scope, receive, with_headers)


class RequestLog:
    """Gives each request an id, logs and counts it, and turns a crash into a 500 problem.

    `refused` is told of the token, route and status of calls of the API that were refused.
    """

    def __init__(
        self, app: ASGIApp, counts: RequestCounts, refused: Callable[[str, str, int], None]
    ) -> None:
        self.app, self._counts, self._refused = app, counts, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; the id is in `X-Request-ID` of the answer and in `REQUEST_ID` meanwhile."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = id_of(scope)
        token = REQUEST_ID.set(request_id)
        started, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception:
            errors.exception("request %s failed", request_id)
            if status:
                raise
            problem = Problem(
                500,
                "the server failed; nothing is wrong with the request",
                mend=f"tell the operator the request id {request_id}",
            )
            await respond(problem)(scope, receive, noting)
        finally:
            elapsed_s = time.perf_counter() - started
            self._counts.add(scope, status, elapsed_s)
            access.info(
                "%s %s %d %.1fms", scope["method"], route_of(scope), status, elapsed_s * 1000
            )
            if status in STATUSES and scope["path"].startswith("/v1/"):
                route = f"{scope['method']} {template_of(scope)}"
                await run_in_threadpool(self._refused, _bearer(scope), route, status)
            REQUEST_ID.reset(token)


def route_of(scope: Scope) -> str:
    """The path with its parameters blotted out; `-` where no route was found."""
    if "endpoint" not in scope:
        return "-"
    names = {str(value): name for name, value in scope.get("path_params", {}).items()}
    parts = scope["path"].split("/")
    return "/".join(f"{{{names[part]}}}" if part in names else part for part in parts)


class HostCheck:
    """Refuses requests that name a host that this deployment does not serve."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app = app
        self._names = {host.lower() for host in hosts}
        self._below = tuple(name[1:] for name in self._names if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 400."""
        hosts = Headers(scope=scope).getlist("host") if scope["type"] == "http" else []
        if scope["type"] != "http" or (len(hosts) < 2 and self._serves("".join(hosts))):
            return await self.app(scope, receive, send)
        problem = Problem(
            400,
            "this host name is not served here" if len(hosts) < 2 else "there are two Host headers",
            field="header.host",
            value=", ".join(hosts),
            mend="use a name that the operator has listed under `hosts` in web.toml",
        )
        return await respond(problem)(scope, receive, send)

    def _serves(self, host: str) -> bool:
        name = re.sub(r":\d*$", "", host.lower())
        return "*" in self._names or name in self._names or name.endswith(self._below or ("\0",))


class ClientRate:
    """Limits every request once: to /v1 with a key that was found good by key, else by address.

    `by_key` charges a token and gives the seconds to wait; None: it is no key that is known yet,
    and may be made up, so that its address is charged. A request whose key was charged carries
    `charged` in its state.
    """

    def __init__(
        self, app: ASGIApp, buckets: Buckets, by_key: Callable[[str, float], float | None]
    ) -> None:
        self.app = app
        self._buckets, self._by_key = buckets, by_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 429."""
        if scope["type"] != "http" or scope["path"] in _HEALTH:
            return await self.app(scope, receive, send)
        if wait := self._charge(scope, time.monotonic()):
            return await respond(too_many(wait))(scope, receive, send)
        return await self.app(scope, receive, send)

    def _charge(self, scope: Scope, now: float) -> float:
        token = _bearer(scope) if scope["path"].startswith("/v1/") else ""
        wait = self._by_key(token, now) if token else None
        if wait is None:
            return self._buckets.take(client_of(scope), now)
        scope.setdefault("state", {})["charged"] = True
        return wait


class BodyLimit:
    """Limits the size of request bodies: `max_batch` for events and files, `max_body` for all else.

    `uploads`: beginning and end of the addresses that take files.

    The whole of a body must arrive within `upload_s`: a slow sender holds what others need.
    Starlette's own limit answers in plain text, around our headers and problems.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_body: int,
        max_batch: int,
        upload_s: float,
        uploads: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.app, self._uploads = app, uploads
        self._max_body, self._max_batch, self._upload_s = max_body, max_batch, upload_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 413 or 408; a body of unknown length is counted as it comes."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope["path"]
        large = path == "/v1/events" or any(
            path.startswith(begin) and path.endswith(end) for begin, end in self._uploads
        )
        limit = self._max_batch if large else self._max_body
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > limit:
            return await respond(too_large(limit))(scope, receive, send)
        total, ends = 0, time.monotonic() + self._upload_s
        whole = False

        async def counting() -> Message:
            nonlocal total, whole
            if whole:  # what comes now is the end of the connection, for which some wait
                return await receive()
            try:
                async with asyncio.timeout(ends - time.monotonic()):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            whole = not message.get("more_body", False)
            total += len(message.get("body", b""))
            if total > limit:
                raise HTTPException(413)
            return message

        return await self.app(scope, counting, send)


def _bearer(scope: Scope) -> str:
    """The bearer token that comes along; empty: none does."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def client_of(scope: Scope) -> str:
    """What the caller's address is counted as; behind a proxy, what its headers say."""
    client = scope.get("client")
    return network_of(client[0]) if client else "-"


def too_large(limit: int) -> Problem:
    """413 with the limit."""
    return Problem(413, f"the body is larger than {limit} bytes", mend="send it in smaller parts")


def too_many(wait: float) -> Problem:
    """429 with the whole seconds to wait."""
    seconds = max(1, int(wait + 0.999))
    return Problem(
        429,
        "too many requests",
        mend=f"try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )
