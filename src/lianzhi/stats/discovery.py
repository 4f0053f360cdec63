"""Benjamini-Hochberg false discovery rate."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def false_discovery_rates(chances: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-value of each test, in the order given.

    `chances` are p-values in one dimension, possibly none. Rejecting all tests with an adjusted
    p-value of at most q keeps the expected share of false rejections at most q, for independent or
    positively dependent tests. Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; as
    adjusted p-values Yekutieli and Benjamini (1999), J. Stat. Plan. Inference 82, 171-196. Raises
    ValueError for a value outside [0, 1], NaN included.
    """
    p = np.asarray(chances, np.float64)
    odd = ~((p >= 0) & (p <= 1))
    if odd.any():
        raise ValueError(f"a chance is {p[odd][0]}; give 0 to 1")
    order = np.argsort(p)
    rates = p[order] * (p.size / np.arange(1, p.size + 1))
    # A rejection of one test implies that of all with smaller p-values.
    rates = np.minimum.accumulate(rates[::-1])[::-1]
    out = np.empty_like(p)
    out[order] = rates
    return out
