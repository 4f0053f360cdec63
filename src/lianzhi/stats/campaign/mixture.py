"""Mixtures of t distributions that share their degrees of freedom."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from lianzhi.stats.campaign.weekly import Floats
from lianzhi.stats.intervals import Interval


class TMixture(NamedTuple):
    """Parts with their weights, which add up to 1."""

    weights: Floats
    centres: Floats
    scales: Floats
    df: float

    @property
    def mean(self) -> float:
        """Weighted mean of the centres."""
        return float(self.weights @ self.centres)

    @property
    def scale(self) -> float:
        """Root of the variance between and within parts, each part's scale taken for its spread."""
        return float(np.sqrt(self.weights @ (self.scales**2 + (self.centres - self.mean) ** 2)))

    def cdf(self, x: float) -> float:
        """Probability of at most `x`."""
        return float(self.weights @ stdtr(self.df, (x - self.centres) / self.scales))

    def quantile(self, p: float) -> float:
        """The value that lies above `p` of the probability, 0 < p < 1."""
        ends = self.centres + self.scales * stdtrit(self.df, p)
        if (lo := float(ends.min())) == (hi := float(ends.max())):
            return lo
        margin = 1e-9 + 1e-6 * (hi - lo)
        return float(brentq(lambda x: self.cdf(x) - p, lo - margin, hi + margin, xtol=1e-8))

    def interval(self, level: float) -> Interval:
        """Central interval that holds `level` of the probability."""
        return Interval(self.quantile((1 - level) / 2), self.quantile((1 + level) / 2))
