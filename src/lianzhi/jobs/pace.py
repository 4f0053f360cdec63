"""Pace of judging: how many events at a time, and how long a backlog still takes."""

import time
from collections.abc import Callable
from typing import NamedTuple

#: The most events that are judged together: vectors are cheaper than rows.
TOGETHER = 8192
#: The fewest, and how many at first.
FEWEST, FIRST = 16, 512
#: Seconds that one group is meant to take: between groups the judge can save, stop and be asked.
MEANT_S = 1.0


class Backlog(NamedTuple):
    """What was accepted before and is not judged yet."""

    done: int
    """Events judged since it began."""
    total: int
    """Events that it has in all."""
    seconds_left: float | None
    """None: not known yet."""

    def __str__(self) -> str:
        share = self.done / self.total if self.total else 1.0
        left = "" if self.seconds_left is None else f", {_in_words(self.seconds_left)} left"
        return f"{self.done:,} of {self.total:,} events ({share:.0%}){left}"


class Pace:
    """Fits the size of groups to what judging takes."""

    def __init__(self) -> None:
        self.events = FIRST
        """How many events to judge together."""

    def learn(self, seconds: float, events: int) -> None:
        """Learn from a group."""
        if seconds > 2 * MEANT_S:
            self.events = max(FEWEST, min(self.events, events) // 2)
        elif seconds < MEANT_S / 2 and 2 * events >= self.events:
            self.events = min(TOGETHER, 2 * self.events)


class Progress:
    """Follows a backlog from log position `start` on."""

    def __init__(self, start: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._start, self._clock, self._began = start, clock, clock()

    def backlog(self, at: int, end: int) -> Backlog:
        """The backlog when position `at` is reached and the log ends at `end`."""
        done, spent = at - self._start, self._clock() - self._began
        left = (end - at) * spent / done if done and spent >= MEANT_S else None
        return Backlog(done, end - self._start, left)


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
