"""Adoption: going on from what is left, after a loss that no copy can mend.

The record then says which acknowledged events are gone. Their positions stay empty, since findings
may rest on them.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import msgspec

from lianzhi.flow.log import Acknowledged
from lianzhi.flow.runner import Snapshot
from lianzhi.jobs.config import load
from lianzhi.jobs.home import hold
from lianzhi.jobs.snapshots import SNAPSHOT
from lianzhi.store import heads
from lianzhi.store.db import open_engine
from lianzhi.store.ledger import Ledger, RecordError, open_ledger
from lianzhi.store.migrate import upgrade
from lianzhi.store.projections import Chain
from lianzhi.store.segments import SegmentLog


class Adopted(msgspec.Struct, frozen=True):
    """What was found and is taken for the whole from now on."""

    entries: int
    """Entries of the record."""
    events: int
    """Position after the last event that is there."""
    lost: int
    """Events that had been acknowledged after it."""


def adopt(home: Path, at: int) -> Adopted:
    """Take record and event log as they stand; `at` is now, in Unix milliseconds.

    Raises HomeLockedError, RecordError where the record contradicts itself, and LogDamagedError
    where the log does within what is there.
    """
    config = load(home)
    with ExitStack() as opened:
        opened.callback(os.close, hold(home))
        engine = open_engine(config.url(home))
        opened.callback(engine.dispose)
        upgrade(engine)
        try:
            ledger = open_ledger(engine, home, config.origin, [Chain()])
            older = False
        except RecordError:
            ledger = open_ledger(engine, home, config.origin, [Chain()], adopt=True)
            older = True
        with engine.connect() as connection:
            lost = heads.given_up(connection)
        log = SegmentLog(home / "events", acknowledged=Acknowledged(lost=lost))
        log.close()
        end = log.durable
        after = max(end.after, _promised(ledger), _snapshot(home))
        if after > end.after:
            heads.give_up(ledger, end, after, at)
            _forget_lost_ids(home / "events" / "ids", end.after)
            empty = home / "events" / f"{end.after:020d}.log"
            if empty.exists():  # opened for the position that will stay empty
                empty.unlink()
        else:
            heads.keep(ledger, end)
        if (
            older
        ):  # findings may have gone with entries: replay the log, so that they are made again
            (home / SNAPSHOT).unlink(missing_ok=True)
        entries = sum(1 for _ in ledger.entries())
        return Adopted(entries, end.after, after - end.after)


def _promised(ledger: Ledger) -> int:
    """Position up to which events were acknowledged, as far as anything still tells."""
    try:
        known = heads.acknowledged(ledger.engine, ledger.signer.seal_key)
    except RecordError:  # the row is gone or was edited: the record's own word is left
        with ledger.engine.connect() as connection:
            return max((head.after for head in heads.on_record(connection)), default=0)
    return max((head.after for head in known.heads), default=0)


def _snapshot(home: Path) -> int:
    """Position from which the detectors would go on."""
    try:
        return msgspec.msgpack.decode((home / SNAPSHOT).read_bytes(), type=Snapshot).position
    except (OSError, msgspec.MsgspecError):
        return 0


def _forget_lost_ids(folder: Path, after: int) -> None:
    """Let lost events be sent again; the next start indexes anew what is there."""
    for path in folder.glob("ids-*.npy"):
        if int(path.stem.split("-")[2]) > after:
            path.unlink()
