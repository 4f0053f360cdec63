"""Days by which a risk score would have found violations earlier than the actual order did.

The days of inspections stay; the enterprises are reassigned to them, the highest score first. The
gain is the mean over inspections that found a violation, assuming that it was there to be found.
Over all inspections, a score gains by sending strict inspectors first, which finds no enterprise
earlier. Within each inspector's own list that gain is gone, except for the colleague's share;
within the list of each team it is gone entirely.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection.penalised import Array
from lianzhi.stats.intervals import Interval


class Lists(NamedTuple):
    """Sets of inspections that are reordered among themselves: row `inspection[k]` is in list
    `of[k]`.
    """

    inspection: NDArray[np.intp]
    of: NDArray[np.intp]

    @classmethod
    def all(cls, size: int) -> "Lists":
        """A single list that holds every inspection."""
        return cls(np.arange(size), np.zeros(size, np.intp))

    @classmethod
    def inspectors(cls, officers: Sequence[Sequence[str]]) -> "Lists":
        """One list for each inspector; an inspection is in the list of each of its officers."""
        names = {
            name: k for k, name in enumerate(sorted({n for officer in officers for n in officer}))
        }
        pairs = [(row, names[name]) for row, officer in enumerate(officers) for name in officer]
        rows, of = np.array(pairs, np.intp).reshape(-1, 2).T
        return cls(rows, of)

    @classmethod
    def teams(cls, officers: Sequence[Sequence[str]]) -> "Lists":
        """One list for each set of officers who inspected together."""
        return cls.inspectors([(";".join(sorted(officer)),) for officer in officers])


class Gain(NamedTuple):
    """Mean days earlier, bootstrap limits, and P value against shuffled scores."""

    days: float
    lo: float
    hi: float
    by_chance: float


class HeldOut(NamedTuple):
    """Inspections of a held-out period: day number, and whether a violation was found."""

    day: Array
    violated: NDArray[np.bool_]


def by_inspection(tried: HeldOut, score: Array, lists: Lists) -> Array:
    """Days earlier of each row of the lists; equal scores keep their actual order."""
    rows, of = lists
    day = tried.day[rows]
    planned = np.empty_like(day)
    planned[np.lexsort((day, -score[rows], of))] = day[np.lexsort((day, of))]
    return np.asarray(day - planned)


def mean_gain(tried: HeldOut, score: Array, lists: Lists) -> float:
    """Mean days earlier over inspections with a violation; nan where there are none."""
    hits = tried.violated[lists.inspection]
    return float(by_inspection(tried, score, lists)[hits].mean()) if hits.any() else float("nan")


def resampled(
    tried: HeldOut, scores: Sequence[Array], lists: Lists, resamples: int, seed: int
) -> Array:
    """Gains of each score on the same bootstrap samples: (resamples, scores).

    Whole lists are resampled where there are many, since their rows are dependent; single
    inspections where there is one list.
    """
    draws = np.random.default_rng(seed)
    count = int(lists.of.max(initial=0)) + 1
    if count > 1:
        hits = tried.violated[lists.inspection]
        hits_before = np.bincount(lists.of, hits, minlength=count)
        sums = np.stack(
            [
                np.bincount(lists.of, by_inspection(tried, score, lists) * hits, minlength=count)
                for score in scores
            ],
            axis=1,
        )
        times = draws.multinomial(count, np.full(count, 1 / count), resamples)
        with np.errstate(invalid="ignore"):
            return np.asarray((times @ sums) / (times @ hits_before)[:, None])
    size = tried.day.size
    gains = np.empty((resamples, len(scores)))
    for n in range(resamples):
        chosen = draws.integers(0, size, size)
        sample = HeldOut(tried.day[chosen], tried.violated[chosen])
        gains[n] = [mean_gain(sample, score[chosen], Lists.all(size)) for score in scores]
    return gains


def limits(gains: Array, level: float) -> Interval:
    """Percentile limits of bootstrapped gains; nan is ignored."""
    lo, hi = np.nanquantile(gains, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(lo), float(hi))


def by_chance(tried: HeldOut, score: Array, lists: Lists, resamples: int, seed: int) -> float:
    """Permutation P value of a gain: share of shuffled scores that gain as much, itself counted."""
    draws = np.random.default_rng(seed)
    gain = mean_gain(tried, score, lists)
    as_much = sum(
        mean_gain(tried, draws.permutation(score), lists) >= gain for _ in range(resamples)
    )
    return (1 + as_much) / (1 + resamples)
