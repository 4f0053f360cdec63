"""Judging in a node: from accepted events to findings on the record."""

import gc
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from lianzhi.chain.finding import Finding
from lianzhi.jobs.clock import ClockWatch
from lianzhi.jobs.counts import Counts
from lianzhi.jobs.detection import Detection
from lianzhi.jobs.figures import FigureReader
from lianzhi.jobs.intake import Intake
from lianzhi.jobs.judge import Judge
from lianzhi.jobs.segments import SegmentRecord
from lianzhi.jobs.services import Services
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.snapshots import SNAPSHOT
from lianzhi.jobs.storage import Storage
from lianzhi.office.recorder import Recorder
from lianzhi.office.reports import Reports
from lianzhi.store.roots import steps_back


class Judging(NamedTuple):
    """Judge and runner of a node."""

    segments: SegmentRecord
    judge: Judge
    intake: Intake
    reports: Reports
    clock: ClockWatch
    stop: threading.Event
    """Set when the node closes: timed work ends, and the judge waits for no database any more."""
    counts: Counts
    figures: FigureReader


def open_judging(
    setup: Setup,
    storage: Storage,
    detection: Detection,
    services: Services,
    on_finding: Callable[[Finding], None] | None,
    opened: ExitStack,
) -> Judging:
    """Judge the log from the last snapshot on, then what comes in; `on_finding` hears of findings.

    Closing judges what was accepted, for a while, and saves the state.
    """
    _tune_interpreter()
    proceedings, stop, counts = services.proceedings, threading.Event(), Counts()
    recorder = Recorder(
        proceedings.office,
        storage.events.log,
        proceedings.automation,
        detection.mark,
        services.post.notify,
        setup.now,
    )
    segments = SegmentRecord(storage.ledger, storage.events, setup.now)
    segments.catch_up()
    segments.keep_head()
    with storage.engine.connect() as connection:
        steps = steps_back(connection)
    judge = Judge(
        detection.runner,
        storage.events,
        recorder,
        setup.home / SNAPSHOT,
        on_finding or (lambda finding: None),
        stop,
        counts,
        steps,
    )
    opened.callback(judge.close)
    clock = ClockWatch(setup, storage, judge)
    clock.look()
    opened.callback(segments.keep_last_head)
    intake = Intake(setup, storage, judge, counts)
    reports = Reports(proceedings, intake.submit_report)
    figures = FigureReader(setup.home, storage, judge, counts, setup.now)
    return Judging(segments, judge, intake, reports, clock, stop, counts, figures)


def _tune_interpreter() -> None:
    """A node is its process: fit CPython to millions of long-lived objects and two busy threads.

    Fewer collections of what will live anyway, and longer turns between intake and judge.
    """
    gc.set_threshold(100_000, 50, 1000)
    sys.setswitchinterval(0.02)
