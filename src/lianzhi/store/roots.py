"""What the record knows of the event log: sealed segments, positions that were given up, and steps
back of the clock.
"""

from collections.abc import Iterator
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, select

from lianzhi.flow.clock import StepBack
from lianzhi.store.sealed import Tail
from lianzhi.store.tables import entry, payload

SEALED_KIND = "segment.sealed"
LOST_KIND = "events.lost"
CLOCK_KIND = "clock.stepped_back"

T = TypeVar("T")


class Root(msgspec.Struct, frozen=True):
    """A recorded segment: positions [first, after); digests in hex."""

    first: int
    after: int
    root: str
    chain: str
    times: str
    watermark: int
    latest: int

    def end(self) -> Tail:
        """Expected end of its file."""
        return Tail(self.after, bytes.fromhex(self.chain), self.watermark, self.latest)


class Lost(msgspec.Struct, frozen=True):
    """Positions [first, after) of the event log that are lost for good.

    Empty where only frames without events are lost, from the end of a segment.
    """

    first: int
    after: int

    def ends(self, after: int) -> bool:
        """Whether a log that ended at `after` ended within them."""
        return self.first < after <= self.after

    def spoils(self, root: Root) -> bool:
        """Whether the segment can no longer match its root."""
        if self.first == self.after:
            return root.after == self.after
        return self.first < root.after and root.first < self.after


def roots(connection: Connection) -> list[Root]:
    """Segments that must exist, first to last.

    Excludes those of which a part was given up later: their remainder is sealed again.
    """
    return [root for _, root in entries_of_roots(connection)]


def entries_of_roots(connection: Connection) -> list[tuple[int, Root]]:
    """The roots, each with the index of its entry."""
    losses = list(_of_kind(connection, LOST_KIND, Lost))
    roots_ = [
        (index, root)
        for index, root in _of_kind(connection, SEALED_KIND, Root)
        if not any(at > index and lost.spoils(root) for at, lost in losses)
    ]
    return sorted(roots_, key=lambda indexed: indexed[1].first)


def given_up(connection: Connection) -> list[Lost]:
    """Positions that were given up, in the order of their entries."""
    return [lost for _, lost in _of_kind(connection, LOST_KIND, Lost) if lost.after > lost.first]


def steps_back(connection: Connection) -> list[StepBack]:
    """Steps back of the clock, in their order."""
    return [step for _, step in _of_kind(connection, CLOCK_KIND, StepBack)]


def _of_kind(connection: Connection, kind: str, type_: type[T]) -> Iterator[tuple[int, T]]:
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(entry.c.index, payload.c.body).select_from(join).where(entry.c.kind == kind)
    for index, body in connection.execute(query.order_by(entry.c.index)):
        yield index, msgspec.json.decode(body, type=type_)
