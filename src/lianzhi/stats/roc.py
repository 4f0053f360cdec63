"""Area under the ROC curve with DeLong's interval, of one score and of two on the same rows."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value with its interval (95 %)."""

    value: float
    lo: float
    hi: float


def areas(
    first: Floats, second: Floats, outcomes: NDArray[np.bool_]
) -> tuple[Estimate, Estimate, Estimate]:
    """Areas of two scores and the second less the first, with normal intervals; ties count half.

    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837-845. Raises ValueError for fewer
    than two rows of either outcome.
    """
    if min(outcomes.sum(), (~outcomes).sum()) < 2:
        raise ValueError("give at least two rows of each outcome")
    (area, above, below), (other, other_above, other_below) = (
        _placements(score, outcomes) for score in (first, second)
    )
    return (
        _estimate(area, above, below, 0.0),
        _estimate(other, other_above, other_below, 0.0),
        _estimate(other - area, other_above - above, other_below - below, -1.0),
    )


def _placements(score: Floats, outcomes: NDArray[np.bool_]) -> tuple[float, Floats, Floats]:
    """The area, and the share of the other outcome that each positive and each negative beats."""
    positive, negative = score[outcomes], score[~outcomes]
    above, below = np.sort(negative), np.sort(positive)
    beats = (above.searchsorted(positive, "left") + above.searchsorted(positive, "right")) / 2
    beaten = (below.searchsorted(negative, "left") + below.searchsorted(negative, "right")) / 2
    return (
        float(beats.mean() / len(negative)),
        beats / len(negative),
        1 - beaten / len(positive),
    )


def _estimate(value: float, positives: Floats, negatives: Floats, least: float) -> Estimate:
    variance = positives.var(ddof=1) / len(positives) + negatives.var(ddof=1) / len(negatives)
    half = 1.959964 * float(np.sqrt(variance))
    return Estimate(value, max(value - half, least), min(value + half, 1.0))
