"""Signal receiving: authenticates messages of other platforms and applies their statements.

A message is signed over id, time and body. It counts for five minutes and once; it says who sends
it and to whom, so that it can't be played back elsewhere or to its own sender. What it says goes on
the record and does nothing else: matching finds out whether anybody here is meant.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from lianzhi.chain import signal_delta, signal_stix
from lianzhi.chain.signal import HASHES, SKEW_MS, Opined, Sighted, Signal, SignalError, Statement
from lianzhi.office.federation import Federation, Peer, load
from lianzhi.office.ports import Batch
from lianzhi.office.queries import SignalQueries
from lianzhi.office.signals import Signals
from lianzhi.record.entry import Draft
from lianzhi.webhooks.signature import WINDOW_S, SignatureError, check_age, verified

#: A message is remembered for longer than it counts.
_REMEMBERED_MS = 4 * WINDOW_S * 1000


class ForgedError(Exception):
    """A message without a valid signature of a known platform; the text says what is wrong."""


class UnknownSignalError(Exception):
    """An opinion on a signal that has not arrived yet: it is to be sent again later."""


class Received(msgspec.Struct, frozen=True):
    """Numbers of new and known statements in a message."""

    new: int
    """New, and on the record."""
    known: int = 0
    """Received before, or overtaken by a later statement."""


class _Data(msgspec.Struct):
    from_: str = msgspec.field(name="from")
    to: str
    bundle: Any = None
    delta: Any = None


class _Envelope(msgspec.Struct):
    id: str
    data: _Data


def known_sender(
    desk: Signals, headers: Mapping[str, str], signed: bytes, at: int
) -> tuple[Federation, Peer]:
    """The federation, and the peer that signed a message. Raises ForgedError."""
    federation = load(desk.home)
    if federation is None:
        raise ForgedError("webhook-signature: we exchange signals with nobody")
    return federation, sender(federation.peers, headers, signed, at)


def sender(peers: Iterable[Peer], headers: Mapping[str, str], signed: bytes, at: int) -> Peer:
    """The peer that signed these bytes, by a message's headers. Raises ForgedError."""
    identity = headers.get("webhook-id", "")
    stamp, marks = headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "")
    try:
        check_age(stamp, at / 1000)
    except SignatureError as error:
        raise ForgedError(str(error)) from None
    for peer in peers:
        secrets = [key.text for key in peer.current(at)]
        if verified(identity, stamp, marks, signed, secrets):
            return peer
    raise ForgedError("webhook-signature is of nobody whom we exchange signals with")


def take(desk: Signals, headers: Mapping[str, str], body: bytes, at: int) -> Received:
    """Apply the statements of a message; idempotent by its id.

    Raises ForgedError, UnknownSignalError, and SignalError where a statement is invalid.
    """
    federation, peer = known_sender(desk, headers, body, at)
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except msgspec.DecodeError as error:
        raise SignalError(f"body: {error}") from None
    addressed(federation.name, peer, envelope.data.from_, envelope.data.to)
    if envelope.id != headers["webhook-id"]:
        raise ForgedError("id: it is not the one in webhook-id")
    statements = read(peer, envelope.data.bundle, envelope.data.delta)
    queries = desk.office.queries.signals
    with desk.office.ledger.batch() as batch:
        if not queries.take_once(batch.connection, peer.name, envelope.id, at, _REMEMBERED_MS):
            return Received(0, len(statements))
        new = sum(apply(queries, batch, federation, peer, s, at) for s in statements)
    return Received(new, len(statements) - new)


def addressed(ours: str, peer: Peer, from_: str, to: str) -> None:
    """Raise ForgedError unless a message names its signer as sender and us as addressee."""
    if (from_, to) != (peer.name, ours):
        raise ForgedError(f"from and to: this is {ours}, and {peer.name} has signed it")


def read(peer: Peer, bundle: Any, delta: Any) -> list[Statement]:
    """The statements of a platform, in either shape. Raises SignalError."""
    if (bundle is None) == (delta is None):
        raise SignalError("data: give a bundle (STIX 2.1) or a delta (ThreatExchange)")
    statements = signal_stix.read(bundle) if delta is None else signal_delta.read(delta)
    if others := [s.by for s in statements if s.by != peer.name]:
        raise SignalError(f"by {others[0]!r}: {peer.name} speaks for itself alone")
    return statements


def apply(
    queries: SignalQueries,
    batch: Batch,
    federation: Federation,
    peer: Peer,
    statement: Statement,
    at: int,
) -> bool:
    """Put a statement on the record; False: it was known. Raises as `take`."""
    if statement.said_at > at + SKEW_MS:
        raise SignalError("said_at: it is in the future; set the clock")
    signal = queries.find(batch.connection, statement.signal)
    if isinstance(statement, Sighted):
        return _sighted(batch, federation, signal, statement, at)
    return _opined(batch, signal, statement, at)


def _sighted(
    batch: Batch, federation: Federation, signal: Signal | None, statement: Sighted, at: int
) -> bool:
    if signal is not None:
        if signal.owner != statement.by:
            raise SignalError("signal: another platform has one of this id")
        return False
    if statement.expires_at <= at:
        raise SignalError("expires_at: the signal is over")
    ours = {key.id for key in federation.keys(at)}
    hashes = [hash_ for hash_ in statement.hashes if hash_.key in ours]
    if not hashes:
        raise SignalError(f"hashes: none is under a key in use here: {', '.join(sorted(ours))}")
    fields = ("signal", "kind", "category", "confidence", "since", "until", "said_at", "expires_at")
    payload = {name: getattr(statement, name) for name in fields} | {"owner": statement.by}
    texts = {HASHES: (msgspec.json.encode(hashes).decode(), ())}
    batch.append([Draft("signal.received", statement.signal, at, payload, texts)])
    return True


def _opined(batch: Batch, signal: Signal | None, statement: Opined, at: int) -> bool:
    if signal is None:
        if statement.own:
            return False  # we never had it: it is withdrawn here as well
        raise UnknownSignalError(statement.signal)
    if statement.own != (signal.owner == statement.by):
        raise SignalError(
            "signal: only who has shared it can withdraw it, and has no opinion on it"
        )
    if signal.status == "withdrawn":
        return False
    if statement.own:
        payload = {"signal": signal.id, "platform": statement.by, "said_at": statement.said_at}
        recalled = [
            Draft("signal.recalled", signal.id, at, {"signal": signal.id, "case": case})
            for case in signal.reviews
        ]
        batch.append([Draft("signal.withdrawn", signal.id, at, payload), *recalled])
        return True
    before = signal.opinions.get(statement.by)
    if before is not None and before.said_at >= statement.said_at:
        return False
    payload = {"signal": signal.id, "platform": statement.by, "view": statement.view}
    payload |= {"made_at": statement.made_at, "said_at": statement.said_at}
    batch.append([Draft("signal.opined", signal.id, at, payload)])
    return True
