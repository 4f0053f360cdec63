"""How many days earlier violations would have been found, had a score set the order.

The days on which inspections took place stay; who is inspected on which of them changes: the
highest score first. Mean over the inspections that found a violation, taking it that it would have
been there to find. Across all, a score gains by sending strict inspectors first, which finds no
enterprise earlier. Within each inspector's own list that gain is gone, but for the colleague's
share; within the list of each team it is gone wholly.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection.penalised import Array
from lianzhi.stats.intervals import Interval


class Lists(NamedTuple):
    """Which inspections are reordered among which: row `inspection[k]` is in list `of[k]`."""

    inspection: NDArray[np.intp]
    of: NDArray[np.intp]

    @classmethod
    def all(cls, size: int) -> "Lists":
        """One list of all."""
        return cls(np.arange(size), np.zeros(size, np.intp))

    @classmethod
    def inspectors(cls, officers: Sequence[Sequence[str]]) -> "Lists":
        """A list for each inspector; an inspection is in that of everybody who took part."""
        names = {name: k for k, name in enumerate(sorted({n for one in officers for n in one}))}
        pairs = [(row, names[name]) for row, one in enumerate(officers) for name in one]
        rows, of = np.array(pairs, np.intp).reshape(-1, 2).T
        return cls(rows, of)

    @classmethod
    def teams(cls, officers: Sequence[Sequence[str]]) -> "Lists":
        """A list for each set of inspectors who went together."""
        return cls.inspectors([(";".join(sorted(one)),) for one in officers])


class Gain(NamedTuple):
    """Mean days earlier, limits by bootstrap, and how often a shuffled score gains as much."""

    days: float
    lo: float
    hi: float
    by_chance: float


class Tried(NamedTuple):
    """Inspections of a held-out period: day number, whether a violation was found."""

    day: Array
    violated: NDArray[np.bool_]


def by_inspection(tried: Tried, score: Array, lists: Lists) -> Array:
    """Days earlier of each row of the lists. Equal scores keep the order that there was, and gain
    nothing.
    """
    rows, of = lists
    day = tried.day[rows]
    planned = np.empty_like(day)
    planned[np.lexsort((day, -score[rows], of))] = day[np.lexsort((day, of))]
    return np.asarray(day - planned)


def mean_gain(tried: Tried, score: Array, lists: Lists) -> float:
    """Mean days earlier over inspections with a violation; nan where there are none."""
    hits = tried.violated[lists.inspection]
    return float(by_inspection(tried, score, lists)[hits].mean()) if hits.any() else float("nan")


def resampled(
    tried: Tried, scores: Sequence[Array], lists: Lists, resamples: int, seed: int
) -> Array:
    """Gains of each score on the same bootstrap samples: (resamples, scores).

    Whole lists are drawn where there are many, for what is reordered hangs together; inspections
    where there is one list.
    """
    draws = np.random.default_rng(seed)
    count = int(lists.of.max(initial=0)) + 1
    if count > 1:
        hits = tried.violated[lists.inspection]
        found = np.bincount(lists.of, hits, minlength=count)
        sums = np.stack(
            [
                np.bincount(lists.of, by_inspection(tried, score, lists) * hits, minlength=count)
                for score in scores
            ],
            axis=1,
        )
        times = draws.multinomial(count, np.full(count, 1 / count), resamples)
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ sums) / (times @ found)[:, None])
    size = tried.day.size
    gains = np.empty((resamples, len(scores)))
    for n in range(resamples):
        some = draws.integers(0, size, size)
        sample = Tried(tried.day[some], tried.violated[some])
        gains[n] = [mean_gain(sample, score[some], Lists.all(size)) for score in scores]
    return gains


def limits(gains: Array, level: float) -> Interval:
    """Percentile limits of bootstrapped gains, nan left out."""
    lo, hi = np.nanquantile(gains, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(lo), float(hi))


def by_chance(tried: Tried, score: Array, lists: Lists, resamples: int, seed: int) -> float:
    """Share of shuffled scores that gain as much; the score itself counts as one of them."""
    draws = np.random.default_rng(seed)
    found = mean_gain(tried, score, lists)
    as_much = sum(
        mean_gain(tried, draws.permutation(score), lists) >= found for _ in range(resamples)
    )
    return (1 + as_much) / (1 + resamples)
