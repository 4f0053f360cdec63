"""Methods for short histories: a Bayesian prediction, and the rule of the Robert Koch Institute.

Höhle (2007), Comput. Stat. 22, 571-582; Riebler (2004) for the Bayesian one.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

from lianzhi.stats.surveillance.watch import Counts, Watch, times_of

#: Upper limits at 95 % of a Poisson mean when so many were counted: Crow and Gardner (1959),
#: Biometrika 46, 441-453.
_CROW_GARDNER = np.array(
    [
        *(3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633),
        *(19.05, 20.335, 21.364, 22.945, 23.762, 25.4, 26.306, 27.735, 28.966, 30.017),
    ]
)


def bayes(
    counts: Counts,
    *,
    b: int = 0,
    w: int = 6,
    this_year: bool = True,
    alpha: float = 0.05,
    freq: int = 52,
    times: tuple[int, int] | None = None,
) -> Watch:
    """Judge counts by the predictive distribution of a Poisson count with Jeffreys' prior.

    The baseline are the `w` counts before, if `this_year`, and in each of `b` earlier years of
    `freq` counts the `w` on either side. An alarm is a count above the 1 - `alpha` quantile of a
    negative binomial. Raises ValueError.
    """
    judged, windows = _windows(counts, b, w, this_year, freq, times)
    size = windows.shape[1]
    shape = windows.sum(axis=1) + 0.5
    bounds = nbinom.ppf(1 - alpha, shape, size / (size + 1.0))
    return Watch(judged, shape / size, bounds, counts[judged] > bounds)


def rki(
    counts: Counts,
    *,
    b: int = 2,
    w: int = 4,
    this_year: bool = False,
    freq: int = 52,
    times: tuple[int, int] | None = None,
) -> Watch:
    """Judge counts by the mean of the same weeks of earlier years, as the institute did.

    Baseline as in `bayes`. Above a mean of 20 the bound lies two standard deviations above it, up
    to 20 it is the upper limit of a Poisson mean at 95 %. Raises ValueError.
    """
    judged, windows = _windows(counts, b, w, this_year, freq, times)
    means = windows.mean(axis=1)
    limits = _CROW_GARDNER[np.minimum(means, 20).astype(int)]
    sigmas = windows.std(axis=1, ddof=1) if windows.shape[1] > 1 else np.zeros(len(means))
    bounds = np.where(means > 20, means + 2 * sigmas, limits)
    return Watch(judged, means, bounds, counts[judged] > bounds)


def _windows(
    counts: Counts, b: int, w: int, this_year: bool, freq: int, times: tuple[int, int] | None
) -> tuple[NDArray[np.int64], Counts]:
    """The times to judge, and the baseline of each: a row a time."""
    if b < 0 or w < 0 or not (b or (this_year and w)):
        raise ValueError(f"b is {b} and w is {w}: there is no baseline; give a year or this year")
    if b and freq <= w:
        raise ValueError(f"freq is {freq}, w is {w}; give fewer weeks than a year has")
    first = max(b * freq + w if b else 0, w if this_year else 0)
    judged = times_of(times, first, counts, f"{first} times before it are needed")
    offsets = [*range(-w, 0)] if this_year else []
    offsets += [shift - year * freq for year in range(1, b + 1) for shift in range(-w, w + 1)]
    return judged, counts[judged[:, None] + np.array(offsets)]
