"""Adoption: continuing with the remaining data after an irrecoverable loss.

The record then says which acknowledged events are gone. Their positions stay empty, since findings
may rest on them. Each step may be repeated, so that a crash between two of them is mended by
running it again.
"""

from contextlib import ExitStack
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from lianzhi.domains.configuration import load
from lianzhi.flow.log import Head, LogDamagedError
from lianzhi.jobs import snapshots
from lianzhi.jobs.home import hold
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.segments import SegmentRecord
from lianzhi.store import heads
from lianzhi.store.db import open_engine
from lianzhi.store.event_ranges import EventRanges, event_ranges
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Ledger, RecordError, open_ledger
from lianzhi.store.migrate import upgrade
from lianzhi.store.owner import Owner
from lianzhi.store.roots import Lost, given_up, roots


class Adopted(msgspec.Struct, frozen=True):
    """What was found, which counts as the whole log from now on."""

    entries: int
    """Entries of the record."""
    events: int
    """Events that are there, those included that were erased."""
    lost: int
    """Events that had been acknowledged and are gone."""


def adopt(home: Path, at: int) -> Adopted:
    """Take record and event log as they stand; `at` is now, in Unix milliseconds.

    Raises HomeLockedError, DatabaseRefusedError, RecordError where the record contradicts itself,
    and LogDamagedError where what is there of the log does, or is not what was acknowledged.
    """
    config, path = load(home), home / snapshots.SNAPSHOT
    with ExitStack() as opened:
        hold(home, opened)
        engine = open_engine(config.url(home))
        opened.callback(engine.dispose)
        owner = Owner(engine, home)
        opened.callback(owner.close)
        upgrade(engine, MODEL)
        owner.sign(at)
        there = event_ranges(home / "events")
        snapshot = snapshots.peek(path)
        judged = 0 if snapshot is None else snapshot.position
        ledger = _ledger(engine, home, config.origin)
        if snapshot is not None and snapshot.recorded > ledger.size:
            snapshots.drop(path)  # what the record lacks is found again, by the next start
            snapshot = None
        lost = _missing(ledger, there, judged)
        if lost:
            end = max(there.end.after, *(part.after for part in lost))
            heads.give_up(ledger, lost, Head(end, there.end.chain), at)
        else:
            heads.keep(ledger, there.end)
        known = heads.acknowledged(engine, ledger.signer.seal_key)
        store = EventStore(home, config.segment_megabytes << 20, known)
        opened.callback(store.close)
        if snapshot is not None:  # what was judged is over: what comes before it is late
            store.raise_watermark(snapshot.watermark, at)
        record = SegmentRecord(ledger, store, lambda: at)
        record.catch_up()
        record.keep_head()
        events = sum(after - first for first, after in there.ranges)
        return Adopted(ledger.size, events, sum(part.after - part.first for part in lost))


def _ledger(engine: Engine, home: Path, origin: str) -> Ledger:
    try:
        return open_ledger(engine, home, origin, MODEL.make())
    except RecordError:
        return open_ledger(engine, home, origin, MODEL.make(), adopt=True)


def _missing(ledger: Ledger, there: EventRanges, judged: int) -> list[Lost]:
    """Acknowledged positions that no file holds, those given up before left out."""
    known = heads.promised(ledger)
    with ledger.engine.connect() as connection:
        sealed, before = roots(connection), given_up(connection)
    ends = [part.after for part in before] + [root.after for root in sealed]
    lost = there.gaps(max([judged, *ends, *(head.after for head in known)]), before)
    if (other := there.differs(known, lost)) is not None:
        raise LogDamagedError(
            f"the log's first {other.after} events are not those that were acknowledged: restore "
            "events/ from a copy; this cannot be adopted"
        )
    return lost + there.shortened(sealed)
