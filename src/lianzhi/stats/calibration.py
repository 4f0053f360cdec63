"""Calibration: whether what was predicted came true as often as predicted."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.stats.intervals import Interval, clopper_pearson
from lianzhi.stats.roc import Estimate

Floats = NDArray[np.float64]
_NORMAL_95 = 1.959964


class Tenth(NamedTuple):
    """A tenth of the cases, by what was predicted for them."""

    cases: int
    predicted: float
    """Mean of the predicted probabilities."""
    happened: int
    interval: Interval
    """Of the share that happened, Clopper-Pearson (95 %)."""


def brier(predicted: Floats, happened: NDArray[np.bool_]) -> Estimate:
    """Mean squared error of probabilities (Brier 1950), with its normal interval (95 %)."""
    errors = (predicted - happened) ** 2
    half = _NORMAL_95 * float(errors.std(ddof=1) / np.sqrt(len(errors)))
    mean = float(errors.mean())
    return Estimate(mean, max(mean - half, 0.0), mean + half)


def tenths(predicted: Floats, happened: NDArray[np.bool_]) -> tuple[Tenth, ...]:
    """The cases in ten parts of nearly one size, the least probable first; fewer where there are
    fewer than ten cases."""
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, 10) if len(part)]
    return tuple(_tenth(predicted[part], happened[part]) for part in parts)


def _tenth(predicted: Floats, happened: NDArray[np.bool_]) -> Tenth:
    hits = int(happened.sum())
    interval = clopper_pearson(hits, len(happened))
    return Tenth(len(happened), float(predicted.mean()), hits, interval)
