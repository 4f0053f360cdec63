"""Poisson and gamma-Poisson tails.

Counts are integers, exposures in any unit of time that the rate shares.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc, gammaln

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
