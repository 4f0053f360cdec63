"""Signal channel: delivers statements to each platform, signed with the shared secret.

What a message says is made when it is sent, from how things stand then: the hashes under the keys
of the moment, and nothing of what has been withdrawn, is over, or was erased meanwhile.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lianzhi.chain import signal_stix
from lianzhi.chain.signal import Sighted
from lianzhi.jobs.post.delivery import Moot, MootError, Outcome
from lianzhi.jobs.post.webhook import AT_ONCE, WebhookChannel
from lianzhi.office.federation import Peer, load
from lianzhi.office.messages import Channel, Message
from lianzhi.office.ports import Batch
from lianzhi.office.signal_statements import SHARED, statement
from lianzhi.record.entry import Draft
from lianzhi.store import signals
from lianzhi.store.vault import Vault


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
            channel = WebhookChannel(peer.webhook, peer, self._data)
            way = self._ways.setdefault(peer, channel)
        return way

    def _data(self, message: Message) -> dict[str, Any]:
        federation = load(self._home)
        if federation is None:
            raise MootError("signals are exchanged no longer")
        with self._vault.engine.connect() as connection:
            signal = signals.find(connection, message.ref)
            stated = None
            if signal is not None:
                at = self._clock()
                stated = statement(signals, connection, self._vault, federation, signal, at)
        if stated is None or (message.topic == SHARED and not isinstance(stated, Sighted)):
            raise MootError("it has been withdrawn or erased, or is over")
        return {
            "from": federation.name,
            "to": message.body["peer"],
            "bundle": signal_stix.bundle([stated]),
        }


class SignalDeliveryListener:
    """Records which platform received our statements on a signal."""

    def on_sent(self, batch: Batch, message: Message, at: int) -> None:
        """Record that the platform received the statement."""
        payload = {"signal": message.ref, "peer": message.body["peer"], "index": message.number}
        batch.append([Draft("signal.delivered", message.ref, at, payload)])

    def on_dead(self, batch: Batch, message: Message, at: int, error: str) -> None:
        """Record nothing: the message stays among the dead letters, to be sent again."""
