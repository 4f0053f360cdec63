"""Clock watch: notices that the clock had run ahead, and has what came late meanwhile judged."""

import logging

import msgspec

from lianzhi.flow import watermark
from lianzhi.flow.clock import TOLERANCE_MS, StepBack
from lianzhi.jobs.judge import Judge
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.storage import Storage
from lianzhi.record.entry import Draft
from lianzhi.store.roots import CLOCK_KIND

log = logging.getLogger(__name__)


class ClockWatch:
    """See module. `look` is timed work."""

    def __init__(self, setup: Setup, storage: Storage, judge: Judge) -> None:
        self._now, self._storage, self._judge = setup.now, storage, judge
        self._lateness = int(setup.config.lateness_seconds * 1000)

    def look(self) -> None:
        """Where the watermark stands above the clock, put it back, on the record, and begin anew.

        A crash at any point is mended by the next look: the watermark still stands too high, or
        the state that is saved knows of one step less than the record.
        """
        events, now = self._storage.events, self._now()
        if events.log.watermark <= now + TOLERANCE_MS:
            return
        with events.paused():
            after, ahead = events.log.end()
            step = StepBack(after, watermark.slot_start(now - self._lateness), self._lateness)
            payload = {**msgspec.to_builtins(step), "from": ahead}
            ref = f"event-{after}"
            self._storage.ledger.append([Draft(kind=CLOCK_KIND, ref=ref, at=now, payload=payload)])
            events.lower_watermark(step.watermark, now)
            self._judge.start_over(step)
        log.warning(
            "the clock had run ahead by %d s: events that came late meanwhile are judged now",
            (ahead - now) // 1000,
        )
