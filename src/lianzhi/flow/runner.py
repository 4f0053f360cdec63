"""Runner in process: frames in, findings out. No I/O, no clock: a replay finds the same."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lianzhi.chain.detector import Detector
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.flow.watermark import Reorder


class Accepted(msgspec.Struct, frozen=True):
    """The events of one frame of the log, in the order of their acceptance."""

    events: list[Event]
    floor: int
    """Watermark before the frame."""
    watermark: int
    """Watermark after it."""
    after: int
    """Log position after its last event."""


class Snapshot(msgspec.Struct):
    """The state of all detectors when everything before `watermark` was judged."""

    watermark: int
    position: int
    """Log position from which a replay must read to meet every event not judged yet."""
    states: dict[str, bytes]
    judged: int
    recorded: int
    """Entries that the record had: one that has fewer is older, and lacks findings."""
    steps: int
    """Steps back of the clock that it knows of."""


class Runner:
    """Orders events behind the watermark and steps every detector over them."""

    def __init__(self, detectors: Sequence[Detector[Any]]) -> None:
        self.detectors = tuple(detectors)
        self.clear()

    def clear(self) -> None:
        """Begin with nothing."""
        self.states: dict[str, Any] = {d.name: d.init() for d in self.detectors}
        self.judged = 0
        self._reorder = Reorder()

    @property
    def watermark(self) -> int:
        """Event time before which everything has been judged."""
        return self._reorder.watermark

    @property
    def buffered(self) -> int:
        """Events that wait for the watermark."""
        return self._reorder.buffered

    def feed(self, frames: Sequence[Accepted]) -> list[Finding]:
        """Take frames in log order; splitting the sequence anywhere changes nothing.

        Events before a frame's floor came late and are left out, as they were at acceptance.
        """
        for frame in frames:
            self._reorder.add(frame.events, frame.floor)
        return self._judge(self._reorder.release(frames[-1].watermark)) if frames else []

    def snapshot(self, position: int, recorded: int = 0, steps: int = 0) -> Snapshot:
        """State of all detectors; `position` is the log position after the last frame fed."""
        oldest = self._reorder.oldest_seq()
        start = position if oldest is None else oldest
        states = {d.name: d.dump(self.states[d.name]) for d in self.detectors}
        return Snapshot(self.watermark, start, states, self.judged, recorded, steps)

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot; a detector that is not in it begins with nothing.

        Raises ValueError when a detector cannot read its state.
        """
        saved = snapshot.states
        states = {
            d.name: d.load(saved[d.name]) if d.name in saved else d.init() for d in self.detectors
        }
        self.states, self.judged = states, snapshot.judged
        self._reorder = Reorder(snapshot.watermark)

    def forget(self, subject: str, mentions: Callable[[bytes], bool]) -> None:
        """Drop an account from every detector's state, and the events held back that name it."""
        self._reorder.drop(lambda event: mentions(msgspec.json.encode(event)))
        for detector in self.detectors:
            self.states[detector.name] = detector.forget(self.states[detector.name], subject)

    def _judge(self, events: list[Event]) -> list[Finding]:
        if not events:
            return []
        self.judged += len(events)
        findings: list[Finding] = []
        for detector in self.detectors:
            state, new = detector.step(self.states[detector.name], events)
            self.states[detector.name] = state
            findings += new
        findings.sort(key=lambda finding: finding.at)  # stable: as they were found
        return findings
