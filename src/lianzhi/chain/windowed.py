"""Windowed detector: base for detectors that count the events of one key in a time window.

A domain says by which key events belong together, how long they count, and what the recent ones
amount to; folding, forgetting and snapshots are here. Memory holds the keys of one window.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Role
from lianzhi.chain.struct_state import StructState


class Window(msgspec.Struct):
    """Evidence of each key that still counts."""

    recent: dict[str, list[Evidence]] = {}
    pruned_at: int = 0
    """Event time (ms) at which keys were last dropped whose evidence is too old."""


class WindowedDetector(StructState[Window], ABC):
    """Implements `chain.detector.Detector`; subclasses give `name`, `window_ms`, `key`, `judge`."""

    form = Window
    window_ms: int
    role: Role | None = None
    """Part that whoever acts plays."""

    @abstractmethod
    def key(self, event: Event) -> str | None:
        """Key by which events belong together; None when the event is of no interest."""
        ...

    @abstractmethod
    def judge(self, key: str, recent: Sequence[Evidence], event: Event) -> Finding | None:
        """What a key's evidence of the last `window_ms`, this event's at the end, amounts to.

        A finding closes the window: the evidence counts for no other.
        """
        ...

    def step(self, state: Window, events: Sequence[Event]) -> tuple[Window, list[Finding]]:
        """Fold ordered events into the state."""
        findings = []
        for event in events:
            if (key := self.key(event)) is None:
                continue
            self._prune(state, event.time)
            acted = Evidence(event.source, event.id, event.time, event.actor, event.seq, self.role)
            recent = [*self._recent(state.recent.get(key, ()), event.time), acted]
            finding = self.judge(key, recent, event)
            if finding is None:
                state.recent[key] = recent
            else:
                state.recent.pop(key, None)
                findings.append(finding)
        return state, findings

    def forget(self, state: Window, subject: str) -> Window:
        """Drop a key of an account, and what the account did under others."""
        state.recent.pop(subject, None)
        for key, evidence in [*state.recent.items()]:
            state.recent[key] = [each for each in evidence if each.actor != subject]
        return state

    def _recent(self, evidence: Sequence[Evidence], now: int) -> list[Evidence]:
        return [each for each in evidence if each.at > now - self.window_ms]

    def _prune(self, state: Window, now: int) -> None:
        if now - state.pruned_at >= self.window_ms:
            pairs = ((key, self._recent(each, now)) for key, each in state.recent.items())
            state.recent = {key: each for key, each in pairs if each}
            state.pruned_at = now
