"""Signal channel: carries what we say to each platform, signed with the secret shared with it.

What a message says is made when it is sent, from how things stand then: the hashes under the keys
of the moment, and nothing of what has been withdrawn, is over, or was erased meanwhile.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.chain import signal_stix
from lianzhi.chain.signal import Opined, Sighted, Signal, Statement
from lianzhi.jobs.post.delivery import Moot, MootError, Outcome
from lianzhi.jobs.post.webhook import AT_ONCE, WebhookChannel
from lianzhi.jobs.signals.federation import Federation, Peer, load
from lianzhi.record.entry import Draft
from lianzhi.store import signals
from lianzhi.store.ledger import Batch
from lianzhi.store.outbox import Channel, Message
from lianzhi.store.vault import Vault

SHARED, OPINED, WITHDRAWN = "signal.shared", "signal.opined", "signal.withdrawn"


class _Event(msgspec.Struct):
    """What of an event is asked for."""

    text: str = ""


class SignalChannel:
    """Posts messages to the platforms of the federation. Thread-safe."""

    name: Channel = "signal"
    at_once = AT_ONCE

    def __init__(self, home: Path, vault: Vault, clock: Callable[[], int]) -> None:
        self._home, self._vault, self._clock = home, vault, clock
        self._ways: dict[Peer, WebhookChannel] = {}

    def deliver(self, message: Message, at: int) -> Outcome:
        """Post a message to the platform that its body names."""
        federation = load(self._home)
        peer = None if federation is None else federation.peer(message.body["peer"])
        if peer is None:
            return Moot("the platform takes part no longer")
        return self._way(peer).deliver(message, at)

    def cut(self) -> None:
        """End what is under way, and post nothing more."""
        for way in list(self._ways.values()):
            way.cut()

    def _way(self, peer: Peer) -> WebhookChannel:
        way = self._ways.get(peer)
        if way is None:
            made = WebhookChannel(peer.webhook, peer, self._data)
            way = self._ways.setdefault(peer, made)
        return way

    def _data(self, message: Message) -> dict[str, Any]:
        federation = load(self._home)
        if federation is None:
            raise MootError("signals are exchanged no longer")
        with self._vault.engine.connect() as connection:
            found = signals.find(connection, message.ref)
            said = None
            if found is not None:
                said = statement(connection, self._vault, federation, found, self._clock())
        if said is None or (message.topic == SHARED and not isinstance(said, Sighted)):
            raise MootError("it has been withdrawn or erased, or is over")
        return {
            "from": federation.name,
            "to": message.body["peer"],
            "bundle": signal_stix.bundle([said]),
        }


class Reached:
    """Puts on the record which platform knows what we said of a signal."""

    def on_sent(self, batch: Batch, message: Message, at: int) -> None:
        """The platform has taken it."""
        said = {"signal": message.ref, "peer": message.body["peer"], "index": message.number}
        batch.append([Draft("signal.delivered", message.ref, at, said)])

    def on_dead(self, batch: Batch, message: Message, at: int, error: str) -> None:
        """It was given up: it stands among the dead letters, to be sent again."""


def statement(
    connection: Connection, vault: Vault, federation: Federation, signal: Signal, at: int
) -> Statement | None:
    """What we say of a signal now; None: nothing that others need to hear."""
    if signal.owner:
        mine = signal.opinions.get("")
        if mine is None:
            return None
        times = {"made_at": mine.made_at, "said_at": mine.said_at}
        return Opined(signal=signal.id, by=federation.name, view=mine.view, own=False, **times)
    if signal.withdrawn_at is not None:
        return Opined(
            signal=signal.id,
            by=federation.name,
            view="withdraw",
            made_at=signal.said_at,
            said_at=max(signal.withdrawn_at, signal.said_at),
            own=True,
        )
    value = value_of(connection, vault, signal) if signal.stands(at) else None
    if value is None:
        return None
    return Sighted(
        signal=signal.id,
        by=federation.name,
        kind=signal.kind,
        category=signal.category,
        confidence=signal.confidence,
        since=signal.since,
        until=signal.until,
        said_at=signal.said_at,
        expires_at=signal.expires_at,
        hashes=federation.hashes(signal.kind, value, at),
    )


def value_of(connection: Connection, vault: Vault, signal: Signal) -> str | None:
    """What is hashed of one of our signals; None where it has been erased."""
    if signal.kind == "content":
        return text_of(vault, signal.item or "")
    named = vault.text(signals.entry_of(connection, signal.id), signals.IDENTIFIER)
    return named or vault.account(signal.subject or "")


def text_of(vault: Vault, item: str) -> str | None:
    """The text of an act in evidence, `<finding>/<position>`; None where there is none."""
    ref, _, seq = item.rpartition("/")
    raw = next((one.raw for one in vault.evidence(ref) if str(one.seq) == seq), None)
    return None if raw is None else said_in(raw)


def said_in(raw: bytes) -> str | None:
    """The text of an event; None where it has none."""
    try:
        return msgspec.json.decode(raw, type=_Event).text or None
    except msgspec.DecodeError:
        return None
