"""One-sided Mann-Whitney U test."""

from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

#: Largest sample for the exact p-value, without ties; beyond, the normal approximation is used.
_FEW = 8


def rank_sum_below(values: ArrayLike, others: ArrayLike) -> float:
    """One-sided p-value that `values` tend to lie below `others`.

    Exact without ties where one side has 8 values or fewer; else by the normal distribution, with
    the variance corrected for ties and a continuity correction. Infinite values are allowed. 1
    where either side is empty, or all values are equal. Raises ValueError for NaN. Wilcoxon (1945),
    Biometrics Bull. 1, 80-83; Mann and Whitney (1947), Ann. Math. Stat. 18, 50-60.
    """
    x, y = np.asarray(values, np.float64), np.asarray(others, np.float64)
    both = np.concatenate([x, y])
    if np.isnan(both).any():
        raise ValueError("a value is NaN; leave it out")
    if x.size == 0 or y.size == 0:
        return 1.0
    _, place, alike = np.unique(both, return_inverse=True, return_counts=True)
    rank = np.cumsum(alike) - (alike - 1) / 2  # midrank of ties
    pairs, size = x.size * y.size, both.size
    higher = float(rank[place[: x.size]].sum()) - x.size * (x.size + 1) / 2
    if min(x.size, y.size) <= _FEW and alike.max() == 1:
        return _at_most(int(higher), min(x.size, y.size), max(x.size, y.size))
    ties = alike.astype(np.float64)
    variance = pairs / 12 * (size + 1 - float((ties**3 - ties).sum()) / (size * (size - 1)))
    if alike.size == 1 or variance <= 0:
        return 1.0
    return float(ndtr((higher - pairs / 2 + 0.5) / variance**0.5))


def _at_most(higher: int, few: int, many: int) -> float:
    """Chance that at most so many of the few * many pairs have the higher value on a given side."""
    chance, mirrored = _lower_half(few, many), few * many - higher
    if higher <= mirrored:
        return float(chance[higher])
    return 1.0 - float(chance[mirrored - 1]) if mirrored else 1.0


@lru_cache(maxsize=_FEW)
def _lower_half(few: int, many: int) -> NDArray[np.float64]:
    """Distribution function of Mann and Whitney's U from 0 to half of few * many.

    In how many ways U comes to u is the coefficient of q^u in the Gaussian binomial, the product
    over i = 1 ... few of (1 - q^(many + i)) / (1 - q^i) (Andrews, 1976, The Theory of Partitions,
    ch. 3): one shifted subtraction and one running sum with stride i for each factor. Whole numbers
    up to 2^53, beyond that rounded, which costs some 1e-14. It depends on the sizes alone, and who
    tests one group after another against the rest asks for the same few again and again.
    """
    ways = np.zeros(few * many // 2 + 1)
    ways[0] = 1.0
    for i in range(1, few + 1):
        ways[many + i :] -= ways[: -(many + i)]
        for first in range(i):
            ways[first::i] = np.cumsum(ways[first::i])
    return np.asarray(np.cumsum(ways) / float(comb(few + many, few)))
