"""Beta-binomial model of counts that vary more than binomial ones, by maximum likelihood.

The share of each group, such as the infested share of a lot, follows a beta distribution with mean
m and correlation r = 1 / (a + b + 1) of two units of one group; r = 0 is the binomial model.
Skellam (1948), J. R. Stat. Soc. B 10, 257-261; Williams (1975), Biometrics 31, 949-952.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, chdtrc, chdtri, expit, logit, xlog1py, xlogy

from lianzhi.stats.intervals import Interval, clopper_pearson

#: Bounds of the correlation in the fit, and of the mean.
_LEAST, _MOST = 1e-7, 1 - 1e-6


class BetaBinomial(NamedTuple):
    """A fitted model. Intervals are those of the profile likelihood."""

    mean: float
    mean_limits: Interval
    correlation: float
    """Of two units of one group, 0 to 1; 0: no more variation than binomial."""
    correlation_limits: Interval
    p: float
    """p-value that the correlation is 0: likelihood ratio, half of chi-squared (the boundary)."""
    binomial_limits: Interval
    """Clopper-Pearson limits of the mean as if all units were independent."""


def fit_beta_binomial(
    successes: Sequence[int], trials: Sequence[int], level: float = 0.95
) -> BetaBinomial:
    """Fit the model to groups with `successes` of `trials` each.

    Where no group has a success, or all have nothing else, the correlation is unknown: it is 0 with
    limits 0 and 1, and the mean has the limits of groups that count as one trial each. Raises
    ValueError for unequal lengths, fewer than two groups with trials, and successes that are no
    part of the trials.
    """
    k, n = np.asarray(successes, np.float64), np.asarray(trials, np.float64)
    if k.shape != n.shape or k.ndim != 1:
        raise ValueError(f"there are {k.size} successes and {n.size} trials; give one each")
    if ((k < 0) | (k > n)).any():
        raise ValueError("successes must be 0 to trials in each group")
    k, n = k[n > 0], n[n > 0]
    if k.size < 2:
        raise ValueError(f"there are {k.size} groups with trials; give two or more")
    total, units = int(k.sum()), int(n.sum())
    binomial = clopper_pearson(total, units, level)
    if total in (0, units):
        by_group = clopper_pearson(k.size if total else 0, k.size, level)
        return BetaBinomial(total / units, by_group, 0.0, Interval(0.0, 1.0), 1.0, binomial)
    at = _likelihood(k, n)
    mean, correlation = _maximum(at, total / units)
    best = max(at(mean, correlation), at(total / units, 0.0))
    least = best - float(chdtri(1, 1 - level)) / 2

    def of_mean(m: float) -> float:
        return max(at(m, 0.0), _greatest(lambda r: at(m, r), _LEAST, _MOST)) - least

    def of_correlation(r: float) -> float:
        return _greatest(lambda m: at(m, r), _LEAST, _MOST) - least

    independent = at(total / units, 0.0)
    p = float(chdtrc(1, max(0.0, 2 * (best - independent)))) / 2
    if independent >= best - 1e-9:
        mean, correlation, p = total / units, 0.0, 1.0
    lowest = 0.0 if independent >= least else _root(of_correlation, _LEAST, correlation)
    highest = (
        1.0 if of_correlation(_MOST) > 0 else _root(of_correlation, max(correlation, _LEAST), _MOST)
    )
    return BetaBinomial(
        mean,
        Interval(_root(of_mean, _LEAST / 100, mean), _root(of_mean, mean, _MOST)),
        correlation,
        Interval(lowest, highest),
        p,
        binomial,
    )


Likelihood = Callable[[float, float], float]


def _likelihood(k: NDArray[np.float64], n: NDArray[np.float64]) -> Likelihood:
    """Log likelihood by mean and correlation, without the binomial coefficients."""
    pairs, weights = np.unique(np.stack([k, n]), axis=1, return_counts=True)
    hits, misses = pairs[0], pairs[1] - pairs[0]

    def at(mean: float, correlation: float) -> float:
        if correlation <= _LEAST:
            each = xlogy(hits, mean) + xlog1py(misses, -mean)
        else:
            size = 1 / correlation - 1
            a, b = mean * size, (1 - mean) * size
            each = betaln(a + hits, b + misses) - betaln(a, b)
        return float((weights * each).sum())

    return at


def _maximum(at: Likelihood, share: float) -> tuple[float, float]:
    """Mean and correlation of the greatest likelihood."""
    from scipy.optimize import minimize  # noqa: PLC0415 - takes .2 s to load

    def loss(x: NDArray[Any]) -> float:
        # Far out the exponential function would round to 0 or 1, where the likelihood has no value.
        mean, correlation = expit(np.clip(x, -25, 25))
        return -at(float(mean), min(float(correlation), _MOST))

    start = float(logit(share))
    fits = [
        minimize(loss, [start, rho], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
        for rho in (-4.0, 0.0)
    ]
    mean, correlation = expit(np.clip(min(fits, key=lambda fit: fit.fun).x, -25, 25))
    return float(mean), float(min(max(correlation, _LEAST), _MOST))


def _greatest(of: Callable[[float], float], lo: float, hi: float) -> float:
    """The greatest value of a function of one number from 0 to 1, searched on a logit scale."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - takes .2 s to load

    ends = logit([lo, hi])
    fit = minimize_scalar(
        lambda x: -of(float(expit(x))), bounds=ends, method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    return -float(fit.fun)


def _root(of: Callable[[float], float], lo: float, hi: float) -> float:
    """Where a function crosses 0 between `lo` and `hi`; an end where it does not."""
    from scipy.optimize import brentq  # noqa: PLC0415 - takes .2 s to load

    at_lo, at_hi = of(lo), of(hi)
    if at_lo * at_hi > 0:
        return lo if abs(at_lo) < abs(at_hi) else hi
    return float(brentq(of, lo, hi, xtol=1e-12, rtol=1e-10))
