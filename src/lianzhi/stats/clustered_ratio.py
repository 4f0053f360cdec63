"""Ratio of two sums over people, with people as the units of chance."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from lianzhi.stats.intervals import Interval


class Ratio(NamedTuple):
    """Sum of the numerators / sum of the denominators, in their units."""

    value: float
    interval: Interval
    people: int
    """Persons with a denominator above 0."""


def ratio_of_sums(numerators: ArrayLike, denominators: ArrayLike, level: float = 0.95) -> Ratio:
    """The ratio of what people add up to, with its interval by linearisation.

    Var(R) = n / (n - 1) sum (a - R b)^2 / (sum b)^2, with t of n - 1 degrees of freedom. NaN where
    no denominator is above 0; a whole line as the interval for one person. Cochran (1977), Sampling
    Techniques, 3rd ed., section 6.4. Raises ValueError for negative denominators.
    """
    above, below = np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)
    if (below < 0).any():
        raise ValueError(f"a denominator is {below.min()}; give 0 or more")
    above, below = above[below > 0], below[below > 0]
    people, total = int(below.size), float(below.sum())
    if not people:
        return Ratio(float("nan"), Interval(float("nan"), float("nan")), 0)
    value = float(above.sum()) / total
    if people == 1:
        return Ratio(value, Interval(float("-inf"), float("inf")), 1)
    spread = float(((above - value * below) ** 2).sum()) * people / (people - 1)
    half = float(stdtrit(people - 1, 0.5 + level / 2)) * spread**0.5 / total
    return Ratio(value, Interval(value - half, value + half), people)
