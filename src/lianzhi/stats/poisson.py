"""Poisson and gamma-Poisson tails and rate tests.

Counts are integers, exposures in any unit of time that the rate shares.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc, gammaln

from lianzhi.stats.intervals import clopper_pearson

#: Outcomes as likely as the one seen, up to rounding, count as "as extreme" (R's `poisson.test`).
_TIE = 1 + 1e-7
#: Tails below this are approximated by their first term.
_SMALL = 1e-280


def upper_tail(count: int, mean: float) -> float:
    """P(N >= count) for N ~ Poisson(mean): the one-sided p-value of seeing so many."""
    if mean < 0:
        raise ValueError(f"mean is {mean}; give 0 or more")
    return float(gammainc(count, mean)) if count > 0 else 1.0


def log_upper_tail(count: NDArray[Any], mean: NDArray[Any]) -> NDArray[np.float64]:
    """Natural logarithm of P(N >= count), far beyond what a float could hold without it.

    Where the tail itself is too small, its first term stands for it: less than a factor of
    1 / (1 - mean / (count + 1)) below.
    """
    count, mean = np.asarray(count, np.float64), np.asarray(mean, np.float64)
    if (mean < 0).any():
        raise ValueError(f"mean is {mean.min()}; give 0 or more")
    tail = np.where(count > 0, gammainc(np.maximum(count, 1), mean), 1.0)
    with np.errstate(divide="ignore"):
        first = count * np.log(mean) - mean - gammaln(count + 1)
        out: NDArray[np.float64] = np.where(tail > _SMALL, np.log(tail), first)
    return np.where(count > 0, out, 0.0)


def rate_test(count: int, exposure: float, rate: float) -> float:
    """Exact one-sided p-value that `count` events over `exposure` come at a rate above `rate`."""
    return upper_tail(count, exposure * rate)


def predictive_tail(count: int, shape: float, prior_exposure: float, exposure: float) -> float:
    """P(N >= count) over `exposure` when the rate is itself uncertain.

    The rate has a Gamma(shape, prior_exposure) distribution: as if `shape` events had been seen
    over `prior_exposure`. N is then negative binomial, so an uncertain or bursty baseline asks
    for more evidence than a Poisson of the same mean. Greenwood and Yule (1920), J. R. Stat. Soc.
    83, 255-279.
    """
    if shape <= 0 or prior_exposure <= 0:
        raise ValueError(
            f"prior is ({shape}, {prior_exposure}); give a positive shape and exposure"
        )
    if exposure < 0:
        raise ValueError(f"exposure is {exposure}; give 0 or more")
    return (
        float(betainc(count, shape, exposure / (prior_exposure + exposure))) if count > 0 else 1.0
    )


class RateRatio(NamedTuple):
    """Rate of the second sample over that of the first, with exact limits."""

    ratio: float
    lo: float
    hi: float
    p: float
    """Two-sided: outcomes no more likely than the one seen."""
    p_greater: float
    """One-sided: the second rate is higher."""


def rate_ratio(
    count0: int, exposure0: float, count1: int, exposure1: float, level: float = 0.95
) -> RateRatio:
    """Compare two Poisson rates, given the total count.

    Conditional exact test: Przyborowski and Wilenski (1940), Biometrika 31, 313-323; limits by
    Clopper-Pearson. With no events at all nothing is known: ratio nan, limits (0, inf), p = 1.
    """
    if min(count0, count1) < 0:
        raise ValueError(f"counts are {count0} and {count1}; give 0 or more")
    if min(exposure0, exposure1) <= 0:
        raise ValueError(f"exposures are {exposure0} and {exposure1}; give positive ones")
    total = count0 + count1
    if total == 0:
        return RateRatio(float("nan"), 0.0, float("inf"), 1.0, 1.0)
    scale = exposure0 / exposure1
    limits = clopper_pearson(count1, total, level)
    share = exposure1 / (exposure0 + exposure1)
    return RateRatio(
        ratio=_odds(count1 / total) * scale,
        lo=_odds(limits.lo) * scale,
        hi=_odds(limits.hi) * scale,
        p=_binomial_two_sided(count1, total, share),
        p_greater=float(betainc(count1, count0 + 1, share)) if count1 else 1.0,
    )


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else float("inf")


def _binomial_two_sided(successes: int, trials: int, share: float) -> float:
    k = np.arange(trials + 1)
    log_pmf = (
        gammaln(trials + 1)
        - gammaln(k + 1)
        - gammaln(trials - k + 1)
        + k * np.log(share)
        + (trials - k) * np.log1p(-share)
    )
    return min(1.0, float(np.exp(log_pmf[log_pmf <= log_pmf[successes] + np.log(_TIE)]).sum()))
