"""Upper tails of binomial and hypergeometric counts.

A tail includes the count itself: it is the one-sided p-value of seeing as many.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc


def binomial_tail(count: ArrayLike, trials: ArrayLike, share: ArrayLike) -> NDArray[np.float64]:
    """P(N >= count) for N ~ Binomial(trials, share), element by element as numpy broadcasts.

    Whole counts; one of 0 or less has the chance 1, one above `trials` 0. By the incomplete beta
    function, so small tails are as exact as large ones. Raises ValueError for fewer than no trials
    and for a share that is none.
    """
    k, n, p = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (count, trials, share)))
    if (n < 0).any():
        raise ValueError(f"trials is {n.min()}; give 0 or more")
    odd = ~((p >= 0) & (p <= 1))
    if odd.any():
        raise ValueError(f"share is {p[odd][0]}; give 0 to 1")
    within = (k >= 1) & (k <= n)
    tail = betainc(np.where(within, k, 1), np.where(within, n - k + 1, 1), p)
    return np.where(within, tail, np.where(k < 1, 1.0, 0.0))


def hypergeometric_tail(count: int, whole: int, marked: int, drawn: int) -> float:
    """P(N >= count): of `whole` things `marked` are of a kind; N of them are among the `drawn`.

    Drawn without putting back. Fisher (1935), J. R. Stat. Soc. 98, 39-82: the exact test of a
    fourfold table. Raises ValueError where more are marked or drawn than there are, or less than 0.
    """
    if not (0 <= marked <= whole and 0 <= drawn <= whole):
        raise ValueError(f"marked is {marked}, drawn {drawn} of {whole}; give 0 to {whole}")
    least, most = max(0, marked + drawn - whole), min(marked, drawn)
    if count <= least:
        return 1.0
    if count > most:
        return 0.0
    # The ratio of successive probabilities falls: they are multiplied up from the mode, both ways,
    # and normalised by their sum, so that no large numbers are subtracted.
    n = np.arange(least, most, dtype=np.float64)
    ratio = (marked - n) * (drawn - n) / ((n + 1) * (whole - marked - drawn + n + 1))
    peak = np.count_nonzero(ratio >= 1)
    below = np.cumprod(1 / ratio[:peak][::-1])[::-1]
    chance = np.concatenate([below, [1.0], np.cumprod(ratio[peak:])])
    return min(1.0, float(chance[count - least :].sum() / chance.sum()))
