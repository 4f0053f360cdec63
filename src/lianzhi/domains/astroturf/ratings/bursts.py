"""Bursts: within hours or days many ratings come, and other ones than come otherwise."""

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
    """Logarithm of how many bursts so striking chance would show in the item."""
    usual: float
    """How many of the tail would have come by what came before and after."""
    crowd: float
    """Logarithm of how likely as many outside the tail are by what came before and after."""
    excess: Excess

    def crowded(self, settings: BurstSettings) -> bool:
        """Whether others came in numbers as well, as where an item is in the news."""
        return self.crowd < math.log(settings.crowd)


def bursts(ratings: Ratings, settings: BurstSettings, open_: Mask) -> list[Burst]:
    """The bursts of all items. `open_`: rows that count, such as those after the release."""
    open_ = open_.copy()
    usual = np.bincount(ratings.level, minlength=ratings.levels.size) / max(ratings.level.size, 1)
    some = np.ones(ratings.size.size, bool)
    found: list[Burst] = []
    for _ in range(settings.rounds):
        new = [
            burst
            for one in _best(ratings, settings, np.flatnonzero(open_ & some[ratings.item]))
            if (burst := _weighed(ratings, settings, open_, usual, one)) is not None
        ]
        some[:] = False
        for burst in new:
            rows = np.arange(burst.begin, burst.end)
            level = ratings.level[rows]
            open_[rows[(burst.tail.first <= level) & (level < burst.tail.last)]] = False
            some[burst.item] = True
        found += new
        if not new:
            break
    return found


class _Spans(NamedTuple):
    """For each rating the window that it begins, and what lies around it in its item; rows."""

    begin: Ints
    end: Ints
    before: Ints
    after: Ints
    past: Floats
    """Windows that the item was there before, and that it is seen after."""
    future: Floats
    low: Ints
    """The item's first row, and the row after its last."""
    high: Ints

    @classmethod
    def of(cls, item: Ints, time: Ints, window: int, around: int, longest: int) -> Self:
        """Find them; ratings come by item and time."""
        first, last = int(time.min()), int(time.max())
        # One line of time for all items, each so far from the next that no window reaches over.
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
        """How many of something are in each window, given how many are before each row."""
        return total[self.end] - total[self.begin]

    def whole(self, total: Ints) -> Ints:
        """How many are in the item."""
        return total[self.high] - total[self.low]

    def around(self, total: Ints) -> Floats:
        """How many a window before or after holds on average."""
        past, future = total[self.begin] - total[self.before], total[self.after] - total[self.end]
        out: Floats = (past + future + 0.5) / np.maximum(self.past + self.future, 1)
        return out

    def fuller(self, total: Ints) -> Floats:
        """The same of that side on which there are more."""
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
    """Of each item the most striking burst of these rows."""
    sides = tails(ratings.levels.size)
    if not rows.size or not sides:
        return []
    item, time, level = ratings.item[rows], ratings.time[rows], ratings.level[rows]
    everything = np.arange(rows.size + 1)
    best = np.full(rows.size, np.log(settings.by_chance))
    found: dict[int, _Candidate] = {}
    for window in settings.windows:
        spans = _Spans.of(item, time, window, settings.around, max(settings.windows))
        inside, whole = spans.inside(everything), spans.whole(everything)
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
            others = spans.fuller(everything - total)
            # The most striking of an item comes first.
            some = np.flatnonzero(fits)
            some = some[np.lexsort((log_e[some], item[some]))]
            some = some[np.append(True, item[some][1:] != item[some][:-1])[: some.size]]
            crowd = log_upper_tail((inside - marked)[some], others[some])
            for one, others_came in zip(some.tolist(), crowd.tolist(), strict=True):
                best[spans.low[one] : spans.high[one]] = log_e[one]
                found[int(item[one])] = _Candidate(
                    int(rows[one]), int(rows[spans.end[one] - 1]) + 1, window, tail,
                    float(log_e[one]), float(usual[one]), others_came,
                )  # fmt: skip
    return list(found.values())


def _before(marked: Mask) -> Ints:
    """How many are marked before each row, and in all."""
    return np.concatenate(([0], np.cumsum(marked)))


def _weighed(
    ratings: Ratings, settings: BurstSettings, open_: Mask, usual: Floats, one: _Candidate
) -> Burst | None:
    item = int(ratings.item[one.begin])
    rows = np.arange(ratings.bounds[item], ratings.bounds[item + 1])
    inside = (rows >= one.begin) & (rows < one.end) & open_[rows]
    rest = ~inside & open_[rows]
    count = ratings.levels.size
    seen = np.bincount(ratings.level[rows[inside]], minlength=count)
    others = np.bincount(ratings.level[rows[rest]], minlength=count).astype(float)
    held = excess(seen, others, usual, one.tail)
    if held.share < settings.share:
        return None
    return Burst(item, *one, held)
