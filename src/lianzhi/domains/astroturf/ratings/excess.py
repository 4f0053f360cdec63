"""Excess: more low or high ratings among some of an item's ratings than among the rest of it."""

from typing import NamedTuple

import numpy as np

from lianzhi.domains.astroturf.ratings.table import Floats, Ints

#: The rest counts as if so many ratings with the levels of all items were in it as well.
_PRIOR = 2.0

Counts = Ints | Floats


def log_tail(inside: Counts, marked: Counts, whole: Counts, whole_marked: Counts) -> Floats:
    """Upper bound of the logarithm of how likely it is, drawing `inside` of `whole` ratings by lot,
    to draw at least `marked` of the `whole_marked` among them.

    Hoeffding's bound holds for draws without replacement (J. Am. Stat. Assoc. 58, 1963, 13-30); it
    is taken with both readings of the table, for one is much the closer.
    """
    one = -inside * _divergence(marked, inside, whole_marked, whole)
    other = -whole_marked * _divergence(marked, whole_marked, inside, whole)
    out: Floats = np.minimum(one, other)
    return out


def _divergence(part: Counts, of: Counts, base: Counts, whole: Counts) -> Floats:
    """Kullback-Leibler divergence of share part/of from base/whole; 0 where it is not greater."""
    p, q = part / np.maximum(of, 1), base / np.maximum(whole, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        yes = np.where(p > 0, p * np.log(p / q), 0.0)
        no = np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - q)), 0.0)
    out: Floats = np.where(p > q, yes + no, 0.0)
    return out


class Tail(NamedTuple):
    """Levels from the lowest up to one, or from one up to the highest."""

    first: int
    last: int
    """Exclusive."""


def tails(levels: int) -> list[Tail]:
    """All of them but the whole: `<= level` and `>= level`."""
    low = [Tail(0, end) for end in range(1, levels)]
    return low + [Tail(begin, levels) for begin in range(1, levels)]


class Excess(NamedTuple):
    """What some ratings have too much of."""

    expected: Floats
    """Of each level, how many would be there by the rest of the item."""
    weight: Floats
    """Of each level, what part of a rating there counts: expected by seen, 1 at most, and 1 outside
    the tail."""
    seen: Ints

    @property
    def too_many(self) -> float:
        """Ratings beyond what was expected."""
        return float((self.seen * (1 - self.weight)).sum())

    @property
    def share(self) -> float:
        """Their part of all that were compared."""
        return self.too_many / max(float(self.seen.sum()), 1.0)


def excess(seen: Ints, rest: Floats, usual: Floats, tail: Tail) -> Excess:
    """Compare counts by level. Those outside the tail tell how many ratings are as they would be.

    `rest`: counts of the rest of the item; `usual`: shares over all items, its prior.
    """
    base = rest + _PRIOR * usual
    base = base / base.sum()
    inside = np.zeros(seen.size, bool)
    inside[tail.first : tail.last] = True
    organic = seen[~inside].sum() / max(base[~inside].sum(), 1e-9)
    expected = organic * base
    weight = np.where(inside & (seen > 0), np.minimum(expected / np.maximum(seen, 1), 1.0), 1.0)
    return Excess(expected, weight, seen)
