"""p-values adjusted for the number of tests: Holm, and Benjamini and Hochberg."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-value of each test, in the order given: controls the family-wise error rate.

    Rejecting all tests with an adjusted p-value of at most a makes any false rejection at most as
    likely as a, whatever the dependence. Holm (1979), Scand. J. Stat. 6, 65-70. Raises ValueError
    for a value outside [0, 1], NaN included.
    """
    p = _checked(p_values)
    order = np.argsort(p)
    adjusted = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    out = np.empty_like(p)
    out[order] = np.minimum(1.0, adjusted)
    return out


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-value of each test, in the order given: controls the false discovery rate.

    Rejecting all tests with an adjusted p-value of at most q keeps the expected share of false
    rejections at most q, for independent or positively dependent tests. Benjamini and Hochberg
    (1995), J. R. Stat. Soc. B 57, 289-300. Raises ValueError for a value outside [0, 1], NaN
    included.
    """
    from scipy.stats import false_discovery_control  # noqa: PLC0415 - takes 1 s to load

    adjusted: NDArray[np.float64] = false_discovery_control(_checked(p_values))
    return adjusted


def _checked(p_values: ArrayLike) -> NDArray[np.float64]:
    p = np.asarray(p_values, np.float64)
    odd = ~((p >= 0) & (p <= 1))
    if odd.any():
        raise ValueError(f"a p-value is {p[odd][0]}; give 0 to 1")
    return p
