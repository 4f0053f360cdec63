"""Counts of what a node has done since it was opened: plain integers, added to where it is done."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.jobs.forms import Receipt
from lianzhi.text.arrays.batch import IN_FULL

Reader = Literal["judge", "nudge"]
"""What reads a text."""


class Counts:
    """Thread-safe. Each method adds; attributes are read at any time, each by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.accepted = self.duplicates = self.quarantined = self.late = 0
        """Events of the batches that were answered; quarantined rows are counted each time."""
        self.judged = 0
        """Events that the detectors were given, those read again after a restart included."""
        self.findings = Counter[tuple[str, str]]()
        """Findings put on the record, by kind and stage."""
        self.texts = Counter[Reader]()
        """Texts that were read."""
        self.texts_cut = Counter[Reader]()
        """Those of them whose end was searched for entries of the lexicon alone."""
        self.text_seconds: dict[Reader, float] = {"judge": 0.0, "nudge": 0.0}
        """Seconds in which they were read; of the judge: of all that it does."""

    def add_receipt(self, receipt: Receipt) -> None:
        """Add an accepted batch."""
        with self._lock:
            self.accepted += receipt.accepted
            self.duplicates += receipt.duplicates
            self.quarantined += receipt.quarantined
            self.late += receipt.late

    def add_judged(self, frames: Sequence[Sequence[Event]], seconds: float) -> None:
        """Add frames of events that the detectors have taken."""
        texts = [event.text for events in frames for event in events if event.text]
        with self._lock:
            self.judged += sum(map(len, frames))
            self.texts["judge"] += len(texts)
            self.texts_cut["judge"] += sum(map(IN_FULL.__lt__, map(len, texts)))
            self.text_seconds["judge"] += seconds

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Add findings that are on the record."""
        with self._lock:
            self.findings.update((finding.kind, finding.stage) for finding in findings)

    def add_nudge(self, in_full: bool, seconds: float) -> None:
        """Add a draft that was read for its author."""
        with self._lock:
            self.texts["nudge"] += 1
            self.texts_cut["nudge"] += not in_full
            self.text_seconds["nudge"] += seconds
