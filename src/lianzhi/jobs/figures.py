"""Figures of a running node, for whoever watches it from outside."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from lianzhi.jobs.counts import Counts
from lianzhi.jobs.judge import Judge
from lianzhi.jobs.snapshots import SNAPSHOT
from lianzhi.jobs.storage import Storage
from lianzhi.store import stored_figures
from lianzhi.store.stored_figures import StoredFigures


class Lag(NamedTuple):
    """How far judging is behind. Seconds are of event time."""

    events: int
    """Events accepted and not given to the detectors yet."""
    buffered: int
    """Events that wait for the watermark."""
    seconds: float | None
    """From the watermark of what is judged to that of what is accepted; None: nothing is judged."""
    watermark_age: float | None
    """From the watermark of what is judged to the clock; None: nothing is judged."""
    backlog_share: float
    """Share of the backlog of the last start that is judged; 1: frames are judged as they come."""


class Figures(NamedTuple):
    """Figures of a node at one moment."""

    counts: Counts
    lag: Lag
    stored: StoredFigures | None
    """None: the database does not answer."""
    outbox_oldest_age: float
    """Seconds since the oldest message that waits was made; 0: none waits."""
    quarantine_rows: int
    event_log_events: int
    event_log_bytes: int
    snapshot_age: float | None
    """Seconds since the detectors' state was saved; None: never."""


class FigureReader:
    """Reads the figures of a node when it is asked. Thread-safe."""

    def __init__(
        self, home: Path, storage: Storage, judge: Judge, counts: Counts, now: Callable[[], int]
    ) -> None:
        self._home, self._storage, self._judge = home, storage, judge
        self._counts, self._now = counts, now

    def read(self) -> Figures:
        """The figures now."""
        storage, now = self._storage, self._now()
        stored = self._stored()
        oldest = stored.outbox_oldest_at if stored else None
        return Figures(
            counts=self._counts,
            lag=self._lag(now),
            stored=stored,
            outbox_oldest_age=0.0 if oldest is None else max(0, now - oldest) / 1000,
            quarantine_rows=storage.quarantine.count(),
            event_log_events=storage.events.log.next,
            event_log_bytes=stored_figures.event_log_bytes(self._home),
            snapshot_age=_age(now, stored_figures.modified_at(self._home / SNAPSHOT)),
        )

    def _stored(self) -> StoredFigures | None:
        engine = self._storage.engine
        try:
            with engine.connect() as connection:
                return stored_figures.read(
                    lambda query: tuple(connection.exec_driver_sql(query).one()),
                    engine.dialect.name,
                )
        except SQLAlchemyError:
            return None

    def _lag(self, now: int) -> Lag:
        log, runner, backlog = self._storage.events.log, self._judge.runner, self._judge.backlog
        accepted, judged = log.watermark, runner.watermark
        return Lag(
            events=self._judge.waiting,
            buffered=runner.buffered,
            seconds=max(0, accepted - judged) / 1000 if judged else None,
            watermark_age=_age(now, judged or None),
            backlog_share=backlog.done / backlog.total if backlog and backlog.total else 1.0,
        )


def _age(now: int, at: int | None) -> float | None:
    return None if at is None else max(0, now - at) / 1000
