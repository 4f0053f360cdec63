"""Outgoing: what proceedings tell the platform and people, and what they hear of it.

A measure is one lane of two messages: that it begins (sequence 1) and that it has ended (sequence
2). Its id is the key under which a platform applies it once.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lianzhi.chain.measure import is_thing
from lianzhi.chain.notice import Kind, notice_id
from lianzhi.config import ConfigError
from lianzhi.jobs.post.post import Post
from lianzhi.office.measures import Measures
from lianzhi.office.ports import Batch, Ledger
from lianzhi.record.entry import Text
from lianzhi.store import notices as kept
from lianzhi.store import outbox
from lianzhi.store.outbox import Message

log = logging.getLogger(__name__)

TOPICS = {1: "measure.ordered", 2: "measure.ended"}
_TOLD = ("decision", "case", "key", "hours", "ends_at", "why", "authority")


class Outgoing:
    """Implements `office.Post` on the outbox."""

    def __init__(self, post: Post) -> None:
        self._post = post

    @property
    def reachable(self) -> bool:
        """Whether there is a platform to carry measures out: a webhook is configured."""
        return "webhook" in self._post.channels

    def measure(self, batch: Batch, said: Mapping[str, Any], sequence: int, at: int) -> None:
        """Tell the platform that a measure begins or has ended, with the batch."""
        identity, item, person = said["measure"], said["item"], said["subject"]
        body = {name: said[name] for name in _TOLD if said.get(name) is not None}
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
        while kept.is_made(batch.connection, notice_id(kind, person, ref)):
            again += 1
            ref = f"{once}/{again}"
        self._post.notify(batch, kind, person, ref, params, texts, at)


class Heard:
    """Hears what became of messages about measures."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def on_sent(self, batch: Batch, message: Message, at: int) -> None:
        """The platform has taken it."""
        self._measures.delivered(batch, message.ref, message.number, at)

    def on_dead(self, batch: Batch, message: Message, at: int, error: str) -> None:
        """It was given up; a person has to look."""
        self._measures.undelivered(batch, message.ref, message.number, at, error)


def resend(ledger: Ledger, measures: Measures, letters: Iterable[str], by: str, at: int) -> int:
    """Send dead letters again, and say so on the record; returns how many there were."""
    again = 0
    with ledger.batch() as batch:
        for letter in letters:
            found = outbox.find(batch.connection, letter)
            if found is None or not outbox.revive(batch.connection, letter, at):
                continue
            again += 1
            if found.topic.startswith("measure."):
                measures.retried(batch, found.ref, found.number, by, at)
    return again
