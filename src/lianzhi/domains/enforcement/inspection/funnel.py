"""Funnel limits: units whose observed count deviates from the expected one beyond chance.

Units always differ a little for good reasons; with enough data each of them would differ
"significantly". So the limits widen by the ordinary spread between units, estimated robustly: the
variance of observed less expected is V + tau² n². Additive over-dispersion after Spiegelhalter
(2005), Stat. Med. 24, 1185-1202. False discovery rate after Benjamini and Hochberg (1995), J. R.
Stat. Soc. B 57, 289-300.
"""

from math import exp, pi, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtr

from lianzhi.domains.enforcement.inspection.penalised import Array
from lianzhi.stats.multiplicity import benjamini_hochberg

#: Standardised residuals are winsorised at this many standard deviations (Huber's proposal 2), so
#: that a few outlying units cannot widen the funnel much.
_FAR = 1.5
_STEPS, _ROUNDS = 60, 5


class Funnel(NamedTuple):
    """Deviation of each unit from what is expected."""

    z: Array
    """Standard deviations from the expected value; positive: more than expected."""
    q: Array
    """Lowest false discovery rate at which the unit would be flagged."""
    sd: Array
    """Standard deviation of observed less expected, ordinary spread included."""
    tau: float
    """Ordinary spread between units, in units of the excess for each unit of exposure."""


def funnel(excess: Array, variance: Array, exposure: Array, false: float) -> Funnel:
    """Funnel of units, given the excess of each over its expectation, its variance and its
    exposure.

    The ordinary spread is first that of all units, then that of those not flagged at the false
    discovery rate `false`, until the set is stable.
    """
    kept = np.ones(excess.size, bool)
    for _ in range(_ROUNDS):
        tau = _ordinary(excess[kept], variance[kept], exposure[kept])
        sd = np.sqrt(variance + (tau * exposure) ** 2)
        z = excess / sd
        # The dispersion is estimated, so the tails are those of Student's t.
        tail = stdtr(max(kept.sum() - 1, 1), -np.abs(z)) if tau else ndtr(-np.abs(z))
        q = benjamini_hochberg(2 * tail)
        if np.array_equal(kept, q > false):
            break
        kept = q > false
    return Funnel(z, q, sd, tau)


def apart(hits: Array, whole: Array) -> tuple[Array, Funnel]:
    """Expected hits and funnel for the shares of a few units, two or more.

    Each unit is compared with the share and the ordinary spread of the others alone, so that an
    outlier does not hide behind the spread that it causes. `hits` and `whole`: successes and trials
    of each.
    """
    expected, sd, p = np.zeros(hits.size), np.zeros(hits.size), np.ones(hits.size)
    taus = np.zeros(hits.size)
    for k in range(hits.size):
        others = np.arange(hits.size) != k
        rest = whole[others].sum()
        share = (hits[others].sum() + 0.5) / (rest + 1)
        variance = whole * share * (1 - share)
        taus[k] = _ordinary((hits - whole * share)[others], variance[others], whole[others])
        expected[k] = whole[k] * share
        sd[k] = np.sqrt(variance[k] * (1 + whole[k] / rest) + (taus[k] * whole[k]) ** 2)
        z = abs(hits[k] - expected[k]) / sd[k]
        p[k] = 2 * (stdtr(max(hits.size - 2, 1), -z) if taus[k] else ndtr(-z))
    q = benjamini_hochberg(p)
    return expected, Funnel((hits - expected) / sd, q, sd, float(np.median(taus)))


def _ordinary(excess: Array, variance: Array, exposure: Array) -> float:
    """The spread that brings the mean of z², winsorised, down to its expectation; 0 if none is
    needed.
    """
    density = exp(-(_FAR**2) / 2) / sqrt(2 * pi)
    usual = 2 * (ndtr(_FAR) - 0.5 - _FAR * density + _FAR**2 * ndtr(-_FAR))

    def too_wide(tau: float) -> bool:
        squares = excess**2 / (variance + (tau * exposure) ** 2)
        return bool(np.minimum(squares, _FAR**2).mean() > usual)

    if excess.size == 0 or not too_wide(0.0):
        return 0.0
    lo, hi = 0.0, 1.0
    while too_wide(hi):
        lo, hi = hi, hi * 2
    for _ in range(_STEPS):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if too_wide(middle) else (lo, middle)
    return hi
