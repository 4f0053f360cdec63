"""Roots: sealed segments as the record has them, and positions of the log that were given up."""

from collections.abc import Iterator
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, select

from lianzhi.store.sealed import Tail
from lianzhi.store.tables import entry, payload

SEALED_KIND = "segment.sealed"
LOST_KIND = "events.lost"

T = TypeVar("T")


class Root(msgspec.Struct, frozen=True):
    """A segment as its entry has it: positions [first, after); digests in hex."""

    first: int
    after: int
    root: str
    chain: str
    times: str
    watermark: int
    latest: int

    def end(self) -> Tail:
        """Where it ends, as its file should say."""
        return Tail(self.after, bytes.fromhex(self.chain), self.watermark, self.latest)


class Lost(msgspec.Struct, frozen=True):
    """Positions [first, after) of the event log that are gone for good.

    None at all where only frames without events are gone, from the end of a segment.
    """

    first: int
    after: int

    def ends(self, after: int) -> bool:
        """Whether a log that ended at `after` ended among them."""
        return self.first < after <= self.after

    def spoils(self, root: Root) -> bool:
        """Whether the segment cannot be any more what its root says."""
        if self.first == self.after:
            return root.after == self.after
        return self.first < root.after and root.first < self.after


def roots(connection: Connection) -> list[Root]:
    """Segments that must be there, first to last.

    One of which anything was given up later is no more: what is left of it is sealed anew.
    """
    return [root for _, root in entries_of_roots(connection)]


def entries_of_roots(connection: Connection) -> list[tuple[int, Root]]:
    """The same, each with the index of its entry."""
    losses = list(_told(connection, LOST_KIND, Lost))
    found = [
        (index, root)
        for index, root in _told(connection, SEALED_KIND, Root)
        if not any(at > index and lost.spoils(root) for at, lost in losses)
    ]
    return sorted(found, key=lambda one: one[1].first)


def given_up(connection: Connection) -> list[Lost]:
    """Positions that were given up, in the order in which they were."""
    return [lost for _, lost in _told(connection, LOST_KIND, Lost) if lost.after > lost.first]


def _told(connection: Connection, kind: str, type_: type[T]) -> Iterator[tuple[int, T]]:
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(entry.c.index, payload.c.body).select_from(join).where(entry.c.kind == kind)
    for index, body in connection.execute(query.order_by(entry.c.index)):
        yield index, msgspec.json.decode(body, type=type_)
