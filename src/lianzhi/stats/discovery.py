"""Many things are tried at once: which to tell, so that few of those told are there by chance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def false_discovery_rates(chances: ArrayLike) -> NDArray[np.float64]:
    """Of each test the false discovery rate at which it would be told, in the order given.

    `chances` are p-values in one dimension, none or more. Telling all tests whose rate is at most
    q keeps the expected share of false ones among them at most q, where the tests are independent
    or depend positively. Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; as rates
    of single tests (adjusted p-values) Yekutieli and Benjamini (1999), J. Stat. Plan. Inference
    82, 171-196. Raises ValueError for a value that is no chance, NaN included.
    """
    p = np.asarray(chances, np.float64)
    odd = ~((p >= 0) & (p <= 1))
    if odd.any():
        raise ValueError(f"a chance is {p[odd][0]}; give 0 to 1")
    order = np.argsort(p)
    rates = p[order] * (p.size / np.arange(1, p.size + 1))
    # A test is told wherever one that is less likely true is told.
    rates = np.minimum.accumulate(rates[::-1])[::-1]
    out = np.empty_like(p)
    out[order] = rates
    return out
