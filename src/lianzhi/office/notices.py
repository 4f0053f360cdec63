"""Notices: what people are told, on the record and by every channel that leads to them."""

from collections.abc import Mapping
from typing import Any

from lianzhi.chain import notice as nouns
from lianzhi.chain.notice import Kind
from lianzhi.office.messages import Channel, Message
from lianzhi.office.ports import Batch, Ledger
from lianzhi.office.queries import NoticeQueries, Outbox
from lianzhi.record.entry import Text


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
        draft = nouns.made(kind, person, ref, params, texts, at)
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
                    topic=nouns.MADE,
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
        """Nothing to record: the notice still stands where the person reads their notices."""


def open_notice(ledger: Ledger, notices: NoticeQueries, notice: str, at: int) -> bool:
    """Put on the record, once, that a person has opened a notice; False: there is none."""
    with ledger.batch() as batch:
        was_read = notices.is_read(batch.connection, notice)
        if was_read is False:
            batch.append([nouns.read(notice, at)])
    return was_read is not None
