"""Sealed segments on the record: each segment's Merkle root is one entry."""

from collections.abc import Callable

from lianzhi.record.entry import Draft
from lianzhi.store import lookups
from lianzhi.store.audit_events import SEALED_KIND
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Ledger
from lianzhi.store.sealed import Sealed


class SegmentRecord:
    """Seals segments and puts their roots on the record, each once."""

    def __init__(self, ledger: Ledger, store: EventStore, clock: Callable[[], int]) -> None:
        self._ledger, self._store, self._clock = ledger, store, clock
        with ledger.engine.connect() as connection:
            self._known = lookups.sealed_segments(connection)

    def catch_up(self) -> None:
        """Record segments that were sealed just before a crash."""
        for path in self._store.log.parquet():
            if f"segment-{int(path.stem)}" not in self._known:
                self.put(self._store.describe(path))

    def seal(self) -> None:
        """Seal closed segments, if any."""
        self._store.seal(self.put)

    def put(self, sealed: Sealed) -> None:
        """Put a segment's root on the record, unless it is there."""
        ref = f"segment-{sealed.first}"
        if ref in self._known:
            return
        payload = {
            "first": sealed.first,
            "after": sealed.after,
            "root": sealed.root.hex(),
            "chain": sealed.chain.hex(),
        }
        self._ledger.append([Draft(kind=SEALED_KIND, ref=ref, at=self._clock(), payload=payload)])
        self._known.add(ref)
