"""Confidence intervals for shares, rates, medians and other quantiles.

Each takes `level`, the coverage aimed at (0 < level < 1), and returns `(lo, hi)`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, betaincinv, gammaincinv, ndtr, ndtri

#: Draws per batch, to bound memory.
_AT_ONCE = 1 << 20


class Interval(NamedTuple):
    """Lower and upper limit, in the unit of the estimate."""

    lo: float
    hi: float


def wilson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Score interval of a proportion, without continuity correction; (0, 1) for no trials.

    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    _check_share(successes, trials, level)
    if trials == 0:
        return Interval(0.0, 1.0)
    z = float(ndtri(0.5 + level / 2))
    share, z2n = successes / trials, z * z / trials
    centre = (share + z2n / 2) / (1 + z2n)
    half = z * ((share * (1 - share) + z2n / 4) / trials) ** 0.5 / (1 + z2n)
    # At the ends the limits are exactly 0 and 1; rounding must not change that.
    return Interval(
        0.0 if successes == 0 else centre - half, 1.0 if successes == trials else centre + half
    )


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Exact interval of a proportion; (0, 1) for no trials.

    Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    _check_share(successes, trials, level)
    tail = (1 - level) / 2
    failures = trials - successes
    lo = float(betaincinv(successes, failures + 1, tail)) if successes else 0.0
    hi = float(betaincinv(successes + 1, failures, 1 - tail)) if failures else 1.0
    return Interval(lo, hi)


def poisson_rate(count: int, exposure: float = 1.0, level: float = 0.95) -> Interval:
    """Exact interval of a rate: `count` events over `exposure`, in events per unit of exposure.

    Garwood (1936), Biometrika 28, 437-442.
    """
    _check_level(level)
    if count < 0:
        raise ValueError(f"count is {count}; give 0 or more")
    if exposure <= 0:
        raise ValueError(f"exposure is {exposure}; give a positive time or size")
    tail = (1 - level) / 2
    lo = float(gammaincinv(count, tail)) if count else 0.0
    return Interval(lo / exposure, float(gammaincinv(count + 1, 1 - tail)) / exposure)


def bootstrap_median(
    values: Sequence[float], *, seed: int, level: float = 0.95, resamples: int = 2000
) -> Interval:
    """Percentile bootstrap of the median; the same seed gives the same limits.

    Quantiles are order statistics, so infinite values ("never happened") are allowed.
    (nan, nan) for no values. Efron (1979), Ann. Stat. 7, 1-26.
    """
    _check_level(level)
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0:
        return Interval(float("nan"), float("nan"))
    drawn = np.random.default_rng(seed).integers(0, sample.size, (resamples, sample.size))
    tail = (1 - level) / 2
    medians = np.median(sample[drawn], axis=1)
    lo, hi = np.quantile(medians, [tail, 1 - tail], method="inverted_cdf")
    return Interval(float(lo), float(hi))


def bootstrap_mean(
    values: Sequence[float], *, seed: int, level: float = 0.95, resamples: int = 2000
) -> Interval:
    """Bias-corrected and accelerated bootstrap of the mean, for skewed amounts such as fines.

    The same seed gives the same limits. (nan, nan) for fewer than two values. Efron (1987), J. Am.
    Stat. Assoc. 82, 171-185; the acceleration of a mean is its skewness / (6 sqrt(n)).
    """
    _check_level(level)
    sample = np.sort(np.asarray(values, dtype=np.float64))
    if sample.size < 2:
        return Interval(float("nan"), float("nan"))
    mean, spread = float(sample.mean()), float(sample.std())
    if spread == 0:
        return Interval(mean, mean)
    dice = np.random.default_rng(seed)
    rows = max(1, _AT_ONCE // sample.size)
    means = np.concatenate(
        [
            sample[dice.integers(0, sample.size, (min(rows, resamples - done), sample.size))].mean(
                1
            )
            for done in range(0, resamples, rows)
        ]
    )
    below = (np.count_nonzero(means < mean) + np.count_nonzero(means == mean) / 2) / resamples
    bias = float(ndtri(min(max(below, 0.5 / resamples), 1 - 0.5 / resamples)))
    skewness = float((((sample - mean) / spread) ** 3).mean())
    bend = skewness / (6 * sample.size**0.5)
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        z = bias + float(ndtri(tail))
        ends.append(float(ndtr(bias + z / (1 - bend * z))))
    lo, hi = np.quantile(means, ends)
    return Interval(float(lo), float(hi))


def order_ranks(size: int, quantile: float, level: float = 0.95) -> tuple[int | None, int | None]:
    """Ranks (from 1) of the values of a sample that hold a quantile between them.

    Whatever the distribution is: how many values lie below its quantile is binomial. None where a
    sample of this `size` is too small for a limit: a median needs 6 values for both at 0.95.
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.
    """
    _check_level(level)
    if not 0 < quantile < 1:
        raise ValueError(f"quantile is {quantile}; give one between 0 and 1, such as 0.5")
    tail = (1 - level) / 2
    lo = _least(size, quantile, tail)
    hi = _least(size, quantile, 1 - tail) + 1
    return (lo if lo >= 1 else None, hi if hi <= size else None)


def _least(size: int, share: float, target: float) -> int:
    """The least count whose binomial distribution function reaches `target`."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if bdtr(middle, size, share) >= target:
            high = middle
        else:
            low = middle + 1
    return low


def _check_share(successes: int, trials: int, level: float) -> None:
    _check_level(level)
    if not 0 <= successes <= trials:
        raise ValueError(f"successes is {successes} of {trials} trials; give 0 to trials")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; give a coverage between 0 and 1, such as 0.95")
