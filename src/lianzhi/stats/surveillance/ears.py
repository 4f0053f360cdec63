"""EARS C1, C2 and C3, of the Early Aberration Reporting System, for series without a long history.

Hutwagner, Thompson, Seeman and Treadwell (2003), J. Urban Health 80 (Suppl. 1), i89-i96; the bounds
as in Salmon, Schumacher and Höhle (2016), J. Stat. Softw. 70(10).
"""

from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import ndtri

from lianzhi.stats.surveillance.watch import Counts, Watch, times_of

Method = Literal["c1", "c2", "c3"]
#: Times between the baseline and the time that is judged.
_LAG = {"c1": 0, "c2": 2, "c3": 2}
#: Times before it whose excess C3 adds.
_SUMMED = 2


def ears(
    counts: Counts,
    method: Method = "c1",
    *,
    baseline: int = 7,
    min_sigma: float = 0.0,
    alpha: float | None = None,
    times: tuple[int, int] | None = None,
) -> Watch:
    """Judge counts by mean and standard deviation of the `baseline` counts before.

    `alpha`: chance of a false alarm for a normal count, by default 0.001, for C3 0.025.
    `min_sigma`: least standard deviation. Where it is 0 and the baseline does not vary, the bound
    is its mean, and C3 can't judge. C3 adds the excess of the two times before, so that it tells a
    time later of a single peak. Raises ValueError.
    """
    if baseline < 3:
        raise ValueError(f"baseline is {baseline}; give 3 or more")
    lag, summed = _LAG[method], _SUMMED if method == "c3" else 0
    first = baseline + lag + summed
    judged = times_of(times, first, counts, f"{first} times before it are needed")
    z = -float(ndtri((0.025 if method == "c3" else 0.001) if alpha is None else alpha))
    means, sigmas = (np.full(len(counts), np.nan) for _ in range(2))
    windows = sliding_window_view(counts, baseline)[: len(counts) - baseline - lag]
    means[baseline + lag :] = windows.mean(axis=1)
    sigmas[baseline + lag :] = np.maximum(min_sigma, windows.std(axis=1, ddof=1))
    if method == "c3":
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = np.maximum(0.0, (counts - means) / sigmas - 1)
            bounds = np.maximum(
                0.0, counts + sigmas * (z - np.roll(excess, 1) - np.roll(excess, 2))
            )
    else:
        bounds = means + z * sigmas
    bounds = bounds[judged]
    return Watch(judged, means[judged], bounds, counts[judged] > bounds)
