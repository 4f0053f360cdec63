"""A background: what happens to every target when nobody gathers against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lianzhi.domains.bullying.evaluation.columns import (
    DAY,
    HAS_TEXT,
    NONE,
    Bools,
    Columns,
    Floats,
    Ints,
    first_contacts,
)
from lianzhi.domains.bullying.evaluation.texts import Part, Texts

#: Strata of a target's normal stranger rate: name -> strangers a day, (over, up to].
STRATA: dict[str, tuple[float, float]] = {
    "<=1": (-1.0, 1.0),
    "1-5": (1.0, 5.0),
    "5-20": (5.0, 20.0),
    ">20": (20.0, float("inf")),
}


@dataclass(frozen=True)
class Background:
    """Events sorted by (target, time); times in Unix ms.

    Before `warm` nothing counts; [warm, split) is the part on which thresholds are fitted and
    [split, end] the part that is reported.
    """

    name: str
    events: Columns
    texts: list[str]
    warm: int
    split: int
    end: int
    hours: tuple[float, ...] = (1.0,) * 24
    """Weights of the hours of the day, by which onsets are drawn."""

    @cached_property
    def targets(self) -> int:
        """How many targets there are; they are numbered from 0."""
        return int(self.events.target.max()) + 1 if len(self.events) else 0

    @cached_property
    def bounds(self) -> Ints:
        """Rows of target t are bounds[t] to bounds[t + 1]."""
        return np.searchsorted(self.events.target, np.arange(self.targets + 1))

    @cached_property
    def strangers(self) -> Bools:
        """Which events are a stranger's, by the task's definition."""
        by_time = np.lexsort((self.events.key, self.events.time))
        flags = np.zeros(len(self.events), dtype=np.bool_)
        flags[by_time] = first_contacts(self.events.take(by_time))
        return flags

    @cached_property
    def stranger_rate(self) -> Floats:
        """Each target's normal strangers a day: after `warm`, over its active days, at least 1."""
        first, last = self.active(self.warm, self.end)
        counted = self.strangers & (self.events.time >= self.warm)
        count = np.bincount(self.events.target[counted], minlength=self.targets)
        rate: Floats = count / np.maximum((last - first) / DAY, 1.0)
        return rate

    def active(self, start: int, stop: int) -> tuple[Ints, Ints]:
        """First and last event of each target within [start, stop]; equal where there is none."""
        first, last = np.zeros((2, self.targets), dtype=np.int64)
        for target, rows in self.rows():
            times = self.events.time[rows]
            lo, hi = np.searchsorted(times, start), np.searchsorted(times, stop, "right")
            if hi > lo:
                first[target], last[target] = times[lo], times[hi - 1]
        return first, last

    def target_days(self, start: int, stop: int) -> Floats:
        """Days from first to last event of each target within [start, stop]."""
        first, last = self.active(start, stop)
        days: Floats = (last - first) / DAY
        return days

    def rows(self) -> Iterator[tuple[int, slice]]:
        """Every target with its rows."""
        for target in range(self.targets):
            yield target, slice(int(self.bounds[target]), int(self.bounds[target + 1]))

    def stratum(self, target: int) -> str:
        """Name of the target's stratum."""
        return stratum(float(self.stranger_rate[target]))


def stratum(rate: float) -> str:
    """Name of the stratum of a stranger rate (a day)."""
    return next(name for name, (over, up_to) in STRATA.items() if over < rate <= up_to)


def background(
    name: str,
    events: Columns,
    texts: list[str],
    *,
    warm: int,
    split: int,
    end: int,
    hours: tuple[float, ...] = (1.0,) * 24,
) -> Background:
    """A background from events in any order whose targets are numbered from 0."""
    ordered = events.take(np.lexsort((events.key, events.time, events.target)))
    return Background(name, ordered, texts, warm, split, end, hours)


def ordinary_texts(
    rng: np.random.Generator,
    rudeness: tuple[float, float],
    events: Columns,
    split: int,
    texts: Texts,
) -> Ints:
    """Text indices for ordinary events: mostly benign, with each target's own share of rudeness.

    `rudeness` is the mean share and its Beta concentration over targets. Events before `split`
    draw from the part on which thresholds are fitted, the others from the part reported.
    """
    share, concentration = rudeness
    count = int(events.target.max()) + 1 if len(events) else 0
    own = rng.beta(share * concentration, (1 - share) * concentration, count)
    rude = rng.random(len(events)) < own[events.target]
    drawn = np.full(len(events), NONE, dtype=np.int64)
    parts: tuple[tuple[Part, Bools], ...] = (
        ("fit", events.time < split),
        ("report", events.time >= split),
    )
    for part, in_part in parts:
        for pool, chosen in (("harmful", rude), ("benign", ~rude)):
            rows = np.flatnonzero(in_part & chosen & HAS_TEXT[events.kind])
            drawn[rows] = texts.draw(rng, pool, part, len(rows))
    return drawn
