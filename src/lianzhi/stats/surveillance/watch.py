"""What a method says of each time of a series."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]


class Watch(NamedTuple):
    """Results for the times that a method was asked of, in one dimension each."""

    times: NDArray[np.int64]
    """Positions in the series, from 0."""
    expected: NDArray[np.float64]
    """Mean that the baseline lets expect; NaN where there is none."""
    upperbound: NDArray[np.float64]
    """Most that is no alarm; NaN where a time can't be judged."""
    alarm: NDArray[np.bool_]


def counts_of(observed: object) -> Counts:
    """Counts as an array. Raises ValueError for what is no count."""
    counts = np.asarray(observed, np.float64)
    if counts.ndim != 1:
        raise ValueError(f"the counts have {counts.ndim} dimensions; give one series")
    if wrong := [value for value in counts if not value >= 0 or value != int(value)]:
        raise ValueError(f"a count is {wrong[0]:g}; give whole numbers from 0 on")
    return counts


def times_of(
    times: tuple[int, int] | None, first: int, counts: Counts, enough: str
) -> NDArray[np.int64]:
    """The times from `times[0]` to `times[1]`, by default all that can be judged.

    `first`: the first time that has its baseline. Raises ValueError naming what lacks.
    """
    start, end = times or (first, len(counts) - 1)
    if start < first or end >= len(counts) or end < start:
        raise ValueError(
            f"times {start + 1} to {end + 1} can't be judged in a series of {len(counts)}: "
            f"{enough}, so give times from {first + 1} to {len(counts)}"
        )
    return np.arange(start, end + 1)
