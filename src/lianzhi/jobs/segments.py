"""The event log as the record knows it: each sealed segment's root, and where the log ends."""

from collections.abc import Callable

from lianzhi.flow.log import Head
from lianzhi.record.entry import Draft
from lianzhi.store import heads, sealed
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Ledger
from lianzhi.store.roots import SEALED_KIND, roots
from lianzhi.store.sealed import Sealed


class SegmentRecord:
    """Seals segments and puts their roots on the record, each once; keeps the log's head."""

    def __init__(self, ledger: Ledger, store: EventStore, clock: Callable[[], int]) -> None:
        self._ledger, self._store, self._clock = ledger, store, clock
        with ledger.engine.connect() as connection:
            self._known = {(root.first, root.after) for root in roots(connection)}
        self._head: Head | None = None

    def catch_up(self) -> None:
        """Record segments that were sealed just before a crash."""
        for path in self._store.log.parquet():
            if (int(path.stem), sealed.tail(path).after) not in self._known:
                self.put(self._store.describe(path))

    def keep_head(self) -> None:
        """Tell the database how far the log is durable, unless it knows."""
        head = self._store.log.durable
        if head != self._head:
            heads.keep(self._ledger, head)
            self._head = head

    def seal(self) -> None:
        """Seal closed segments, if any."""
        self._store.seal(self.put)

    def put(self, done: Sealed) -> None:
        """Put a segment's root on the record, unless it is there."""
        if (done.first, done.after) in self._known:
            return
        ref, at = f"segment-{done.first}", self._clock()
        self._ledger.append([Draft(kind=SEALED_KIND, ref=ref, at=at, payload=done.payload())])
        self._known.add((done.first, done.after))
