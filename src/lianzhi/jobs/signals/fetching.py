"""Fetching: requests a platform's statements since the last fetch.

Question and answer are signed like messages: the question over its query, the answer over its body,
both under the id of the question. See `office.signal_answers` for the other side.
"""

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from urllib3.exceptions import HTTPError

from lianzhi import guarded_http
from lianzhi.chain.signal import SignalError
from lianzhi.jobs.post.webhook import TOTAL_S
from lianzhi.office.federation import Peer
from lianzhi.office.signal_answers import signed_headers
from lianzhi.office.signal_receiving import (
    ForgedError,
    UnknownSignalError,
    addressed,
    apply,
    read,
    sender,
)
from lianzhi.office.signals import Signals
from lianzhi.store import signals

MOST_BYTES = 4 << 20
_MOST_PAGES = 1000


class FetchError(Exception):
    """A platform did not answer as agreed; the message says how."""


class _Answer(msgspec.Struct):
    from_: str = msgspec.field(name="from")
    to: str
    cursor: int
    more: bool
    bundle: Any = None
    delta: Any = None


class Fetched(msgspec.Struct, frozen=True):
    """Numbers of new and known statements fetched from a platform."""

    new: int
    known: int
    refused: tuple[str, ...] = ()
    """Invalid statements, each with the reason."""


def fetch(desk: Signals, name: str, at: int) -> Fetched:
    """Fetch the statements of a platform since the last fetch, and apply them.

    Invalid statements are reported and skipped. KeyError: there is no such platform. Raises
    ConfigError and FetchError.
    """
    federation = desk.federation()
    peer = federation.peer(name)
    if peer is None:
        raise KeyError(name)
    new_count = known = 0
    refused: list[str] = []
    for _ in range(_MOST_PAGES):
        with desk.office.ledger.engine.connect() as connection:
            cursor = signals.cursor_of(connection, name)
        answer = _ask(peer, federation.name, cursor, at)
        statements = read(peer, answer.bundle, answer.delta)
        with desk.office.ledger.batch() as batch:
            for item in statements:
                try:
                    new = apply(signals, batch, federation, peer, item, at)
                    new_count, known = new_count + new, known + (not new)
                except (SignalError, UnknownSignalError) as error:
                    refused.append(f"{item.signal}: {error}")
            signals.set_cursor(batch.connection, name, answer.cursor)
        if not answer.more:
            return Fetched(new_count, known, tuple(refused))
    raise FetchError(f"{name} goes on without end; what came so far is taken")


def _ask(peer: Peer, ours: str, cursor: int, at: int) -> _Answer:
    query = urlencode({"from": ours, "to": peer.name, "cursor": cursor})
    identity = f"ask-{secrets.token_hex(12)}"
    pool = guarded_http.pool_for(peer.webhook.url, peer.webhook.reach)
    try:
        answer = pool.urlopen(
            "GET",
            f"{urlsplit(peer.webhook.url).path}?{query}",
            headers=signed_headers(identity, peer, query.encode(), at),
            timeout=TOTAL_S,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        with answer:
            body = answer.read(MOST_BYTES + 1)
    except (HTTPError, OSError) as error:
        if guarded_http.is_forbidden(error):
            raise FetchError(f"{peer.name}: {error.__cause__}") from None
        raise FetchError(f"{peer.name} does not answer ({type(error).__name__})") from None
    if answer.status != 200:
        raise FetchError(f"{peer.name} answers HTTP {answer.status}")
    if len(body) > MOST_BYTES:
        raise FetchError(f"{peer.name} answers with more than {MOST_BYTES} bytes")
    head = {name.lower(): text for name, text in answer.headers.items()} | {"webhook-id": identity}
    try:
        sender((peer,), head, body, at)
        parsed = msgspec.json.decode(body, type=_Answer)
        addressed(ours, peer, parsed.from_, parsed.to)
    except (ForgedError, msgspec.DecodeError) as error:
        raise FetchError(f"{peer.name}: {error}") from None
    return parsed
