"""Notices to people, on the record and by every channel that reaches them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from lianzhi.chain import notice as nouns
from lianzhi.chain.notice import Kind, Way
from lianzhi.office.messages import Channel, Message
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch, Ledger
from lianzhi.office.queries import NoticeQueries, Outbox
from lianzhi.record.entry import Text


class Service(NamedTuple):
    """How a document reached its addressee 送达."""

    case: str
    way: Way
    day: dt.date
    receipt: str
    """The proof, in words."""
    fields: Mapping[str, Any] = {}
    """What the domain of the case adds."""


class Notifier:
    """Makes notices, and records their delivery."""

    def __init__(
        self, channels: frozenset[Channel], notices: NoticeQueries, outbox: Outbox
    ) -> None:
        """`channels` are those by which notices may go."""
        self._channels, self._notices, self._outbox = channels, notices, outbox

    def notify(
        self,
        batch: Batch,
        kind: Kind,
        person: str,
        ref: str,
        params: Mapping[str, Any],
        texts: Mapping[str, Text],
        at: int,
        *,
        due_at: int | None = None,
    ) -> str:
        """Tell a person (a vault token) something about `ref`, in the transaction of the batch.

        Returns the notice's id. A notice that is on the record is not made again: the same person,
        kind and ref are told once. Raises ValueError where the kind needs other parameters or
        texts. It can be read at once, and goes out `due_at`, by default at once.
        """
        draft = nouns.draft(kind, person, ref, params, texts, at)
        notice = draft.ref
        if self._notices.is_made(batch.connection, notice):
            return notice
        (entry,) = batch.append([draft])
        wanted: list[Channel] = [c for c in ("webhook", "mail") if c in self._channels]
        if "mail" in wanted and batch.address(person) is None:
            wanted.remove("mail")
        self._outbox.put(
            batch.connection,
            [
                Message(
                    id=f"notice-{notice}-{channel}",
                    lane=f"notice:{channel}:{person}",
                    number=entry.index,
                    topic=nouns.NOTICE_MADE,
                    channel=channel,
                    person=person,
                    ref=notice,
                    created_at=at,
                    due_at=due_at,
                )
                for channel in wanted
            ],
        )
        return notice

    def on_sent(self, batch: Batch, message: Message, at: int) -> None:
        """Put on the record that a channel has taken the notice."""
        batch.append([nouns.delivered(message.ref, message.channel, at)])

    def on_dead(self, batch: Batch, message: Message, at: int, error: str) -> None:
        """Record nothing: the person can still read the notice in their list."""


def serve_in(
    office: Office,
    batch: Batch,
    kind: Kind,
    person: str,
    ref: str,
    service: Service,
    by: str,
    at: int,
) -> None:
    """Record within a batch that a notice was served on a person (a vault token).

    The newest notice of this kind about `ref` is meant. KeyError: there is none.
    """
    notice = office.queries.notices.newest(batch.connection, kind, person, ref)
    if notice is None:
        raise KeyError(ref)
    receipt: Text = (service.receipt, (person,))
    batch.append(
        [
            nouns.served(
                notice, service.case, service.way, service.day, receipt, by, at, service.fields
            )
        ]
    )


def open_notice(ledger: Ledger, notices: NoticeQueries, notice: str, at: int) -> bool:
    """Put on the record, once, that a person has opened a notice; False: there is none."""
    with ledger.batch() as batch:
        was_read = notices.is_read(batch.connection, notice)
        if was_read is False:
            batch.append([nouns.read(notice, at)])
    return was_read is not None
