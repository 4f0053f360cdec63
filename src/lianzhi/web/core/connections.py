"""Connections: how many there may be, in all and from one address, and how long a head may take.

uvicorn limits none of these with its fast parser: heads that never end would hold every file
descriptor of the process, and its memory. What is refused here is refused before there is a
request, in plain text, without a line in the log for each.
"""

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lianzhi.web.core.limits import network_of
from lianzhi.web.core.request_id import FROM_PROXY

#: Descriptors that the process needs for itself: the event log, the database, files that are sent.
RESERVED = 256
MOST_AT_ONCE = 1024
_NOTED_S = 10.0

log = logging.getLogger(__name__)


class Bounds(NamedTuple):
    """What connections are held to."""

    total: int
    """Connections at a time ..."""
    each: int
    """... and of one address, or IPv6 network of 64 bits; trusted proxies are not counted."""
    head_bytes: int
    """Size of a request's line and headers."""
    head_s: float
    """Seconds until they have arrived, counted from the connection or the first byte."""


def most_connections(wanted: int) -> int:
    """As many as wanted, as far as the process may have file descriptors."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return wanted
    return max(16, min(wanted, descriptors - RESERVED, descriptors // 2))


def most_at_once(connections: int) -> int:
    """How many may be accepted in one turn of the event loop, before the first can be refused:
    they must not use up the descriptors that are left.
    """
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return MOST_AT_ONCE
    return max(8, min(MOST_AT_ONCE, (descriptors - RESERVED - connections) // 2))


class Connections:
    """The connections of a server. Used from its event loop alone."""

    def __init__(self, bounds: Bounds, trusted: Iterable[str] = ()) -> None:
        self.bounds = bounds
        self._trusted = [ip_network(proxy, strict=False) for proxy in trusted]
        self._of_client = Counter[str]()
        self._refused, self._noted = 0, float("-inf")

    def protocol(self, *args: Any, **named: Any) -> "BoundedProtocol":
        """What uvicorn has for one connection: give this as `http`."""
        return BoundedProtocol(self, *args, **named)

    def admit(self, client: str | None, others: int) -> bool:
        """Whether one more is taken in beside `others`; if so, `leave` must follow."""
        counted = self._counted(client)
        if others >= self.bounds.total or self._of_client[counted] >= self.bounds.each:
            self._note()
            return False
        if counted:
            self._of_client[counted] += 1
        return True

    def leave(self, client: str | None) -> None:
        """One has ended."""
        counted = self._counted(client)
        self._of_client[counted] -= 1
        if self._of_client[counted] <= 0:
            del self._of_client[counted]

    def trusts(self, client: str | None) -> bool:
        """Whether this is the address of a trusted proxy."""
        try:
            address = ip_address(client or "")
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

    def _counted(self, client: str | None) -> str:
        """The name under which an address is counted; empty: it is not."""
        try:
            address = ip_address(client or "")
        except ValueError:
            return ""
        return "" if self.trusts(client) else network_of(str(address))

    def _note(self) -> None:
        self._refused += 1
        if (now := time.monotonic()) - self._noted > _NOTED_S:
            log.warning("refused %d connections, as there are too many", self._refused)
            self._refused, self._noted = 0, now


class BoundedProtocol(HttpToolsProtocol):
    """One connection, held to its bounds."""

    def __init__(self, connections_: Connections, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._all, self._bounds = connections_, connections_.bounds
        self._admitted = False
        self._timer: asyncio.TimerHandle | None = None
        self._received = self._head = 0
        """Bytes since the head that is being read began, and those of its parsed headers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in, or refuse it."""
        super().connection_made(transport)
        self._admitted = self._all.admit(self._client_host(), len(self.connections) - 1)
        if self._admitted:
            self._expect_head()
        else:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "there are too many connections")

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        if self._admitted:
            self._all.leave(self._client_host())
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and refuse a head that is too large."""
        if self.transport.is_closing():
            return
        self._received += len(data)
        super().data_received(data)
        in_head = self._timer is not None
        if (in_head and self._received > self._bounds.head_bytes) or self._too_large():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too large")

    def on_message_begin(self) -> None:
        """A head begins: it has its time from now on."""
        super().on_message_begin()
        # Here, since behind a proxy the scope will name another client than this.
        self.scope["state"][FROM_PROXY] = self._all.trusts(self._client_host())
        self._head = 0
        if self._timer is None:
            self._expect_head()

    def on_url(self, url: bytes) -> None:
        """Count what was parsed."""
        self._head += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count what was parsed."""
        self._head += len(name) + len(value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: what follows has limits of its own."""
        self._stop_timer()
        if not self._too_large():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass on, unless the head was refused."""
        if not self._too_large():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Pass on, unless the head was refused."""
        if not self._too_large():
            super().on_message_complete()

    def _too_large(self) -> bool:
        return self._head > self._bounds.head_bytes

    def _client_host(self) -> str | None:
        return self.client[0] if self.client else None

    def _expect_head(self) -> None:
        self._received = 0
        refuse = partial(self._refuse, HTTPStatus.REQUEST_TIMEOUT, "the request took too long")
        self._timer = self.loop.call_later(self._bounds.head_s, refuse)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._stop_timer()
        if self.transport.is_closing():
            return
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(why)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write((head + why).encode("ascii"))
        self.transport.close()
