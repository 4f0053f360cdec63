"""How much a campaign changed a rate, and how small a change would have been found."""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from lianzhi.stats.campaign.layout import Layout
from lianzhi.stats.campaign.mixture import TMixture
from lianzhi.stats.campaign.noise import Posterior, fit, grid
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.weekly import Floats


class Change(NamedTuple):
    """A rate under the campaign as a multiple of what it would have been; 1 is no change."""

    value: float
    lo: float
    hi: float
    p: float
    """Two-sided p-value that there was no change."""
    p_rise: float
    """One-sided p-value against a rise."""
    detectable_fall: float
    """Least fall, as a share, that is found with a chance of 80 %."""
    step: TMixture
    """The change on the log scale."""


def estimate(layout: Layout, policy: JudgingPolicy, counts: Floats | None = None) -> Change:
    """The campaign's change of the outcome, or of a neighbour's `counts` of the same blocks."""
    step = posterior(layout, policy, counts).contrast(layout.unit())
    lo, hi = step.interval(policy.level)
    below = step.cdf(0.0)
    return Change(
        value=float(np.exp(step.mean)),
        lo=float(np.exp(lo)),
        hi=float(np.exp(hi)),
        p=min(1.0, 2 * min(below, 1 - below)),
        p_rise=below,
        detectable_fall=detectable_fall(step, policy.level),
        step=step,
    )


def posterior(layout: Layout, policy: JudgingPolicy, counts: Floats | None = None) -> Posterior:
    """Posterior of the coefficients of `layout.design()`."""
    noise = grid(layout.times, policy.noise)
    return fit(noise, layout.design(), layout.series.log_ratio(counts), layout.penalty)


def detectable_fall(step: TMixture, level: float, power: float = 0.8) -> float:
    """Least fall, as a share of the rate, found with chance `power` by an interval of `level`.

    (t(1 - a/2) + t(power)) standard errors on the log scale: Bloom (1995), Eval. Rev. 19, 547-556.
    """
    standard = float(stdtrit(step.df, (1 + level) / 2) + stdtrit(step.df, power))
    return float(-np.expm1(-standard * step.scale))
