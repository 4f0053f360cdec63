"""Outgoing: messages about measures, signals and notices, and the record of their delivery.

A measure is one lane of two messages: that it begins (sequence 1) and that it has ended (sequence
2). Its id is the key under which a platform applies it once.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from lianzhi.chain.measure import is_thing
from lianzhi.chain.notice import Kind, notice_id
from lianzhi.config import ConfigError
from lianzhi.office.federation import Federation
from lianzhi.office.measures import Measures
from lianzhi.office.messages import Channel, Message
from lianzhi.office.ports import Batch, Notify
from lianzhi.office.queries import NoticeQueries
from lianzhi.record.entry import Text

log = logging.getLogger(__name__)

TOPICS = {1: "measure.ordered", 2: "measure.ended"}
_FIELDS = (
    *("decision", "case", "key", "hours", "ends_at", "why", "authority"),
    *("subject_type", "amount", "due_at"),
)


class Mailroom(Protocol):
    """Puts messages into the outbox, and sends them once their batch is durable."""

    @property
    def channels(self) -> frozenset[Channel]:
        """Channels that are configured."""
        ...

    @property
    def notify(self) -> Notify:
        """Puts a notice to a person, once for the same person, kind and ref."""
        ...

    def put(self, batch: Batch, messages: Sequence[Message]) -> int:
        """Put messages in the transaction of a batch; returns how many were new."""
        ...

    def federation(self) -> Federation | None:
        """The platforms that signals go to; None: we take part in no exchange."""
        ...


class Outgoing:
    """Implements `office.ports.Post` on the outbox."""

    def __init__(self, post: Mailroom, notices: NoticeQueries) -> None:
        self._post, self._notices = post, notices

    @property
    def reachable(self) -> bool:
        """Whether there is a platform to carry measures out: a webhook is configured."""
        return "webhook" in self._post.channels

    def measure(self, batch: Batch, payload: Mapping[str, Any], sequence: int, at: int) -> None:
        """Tell the platform that a measure begins or has ended, with the batch."""
        identity, item, person = payload["measure"], payload["item"], payload["subject"]
        body = {name: payload[name] for name in _FIELDS if payload.get(name) is not None}
        body |= {"measure": identity, "account": person}
        if item:
            body["item"] = item
        if item and is_thing(item):
            person = None  # what is done to a thing stands, and ends, whoever has been erased
        message = Message(
            id=f"{identity}-{sequence}",
            lane=f"measure:{identity}",
            number=sequence,
            topic=TOPICS[sequence],
            channel="webhook",
            person=person,
            ref=identity,
            created_at=at,
            body=body,
        )
        self._post.put(batch, [message])

    def signal(
        self,
        batch: Batch,
        topic: str,
        signal: str,
        index: int,
        at: int,
        but: Collection[str] = (),
    ) -> None:
        """Tell every platform of the federation but some. A signal is a lane of its own for each,
        so that what is said of it arrives in order, and one that is down keeps no other waiting.

        Nothing is undone because a file is broken: `Signals.retell` tells later what is missing.
        """
        try:
            federation = self._post.federation()
        except ConfigError as error:
            log.error("signals wait: %s", error)
            return
        messages = [
            Message(
                id=f"{signal}-{index}-{peer.name}",
                lane=f"signal:{peer.name}:{signal}",
                number=index,
                topic=topic,
                channel="signal",
                ref=signal,
                created_at=at,
                body={"peer": peer.name},
            )
            for peer in (() if federation is None else federation.peers)
            if peer.name not in but
        ]
        self._post.put(batch, messages)

    def notify(
        self,
        batch: Batch,
        kind: Kind,
        person: str,
        ref: str,
        params: Mapping[str, Any],
        texts: Mapping[str, Text],
        at: int,
    ) -> None:
        """Tell a person. What is told anew, as the outcome of a report that was reopened, is a
        notice of its own."""
        once, again = ref, 1
        while self._notices.is_made(batch.connection, notice_id(kind, person, ref)):
            again += 1
            ref = f"{once}/{again}"
        self._post.notify(batch, kind, person, ref, params, texts, at)


class MeasureDeliveryListener:
    """Puts on the record whether the platform has taken messages about measures."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def on_sent(self, batch: Batch, message: Message, at: int) -> None:
        """The platform has taken the message."""
        self._measures.delivered(batch, message.ref, message.number, at)

    def on_dead(self, batch: Batch, message: Message, at: int, error: str) -> None:
        """Delivery was given up; a person has to look."""
        self._measures.undelivered(batch, message.ref, message.number, at, error)
