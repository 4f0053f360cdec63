"""Traffic of coordinated accounts before and after an adjustment."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from lianzhi.stats.clustered_ratio import Ratio, ratio_of_sums
from lianzhi.stats.intervals import Interval


class TrafficShares(NamedTuple):
    """Share of all actions that are of coordinated accounts; accounts are the units of chance."""

    before: Ratio
    after: Ratio
    change: float
    """After less before."""
    limits: Interval


def traffic_shares(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    coordinated: NDArray[np.bool_],
    level: float = 0.95,
) -> TrafficShares | None:
    """Shares from the actions of each account before and after; None: one side has none.

    The interval of the change is by linearisation over accounts, which act before and after: n / (n
    - 1) sum (d - mean d)^2 with d the difference of (a - R b) / sum b of both sides. Cochran
    (1977), Sampling Techniques, 3rd ed., section 6.4.
    """
    sides = [ratio_of_sums(side * coordinated, side, level) for side in (before, after)]
    if not all(ratio.people > 1 for ratio in sides):
        return None
    parts = [
        side * (coordinated - ratio.value) / side.sum()
        for side, ratio in zip((before, after), sides, strict=True)
    ]
    gaps = parts[1] - parts[0]
    n = int(((before > 0) | (after > 0)).sum())
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * float((gaps**2).sum() * n / (n - 1)) ** 0.5
    change = sides[1].value - sides[0].value
    return TrafficShares(sides[0], sides[1], change, Interval(change - half, change + half))
