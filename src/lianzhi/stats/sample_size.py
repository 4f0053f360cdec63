"""How many units to inspect, to find at least one infested with a given confidence.

`share` is the infested share that is to be found, `sensitivity` the chance to see an infested unit
that is inspected, both above 0 and up to 1; `confidence` lies between 0 and 1. International
Standard for Phytosanitary Measures 31 (2008) has tables of these sizes.
"""

from math import ceil, floor, log, log1p

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln, xlog1py, xlogy


def binomial_size(share: float, confidence: float = 0.95, sensitivity: float = 1.0) -> int:
    """Units of a lot that is large beside the sample, so that they are independent.

    The least n with (1 - share * sensitivity)^n <= 1 - confidence.

    Raises ValueError.
    """
    _check(share, confidence, sensitivity)
    seen = share * sensitivity
    return 1 if seen == 1 else _least(log(1 - confidence) / log1p(-seen))


def hypergeometric_size(
    lot: int, share: float, confidence: float = 0.95, sensitivity: float = 1.0
) -> int | None:
    """Units of a lot of `lot` units, of which the share, rounded down, is infested, 1 at least.

    With a sensitivity below 1 each infested unit is visible with that chance. None where the whole
    lot is not enough. Raises ValueError.
    """
    _check(share, confidence, sensitivity)
    if lot < 1:
        raise ValueError(f"lot is {lot}; give 1 or more")
    infested = max(1, floor(round(lot * share, 9)))
    if 1 - (1 - sensitivity) ** infested < confidence and sensitivity < 1:
        return None
    low, high = 1, lot
    while low < high:
        middle = (low + high) // 2
        if missed_in_lot(middle, lot, infested, sensitivity) <= 1 - confidence + 1e-12:
            high = middle
        else:
            low = middle + 1
    return low


def missed_in_lot(sample: int, lot: int, infested: int, sensitivity: float = 1.0) -> float:
    """Chance that a random sample of a lot shows none of its infested units."""
    visible = np.arange(infested + 1)
    chance = np.exp(
        _log_choose(infested, visible)
        + xlogy(visible, sensitivity)
        + xlog1py(infested - visible, -sensitivity)
    )
    room = sample <= lot - visible
    # C(lot - visible, sample) / C(lot, sample): the share of samples without a visible unit.
    missed = np.exp(_log_choose((lot - visible)[room], sample) - _log_choose(lot, sample))
    return float((chance[room] * missed).sum())


def cluster_size(
    per_box: int,
    share: float,
    correlation: float,
    confidence: float = 0.95,
    sensitivity: float = 1.0,
) -> int:
    """Boxes to inspect, `per_box` units of each, where infested units come in clusters.

    The infested share of a box is beta distributed with mean `share`; two units of a box are
    infested together with `correlation` (see `beta_binomial`), 0 to less than 1. Of a large lot.
    Sensitivity thins the mean; the correlation of what is seen stays the same in good approximation
    for small shares. Raises ValueError. Madden and Hughes (1999), Phytopathology 89, 1088-1099.
    """
    _check(share, confidence, sensitivity)
    if per_box < 1 or not 0 <= correlation < 1:
        raise ValueError(
            f"per_box is {per_box}, correlation {correlation}; give 1 or more, and 0 to below 1"
        )
    seen = share * sensitivity
    if seen == 1:
        return 1
    return _least(log(1 - confidence) / _log_clean(per_box, seen, correlation))


def _log_clean(per_box: int, share: float, correlation: float) -> float:
    """Logarithm of the chance that none of the units of a box is infested."""
    if correlation < 1e-9:
        return per_box * log1p(-share)
    size = 1 / correlation - 1
    a, b = share * size, (1 - share) * size
    return float(betaln(a, b + per_box) - betaln(a, b))


def _log_choose(n: ArrayLike, k: ArrayLike) -> NDArray[np.float64]:
    """Logarithm of the binomial coefficient."""
    n, k = np.asarray(n, np.float64), np.asarray(k, np.float64)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _least(value: float) -> int:
    """The least whole number that is not below, up to rounding."""
    return max(1, ceil(value - 1e-9))


def _check(share: float, confidence: float, sensitivity: float) -> None:
    if not (0 < share <= 1 and 0 < sensitivity <= 1):
        raise ValueError(
            f"share is {share}, sensitivity {sensitivity}; give above 0, and 1 at most"
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; give 0 to 1, such as 0.95")
