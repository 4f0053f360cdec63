"""Excess of low or high ratings in a part of an item's ratings over the rest of it."""

from typing import NamedTuple

import numpy as np

from lianzhi.domains.astroturf.ratings.table import Floats, Ints

#: Prior of the baseline: this many additional ratings with the level shares of all items.
_PRIOR = 2.0

Counts = Ints | Floats


def log_tail(inside: Counts, marked: Counts, whole: Counts, whole_marked: Counts) -> Floats:
    """Upper bound of the log probability, drawing `inside` of `whole` ratings at random, of drawing
    at least `marked` of the `whole_marked`.

    Hoeffding's bound for draws without replacement (J. Am. Stat. Assoc. 58, 1963, 13-30), taken for
    both margins of the table, since one is much tighter.
    """
    log_p = -inside * _divergence(marked, inside, whole_marked, whole)
    other = -whole_marked * _divergence(marked, whole_marked, inside, whole)
    out: Floats = np.minimum(log_p, other)
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
    """The level after the last one that belongs to it."""


def tails(levels: int) -> list[Tail]:
    """Every tail except the whole: `<= level` and `>= level`."""
    low = [Tail(0, end) for end in range(1, levels)]
    return low + [Tail(begin, levels) for begin in range(1, levels)]


class Excess(NamedTuple):
    """Excess of some ratings over the rest, by level."""

    expected: Floats
    """Expected number on each level, by the rest of the item."""
    weight: Floats
    """Weight of a rating on each level: expected / seen, at most 1, and 1 outside the tail."""
    seen: Ints

    @property
    def too_many(self) -> float:
        """Number of ratings beyond the expected ones."""
        return float((self.seen * (1 - self.weight)).sum())

    @property
    def share(self) -> float:
        """Their share of the compared ratings."""
        return self.too_many / max(float(self.seen.sum()), 1.0)


def excess(seen: Ints, rest: Floats, usual: Floats, tail: Tail) -> Excess:
    """Compare counts by level; levels outside the tail determine the number of genuine ratings.

    `rest`: counts of the rest of the item; `usual`: shares over all items, as its prior.
    """
    base = rest + _PRIOR * usual
    base = base / base.sum()
    inside = np.zeros(seen.size, bool)
    inside[tail.first : tail.last] = True
    organic = seen[~inside].sum() / max(base[~inside].sum(), 1e-9)
    expected = organic * base
    weight = np.where(inside & (seen > 0), np.minimum(expected / np.maximum(seen, 1), 1.0), 1.0)
    return Excess(expected, weight, seen)
