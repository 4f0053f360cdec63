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


class Rate(NamedTuple):
    """A count of events over an exposure above 0."""

    events: int
    exposure: float = 1.0


def ratio_of_rate_ratios(
    after: Rate, before: Rate, control_after: Rate, control_before: Rate, level: float = 0.95
) -> RateRatio:
    """How a rate changed, divided by how it changed in a control group; 1 is no difference.

    Given the totals of both groups and both periods, the first count has Fisher's noncentral
    hypergeometric distribution, whatever the rates of the groups and their common trend are: the
    exact conditional interval of an odds ratio gives the limits, twice the smaller tail the
    p-value. Exact to conservative for independent Poisson counts, too narrow for events that come
    in batches; nothing is known, (0, inf), where a total is 0. Cornfield (1956), Proc. 3rd Berkeley
    Symp. 4, 135-148; Lehmann and Romano (2005), Testing Statistical Hypotheses, section 4.5. Raises
    ValueError as `rate_ratio` does.
    """
    from scipy.stats import nchypergeom_fisher  # noqa: PLC0415 - takes 1 s to load
    from scipy.stats.contingency import odds_ratio  # noqa: PLC0415

    table = [[after.events, before.events], [control_after.events, control_before.events]]
    changes = (
        rate_ratio(now.events, base.events, now.exposure, base.exposure).value
        for now, base in ((after, before), (control_after, control_before))
    )
    value = _quotient(*changes)
    if not all(map(sum, (*table, *zip(*table, strict=True)))):
        return RateRatio(value, 0.0, inf, 1.0)
    no_change = (after.exposure * control_before.exposure) / (
        before.exposure * control_after.exposure
    )
    limits = odds_ratio(table, kind="conditional").confidence_interval(level)
    group, period = sum(table[0]), after.events + control_after.events
    spread = nchypergeom_fisher(group + sum(table[1]), group, period, no_change)
    tails = spread.cdf(after.events), spread.sf(after.events - 1)
    return RateRatio(
        value,
        float(limits.low) / no_change,
        float(limits.high) / no_change,
        min(1.0, 2 * float(min(tails))),
    )


def _quotient(change: float, control: float) -> float:
    """NaN where either says nothing, or both are 0 or without end."""
    if control == 0:
        return inf if change > 0 else nan
    return nan if control == inf == change else change / control
