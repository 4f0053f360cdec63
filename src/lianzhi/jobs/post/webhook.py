"""Webhook: a channel that posts signed messages to the platform.

Connections are kept and reused; no redirect is followed, no proxy asked, no more of an answer read
than needed to use the connection again.
"""

import datetime as dt
import email.utils
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import msgspec
from urllib3 import HTTPHeaderDict, Timeout
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.util import parse_url

from lianzhi import __version__
from lianzhi.config import Webhook
from lianzhi.faults import fault_point
from lianzhi.guarded_http import (
    GuardedConnection,
    GuardedPool,
    GuardedSecureConnection,
    GuardedSecurePool,
    is_forbidden,
)
from lianzhi.jobs.post.deadline import DeadlineError, Line, Watch
from lianzhi.jobs.post.delivery import Delivered, Failed, Outcome, Refused
from lianzhi.office.messages import Channel, Message
from lianzhi.record.entry import encode
from lianzhi.webhooks.keys import Secret
from lianzhi.webhooks.signature import decode_secret, headers

AT_ONCE = 16
CONNECT_S = 5.0
TOTAL_S = 15.0
ANSWER_BYTES = 4096
HTTP_GONE = 410


class _Local(threading.local):
    line: Line | None = None


_at_hand = _Local()


class _Plain(GuardedConnection):
    """Reports its socket to the request in progress, so that a deadline can close it."""

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _report_socket(sock)
        return sock

    def request(self, *args: Any, **named: Any) -> None:
        if self.sock is not None:
            _report_socket(self.sock)  # kept from an earlier one
        super().request(*args, **named)
        fault_point("delivery.sent")


class _Secure(_Plain, GuardedSecureConnection):
    """TLS variant of `_Plain`."""


def _report_socket(sock: socket.socket) -> None:
    if _at_hand.line is not None:
        _at_hand.line.opened(sock)


class _PlainPool(GuardedPool):
    ConnectionCls = _Plain


class _SecurePool(GuardedSecurePool):
    ConnectionCls = _Secure


class Answer(msgspec.Struct, frozen=True):
    """Answer of the receiver."""

    status: int
    retry_after: str | None
    took_ms: int


class Keys(Protocol):
    """Has the secrets of whom messages go to."""

    def current(self, now: int) -> list[Secret]:
        """Those that sign at a time (ms)."""
        ...


class WebhookChannel:
    """Posts messages; `data` gives what a message says, with tokens resolved."""

    name: Channel = "webhook"
    at_once = AT_ONCE

    def __init__(
        self,
        config: Webhook,
        keys: Keys,
        data: Callable[[Message], dict[str, Any]],
        *,
        total_s: float | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`total_s`: seconds for one delivery; `tls` replaces the system's trusted authorities."""
        url = parse_url(config.url)
        host, size = str(url.host), self.at_once
        self._pool = (
            _PlainPool(host, url.port, maxsize=size, networks=config.reach)
            if url.scheme == "http"
            else _SecurePool(host, url.port, maxsize=size, ssl_context=tls, networks=config.reach)
        )
        self._target, self._keys, self._data = url.request_uri, keys, data
        self._total, self._watch = total_s or TOTAL_S, Watch()

    def deliver(self, message: Message, at: int) -> Outcome:
        """Post a message, and read the answer as the specification has it."""
        try:
            answer = self.post(message, at)
        except DeadlineError as error:
            return Failed(error.reason)
        except (HTTPError, OSError) as error:
            return Failed(why(error))
        if 200 <= answer.status < 300:
            return Delivered()
        if answer.status == HTTP_GONE:
            return Refused("HTTP 410: the receiver wants no more of it")
        return Failed(f"HTTP {answer.status}", _asked_ms(answer.retry_after, at))

    def post(self, message: Message, at: int) -> Answer:
        """Post a message; raises DeadlineError, urllib3's HTTPError or OSError where none comes."""
        body = envelope(message, self._data(message))
        secrets = [decode_secret(key.text) for key in self._keys.current(at)]
        head = HTTPHeaderDict(headers(message.id, at // 1000, body, secrets))
        head["Content-Type"] = "application/json"
        head["Idempotency-Key"] = message.id
        head["User-Agent"] = f"Lianzhi/{__version__}"
        began = time.monotonic()
        with self._watch.limit(self._total) as line:
            _at_hand.line = line
            answer = self._pool.urlopen(
                "POST",
                self._target,
                body,
                head,
                retries=False,
                redirect=False,
                timeout=Timeout(connect=min(CONNECT_S, self._total), read=self._total),
                preload_content=False,
                decode_content=False,
            )
            with answer, suppress(HTTPError, OSError):  # the status has come: that is the answer
                if len(answer.read(ANSWER_BYTES)) < ANSWER_BYTES:
                    answer.release_conn()
        elapsed = round((time.monotonic() - began) * 1000)
        return Answer(answer.status, answer.headers.get("retry-after"), elapsed)

    def cut(self) -> None:
        """End what is under way, and post nothing more."""
        self._watch.cut()
        self._pool.close()


def envelope(message: Message, data: dict[str, Any]) -> bytes:
    """The body: what happened, under which id, when, and the data with the place in its lane."""
    at = dt.datetime.fromtimestamp(message.created_at / 1000, dt.UTC)
    payload = {
        "type": message.topic,
        "id": message.id,
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"sequence": message.number, **data},
    }
    return encode(payload)


def ping(at: int) -> Message:
    """A message without content, to test delivery."""
    return Message(
        id=f"ping-{at}",
        lane="ping",
        number=0,
        topic="webhook.pinged",
        channel="webhook",
        ref="ping",
        created_at=at,
    )


def why(error: Exception) -> str:
    """What went wrong with a connection, without what the other side may have said."""
    if isinstance(error, SSLError):
        return "TLS: the certificate or the handshake was not accepted"
    if is_forbidden(error):
        return "the receiver is at an address that is not public, and not in `networks`"
    if isinstance(error, NewConnectionError):
        return "the connection was refused, or the host was not found"
    if isinstance(error, PermissionError):
        return "the key file of the webhook can be read by others"
    if "timed out" in str(error).lower():
        return "timed out"
    return f"the connection broke ({type(error).__name__})"


def _asked_ms(retry_after: str | None, at: int) -> int:
    """`Retry-After` in milliseconds from `at`; 0 where there is none that can be read."""
    if retry_after is None:
        return 0
    if retry_after.isascii() and retry_after.isdigit():
        return int(retry_after[:9]) * 1000
    try:
        then = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    if then.tzinfo is None:
        return 0
    return max(0, int(then.timestamp() * 1000) - at)
