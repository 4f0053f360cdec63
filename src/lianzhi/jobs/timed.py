"""Timed work of a node: tasks due about once a second or once a minute."""

import time
from contextlib import ExitStack
from functools import partial

from lianzhi.jobs.desks import with_domains
from lianzhi.jobs.detection import Detection
from lianzhi.jobs.judge import Judge
from lianzhi.jobs.judging import Judging
from lianzhi.jobs.minutely import Minutely
from lianzhi.jobs.rebound_watch import ReboundWatch
from lianzhi.jobs.services import Services
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.signals.matching import Matching
from lianzhi.jobs.storage import Storage
from lianzhi.jobs.ticker import Task, Ticker
from lianzhi.store import pending_links
from lianzhi.store.owner import Owner, OwnerLostError


def start_timed(
    setup: Setup,
    storage: Storage,
    detection: Detection,
    services: Services,
    judging: Judging,
    opened: ExitStack,
) -> None:
    """Start the timed work; closing ends it, and waits for the tasks that are under way."""
    # What reads many events has a thread of its own, so that what is timed goes on.
    quick = _quick(setup, storage, detection, services, judging)
    for tasks in (quick, _slow(setup, storage, services)):
        ticker = Ticker(tasks, judging.stop)
        ticker.start()
        opened.callback(ticker.join)
    opened.callback(judging.stop.set)


def _quick(
    setup: Setup,
    storage: Storage,
    detection: Detection,
    services: Services,
    judging: Judging,
) -> list[Task]:
    """What is done about once a second."""
    now, matching = setup.now, Matching(services.signals)
    return [
        partial(_keep_owner, storage.owner, judging.judge),
        judging.clock.look,
        detection.lexicons.look,
        lambda: services.protections.lapse(now()),
        lambda: services.proceedings.measures.lapse(now()),
        judging.segments.keep_head,
        judging.segments.seal,
        judging.intake.release_idle,
        _snapshots(judging.judge, setup.config.snapshot_minutes * 60),
        lambda: pending_links.sweep(storage.engine, now()),
        lambda: matching.tick(now()),
    ]


def _slow(setup: Setup, storage: Storage, services: Services) -> list[Task]:
    """What is done about once a second, and may take seconds each time."""
    desks = with_domains(services.desks)
    polls: list[Task] = [partial(domain.poll, desk) for domain, desk in desks]
    rebounds = ReboundWatch(
        storage.engine, storage.ledger, services.proceedings.office.policy, setup.now
    )
    return [
        *polls,
        rebounds,
        Minutely(services.campaigns.tick, setup.now),
        *(Minutely(partial(domain.tick, desk), setup.now) for domain, desk in desks),
    ]


def _keep_owner(owner: Owner, judge: Judge) -> None:
    try:
        owner.keep()
    except OwnerLostError as error:
        judge.end(error)


def _snapshots(judge: Judge, every_s: float) -> Task:
    """Asks for a snapshot of the detectors' state every so many seconds."""
    last = time.monotonic()

    def ask() -> None:
        nonlocal last
        if time.monotonic() - last > every_s:
            judge.ask_snapshot()
            last = time.monotonic()

    return ask
