"""Intake of a node: takes batches of events, and answers once they are durable."""

import logging
import time
from collections.abc import Mapping

import msgspec

from lianzhi.chain.event import KINDS
from lianzhi.domains import registry
from lianzhi.flow import intake
from lianzhi.flow.quarantine import Rejected
from lianzhi.jobs.counts import Counts
from lianzhi.jobs.forms import Receipt
from lianzhi.jobs.judge import DetectionStoppedError, Judge
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.storage import Storage
from lianzhi.jobs.ticker import TICK_S

REASONS_SHOWN = 100

log = logging.getLogger(__name__)


class Intake:
    """See module. Thread-safe."""

    def __init__(self, setup: Setup, storage: Storage, judge: Judge, counts: Counts) -> None:
        self._now, self._store, self._judge = setup.now, storage.events, judge
        self._quarantine, self._counts = storage.quarantine, counts
        self._lateness = int(setup.config.lateness_seconds * 1000)
        self._limits = intake.Limits(kinds=registry.event_kinds() | {*KINDS})
        self._last_accept = time.monotonic()

    def submit(
        self,
        body: bytes,
        origin: str,
        first_line: int = 1,
        *,
        strict: bool = False,
        sizes: Mapping[int, int] | None = None,
    ) -> Receipt:
        """Accept a batch of NDJSON; returns when it is durable.

        `strict`: rows with fields that no event has go to quarantine. `sizes`: the real sizes of
        lines that were cut on the way, by number.
        """
        limits = msgspec.structs.replace(self._limits, strict=strict) if strict else self._limits
        batch = intake.read(body, self._now(), limits, first_line, sizes or {})
        written = self._store.accept(
            batch.events, batch.lines, self._now(), self._lateness, self._judge.put
        )
        rejected = batch.rejected + [intake.conflict(batch, n) for n in written.conflicts]
        refused = self._quarantine.hold(origin, rejected)
        self._store.sync(written.position)
        self._last_accept = time.monotonic()
        receipt = Receipt(
            accepted=len(written.accepted.events),
            duplicates=written.duplicates,
            quarantined=len(rejected) + batch.uncounted,
            late=written.late,
            behind_ms=written.behind,
            conflicts=len(written.conflicts),
            unknown_fields=tuple(
                (name, count, intake.nearest_field(name))
                for name, count in batch.unknown.most_common()
            ),
            reasons=tuple(_shown(row) for row in rejected[:REASONS_SHOWN]),
            quarantined_before=len(rejected) - refused,
        )
        self._counts.add_receipt(receipt)
        return receipt

    def submit_report(self, report: str, line: bytes) -> None:
        """Show the detectors the event of a report; where they have stopped, a person reads it."""
        try:
            self.submit(line, "reports")
        except DetectionStoppedError:
            log.warning("detection has stopped: it does not see report %s", report)

    def finish(self) -> None:
        """The input has ended: release what the watermark holds back, and wait for the verdicts."""
        self._store.release(self._now(), self._judge.put, ended=True)
        self._store.sync(self._store.log.position())
        self._judge.wait()

    def release_idle(self) -> None:
        """Where nothing has come in for a while, judge what waits for later events."""
        if time.monotonic() - self._last_accept > max(TICK_S, self._lateness / 1000):
            self._store.release(self._now() - self._lateness, self._judge.put, ended=False)


def _shown(row: Rejected) -> tuple[int, str, str]:
    return row.line, row.reason, row.detail
