"""The event log as the record knows it: each sealed segment's root, and where the log ends."""

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from lianzhi.flow.log import Head, LogDamagedError
from lianzhi.record.entry import Draft
from lianzhi.store import heads, sealed
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Ledger
from lianzhi.store.owner import OwnerLostError
from lianzhi.store.roots import SEALED_KIND, roots
from lianzhi.store.sealed import Sealed

log = logging.getLogger(__name__)

_MEND = "restore events/ from a copy, or see `lianzhi record adopt`"


class SegmentRecord:
    """Seals segments and puts their roots on the record, each once; keeps the log's head."""

    def __init__(self, ledger: Ledger, store: EventStore, clock: Callable[[], int]) -> None:
        self._ledger, self._store, self._clock = ledger, store, clock
        with ledger.engine.connect() as connection:
            self._known = {root.first: root.after for root in roots(connection)}
        self._head: Head | None = None

    def catch_up(self) -> None:
        """Record segments that were sealed and have no root, seal those that are on the record.

        Earlier versions left the former behind when they were killed while they sealed. The latter
        are frames again where a copy was put back. Raises LogDamagedError where one is gone or is
        not as long as on the record.
        """
        for path in self._store.log.parquet():
            if self._known.get(int(path.stem)) != sealed.tail(path).after:
                self.put(self._store.describe(path))
        opened = (part for part in self._store.log.parts()[1] if part.after > part.first)
        again = [part for part in opened if part.first in self._known]
        for active in again:
            if active.after != self._known[active.first]:
                raise LogDamagedError(
                    f"{active.path.name} ends after {active.after} events, the record has it up to "
                    f"{self._known[active.first]}: {_MEND}"
                )
        if again:
            self._store.log.turn()
            self.seal()
        for first, after in self._known.items():
            if after > first and not (path := self._store.log.path_of(first)).exists():
                raise LogDamagedError(f"{path.name} is gone, though it is on the record: {_MEND}")

    def keep_head(self) -> None:
        """Tell the database how far the log is durable, unless it knows."""
        head = self._store.log.durable
        if head != self._head:
            heads.keep(self._ledger, head)
            self._head = head

    def keep_last_head(self) -> None:
        """Call `keep_head` at the end of a node; log a failure, which the next start mends."""
        try:
            self.keep_head()
        except (SQLAlchemyError, OwnerLostError):
            log.exception("where the event log ends was not kept; the next start does it")

    def seal(self) -> None:
        """Seal closed segments, if any."""
        self._store.seal(self.put)

    def put(self, done: Sealed) -> None:
        """Put a segment's root on the record, unless it is there."""
        if self._known.get(done.first) == done.after:
            return
        ref, at = f"segment-{done.first}", self._clock()
        self._ledger.append([Draft(kind=SEALED_KIND, ref=ref, at=at, payload=done.payload())])
        self._known[done.first] = done.after
