"""Ratio of two Poisson rates: exact conditional interval and test."""

from math import inf, nan
from typing import NamedTuple

from lianzhi.stats.intervals import clopper_pearson


class RateRatio(NamedTuple):
    """How many times the base rate a rate is; no unit."""

    value: float
    """inf where the base count is 0, NaN where both are."""
    lo: float
    hi: float
    p: float
    """Two-sided p-value that both rates are the same."""

    @property
    def distinct(self) -> bool:
        """Whether the interval leaves out 1: the rates differ beyond chance at its level."""
        return not self.lo <= 1 <= self.hi


def rate_ratio(
    count: int,
    base: int,
    exposure: float = 1.0,
    base_exposure: float = 1.0,
    level: float = 0.95,
) -> RateRatio:
    """Rate `count / exposure` divided by `base / base_exposure`, in the same unit of exposure.

    Given the total of both counts, one of them is binomial: its Clopper-Pearson interval gives the
    limits, its exact test the p-value, which adds up all splits at most as likely as this one
    (`poisson.test` of R). Both hold for independent events alone; those that come in clusters vary
    more. Raises ValueError for negative counts and exposures that are not above 0. Przyborowski and
    Wilenski (1940), Biometrika 31, 313-323.
    """
    from scipy.stats import binomtest  # noqa: PLC0415 - takes 1 s to load

    if count < 0 or base < 0:
        raise ValueError(f"the counts are {count} and {base}; give 0 or more")
    if not (0 < exposure < inf and 0 < base_exposure < inf):
        raise ValueError(f"the exposures are {exposure} and {base_exposure}; give more than 0")
    scale = base_exposure / exposure
    if count + base == 0:
        return RateRatio(nan, 0.0, inf, 1.0)
    lo, hi = clopper_pearson(count, count + base, level)
    p = binomtest(count, count + base, exposure / (exposure + base_exposure)).pvalue
    return RateRatio(
        count / base * scale if base else inf,
        lo / (1 - lo) * scale if lo < 1 else inf,
        hi / (1 - hi) * scale if hi < 1 else inf,
        float(p),
    )
