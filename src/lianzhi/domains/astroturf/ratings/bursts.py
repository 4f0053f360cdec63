"""Bursts: many ratings within hours or days, with a distribution unlike that around them."""

import math
from typing import NamedTuple, Self

import numpy as np

from lianzhi.domains.astroturf.policy.ratings import BurstSettings
from lianzhi.domains.astroturf.ratings.excess import Excess, Tail, excess, log_tail, tails
from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Mask, Ratings
from lianzhi.stats.poisson import log_upper_tail


class Burst(NamedTuple):
    """Ratings of one item in one window, rows `begin` to `end` of the table."""

    item: int
    begin: int
    end: int
    window: int
    tail: Tail
    log_e: float
    """Logarithm of the expected number of such bursts in the item by chance."""
    usual: float
    """Expected ratings of the tail, by those before and after."""
    crowd: float
    """Log probability of as many ratings outside the tail, by those before and after."""
    excess: Excess

    def crowded(self, settings: BurstSettings) -> bool:
        """Whether ratings outside the tail are many as well, as when an item is in the news."""
        return self.crowd < math.log(settings.crowd)


def bursts(ratings: Ratings, settings: BurstSettings, open_: Mask) -> list[Burst]:
    """The bursts of all items. `open_`: rows that count, such as those after the release."""
    open_ = open_.copy()
    usual = np.bincount(ratings.level, minlength=ratings.levels.size) / max(ratings.level.size, 1)
    listed = np.ones(ratings.size.size, bool)
    bursts: list[Burst] = []
    for _ in range(settings.rounds):
        new = [
            burst
            for candidate in _best(ratings, settings, np.flatnonzero(open_ & listed[ratings.item]))
            if (burst := _weighed(ratings, settings, open_, usual, candidate)) is not None
        ]
        listed[:] = False
        for burst in new:
            rows = np.arange(burst.begin, burst.end)
            level = ratings.level[rows]
            open_[rows[(burst.tail.first <= level) & (level < burst.tail.last)]] = False
            listed[burst.item] = True
        bursts += new
        if not new:
            break
    return bursts


class _Spans(NamedTuple):
    """For each rating, the window that it begins, and the item's surroundings of it; rows."""

    begin: Ints
    end: Ints
    before: Ints
    after: Ints
    past: Floats
    """Number of windows of the item before it, and after it."""
    future: Floats
    low: Ints
    """The item's first row, and the row after its last."""
    high: Ints

    @classmethod
    def of(cls, item: Ints, time: Ints, window: int, around: int, longest: int) -> Self:
        """The spans of ratings sorted by item and time."""
        first, last = int(time.min()), int(time.max())
        # All items on one time line, spaced so that no window spans two items.
        line = item * (last - first + (2 * around + 3) * longest) + time - first
        low, high = np.searchsorted(item, item), np.searchsorted(item, item, "right")
        reach = around * window
        return cls(
            np.arange(item.size),
            np.searchsorted(line, line + window, "right"),
            np.searchsorted(line, line - reach),
            np.searchsorted(line, line + window + reach, "right"),
            np.minimum((time - time[low]) / window, around),
            np.clip((last - time) / window - 1, 0, around),
            low,
            high,
        )

    def inside(self, total: Ints) -> Ints:
        """Number within each window, given the number before each row."""
        return total[self.end] - total[self.begin]

    def whole(self, total: Ints) -> Ints:
        """Number within the item."""
        return total[self.high] - total[self.low]

    def around(self, total: Ints) -> Floats:
        """Mean number in a window before or after."""
        past, future = total[self.begin] - total[self.before], total[self.after] - total[self.end]
        out: Floats = (past + future + 0.5) / np.maximum(self.past + self.future, 1)
        return out

    def fuller(self, total: Ints) -> Floats:
        """Mean number in a window, on the side with more."""
        past = (total[self.begin] - total[self.before] + 0.5) / np.maximum(self.past, 1)
        future = (total[self.after] - total[self.end] + 0.5) / np.maximum(self.future, 1)
        return np.maximum(past, future)


class _Candidate(NamedTuple):
    begin: int
    end: int
    window: int
    tail: Tail
    log_e: float
    usual: float
    crowd: float


def _best(ratings: Ratings, settings: BurstSettings, rows: Ints) -> list[_Candidate]:
    """The most significant burst of each item among these rows."""
    sides = tails(ratings.levels.size)
    if not rows.size or not sides:
        return []
    item, time, level = ratings.item[rows], ratings.time[rows], ratings.level[rows]
    all_rows = np.arange(rows.size + 1)
    best = np.full(rows.size, np.log(settings.by_chance))
    best_: dict[int, _Candidate] = {}
    for window in settings.windows:
        spans = _Spans.of(item, time, window, settings.around, max(settings.windows))
        inside, whole = spans.inside(all_rows), spans.whole(all_rows)
        tests = np.log(whole * len(settings.windows) * len(sides))
        for tail in sides:
            total = _before((tail.first <= level) & (level < tail.last))
            marked, all_marked = spans.inside(total), spans.whole(total)
            log_e = log_tail(inside, marked, whole, all_marked) + tests
            rest, rest_marked = whole - inside, all_marked - marked
            by_rest = (inside - marked) * (rest_marked + 0.5) / (rest - rest_marked + 1)
            usual = spans.around(total)
            fits = (log_e < best) & (marked - by_rest >= settings.share * inside)
            fits &= marked > settings.times * usual
            others = spans.fuller(all_rows - total)
            # Most significant first, within each item.
            chosen = np.flatnonzero(fits)
            chosen = chosen[np.lexsort((log_e[chosen], item[chosen]))]
            chosen = chosen[np.append(True, item[chosen][1:] != item[chosen][:-1])[: chosen.size]]
            crowd = log_upper_tail((inside - marked)[chosen], others[chosen])
            for row, others_came in zip(chosen.tolist(), crowd.tolist(), strict=True):
                best[spans.low[row] : spans.high[row]] = log_e[row]
                best_[int(item[row])] = _Candidate(
                    int(rows[row]), int(rows[spans.end[row] - 1]) + 1, window, tail,
                    float(log_e[row]), float(usual[row]), others_came,
                )  # fmt: skip
    return list(best_.values())


def _before(marked: Mask) -> Ints:
    """Number of marked rows before each row, and in all."""
    return np.concatenate(([0], np.cumsum(marked)))


def _weighed(
    ratings: Ratings, settings: BurstSettings, open_: Mask, usual: Floats, candidate: _Candidate
) -> Burst | None:
    item = int(ratings.item[candidate.begin])
    rows = np.arange(ratings.bounds[item], ratings.bounds[item + 1])
    inside = (rows >= candidate.begin) & (rows < candidate.end) & open_[rows]
    rest = ~inside & open_[rows]
    count = ratings.levels.size
    seen = np.bincount(ratings.level[rows[inside]], minlength=count)
    others = np.bincount(ratings.level[rows[rest]], minlength=count).astype(float)
    excess_ = excess(seen, others, usual, candidate.tail)
    if excess_.share < settings.share:
        return None
    return Burst(item, *candidate, excess_)
