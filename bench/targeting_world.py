"""An invented port for `bench.targeting`: channels whose hit rates drift, and now and then jump.

It shares no code and no constants with the function that it tries.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class World(NamedTuple):
    """What comes in: arrays of weeks by channels."""

    volumes: NDArray[np.int64]
    """Consignments."""
    rates: Floats
    """Chance that an inspected consignment has a pest."""


def port(kind: str, weeks: int, seed: int) -> World:
    """`changing`: rates differ, drift, and a channel's risk jumps about twice a year; `steady`:
    rates differ and stay; `alike`: all channels have the same rate, so that nothing can be gained.
    """
    dice = np.random.default_rng((20261203, seed))
    channels = 9
    size = np.exp(dice.normal(5.2, 0.8, channels))
    volumes = dice.poisson(size, (weeks, channels)) + 1
    logit = np.full((weeks, channels), -3.4)
    if kind != "alike":
        logit += dice.normal(0, 1.1, channels)
    if kind == "changing":
        logit += np.cumsum(dice.normal(0, 0.08, (weeks, channels)), axis=0)
        year = 2 * np.pi * np.arange(weeks)[:, None] / 52
        logit += 0.4 * np.sin(year + dice.uniform(0, 2 * np.pi, channels))
        for start in np.flatnonzero(dice.random(weeks) < 1 / 26):
            logit[start : start + 16, dice.integers(channels)] += dice.uniform(1.2, 2.2)
    return World(volumes, 1 / (1 + np.exp(-logit)))
