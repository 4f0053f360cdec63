"""Post: wires outbox, channels, courier and notices of a deployment."""

import hashlib
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.chain.notice import Kind
from lianzhi.config import Config
from lianzhi.documents.notice import BEIJING, Sender
from lianzhi.jobs.post.channels import configured_channels
from lianzhi.jobs.post.compose import Composer
from lianzhi.jobs.post.courier import Courier
from lianzhi.jobs.post.delivery import Listener
from lianzhi.jobs.post.signals import SignalDeliveryListener
from lianzhi.office.federation import Federation, load
from lianzhi.office.messages import Message
from lianzhi.office.notices import Notifier
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Text
from lianzhi.store import notices, outbox
from lianzhi.store.ledger import Ledger


class Post:
    """Takes messages at any time; delivers them between `start` and `close`."""

    def __init__(
        self, ledger: Ledger, home: Path, config: Config, clock: Callable[[], int]
    ) -> None:
        self._clock = clock
        self.sender = sender_of(config)
        composer = Composer(ledger.vault, self.sender, BEIJING)
        channels = configured_channels(home, config, ledger.vault, composer, clock)
        self._home = home
        self.channels = frozenset(channel.name for channel in channels)
        """Those that are configured; messages for another wait until it is."""
        silent = config.webhook is not None and not config.webhook.notices
        to_people = self.channels - {"signal"}
        notifier = Notifier(to_people - {"webhook"} if silent else to_people, notices, outbox)
        self._notifier = notifier
        self._listeners: dict[str, Listener] = {
            "notice": notifier,
            "signal": SignalDeliveryListener(),
        }
        by = _name(home)
        self._courier = Courier(ledger, channels, self._listeners, clock, by, config.keep_sent_days)

    def federation(self) -> Federation | None:
        """The platforms that signals go to; None: we take part in no exchange."""
        return load(self._home)

    def listen(self, noun: str, listener: Listener) -> None:
        """Have `listener` hear of messages whose topic begins with this noun; before `start`."""
        self._listeners[noun] = listener

    def put(self, batch: Batch, messages: Sequence[Message]) -> int:
        """Put messages in the transaction of a batch; those that are there change nothing.

        Returns how many were new. They go out as soon as the batch is durable.
        """
        now = self._clock()
        due = [
            msgspec.structs.replace(message, due_at=now) if message.due_at is None else message
            for message in messages
        ]
        batch.after.append(self._courier.wake)
        return outbox.put(batch.connection, due)

    def notify(
        self,
        batch: Batch,
        kind: Kind,
        person: str,
        ref: str,
        params: Mapping[str, Any],
        texts: Mapping[str, Text],
        at: int,
    ) -> str:
        """Notify a person; see `Notifier.notify`."""
        batch.after.append(self._courier.wake)
        return self._notifier.notify(
            batch, kind, person, ref, params, texts, at, due_at=self._clock()
        )

    def start(self) -> None:
        """Begin to deliver."""
        self._courier.start()

    def close(self) -> None:
        """Stop delivering; what waits is delivered after the next start."""
        self._courier.close()


def sender_of(config: Config) -> Sender:
    """Who speaks in the notices of a deployment."""
    return Sender(config.deployment, config.notices.contact)


def _name(home: Path) -> str:
    """Name of the node that holds this home, the same after a restart."""
    place = f"{socket.gethostname()}\x1f{home.resolve()}"
    return hashlib.blake2b(place.encode(), digest_size=8).hexdigest()
