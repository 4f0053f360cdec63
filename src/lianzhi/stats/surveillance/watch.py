"""What a method says of each time of a series."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]


class TimesError(ValueError):
    """Times that can't be judged."""

    def __init__(self, times: tuple[int, int], known: tuple[int, int], enough: str) -> None:
        """`times` are those asked for, `known` the first and last that there are, from 0."""
        self.times, self.known, self.enough = times, known, enough
        super().__init__(self.text(1))

    def text(self, first: int) -> str:
        """What is wrong and the mend, where the first time of the series is called `first`."""
        (start, end), (least, last) = self.times, self.known
        return (
            f"times {start + first} to {end + first} can't be judged: {self.enough}; give times "
            f"from {least + first} to {last + first}"
        )


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

    `first`: the first time that has its baseline. Raises TimesError.
    """
    start, end = times or (first, len(counts) - 1)
    if start < first or end >= len(counts) or end < start:
        raise TimesError((start, end), (first, len(counts) - 1), enough)
    return np.arange(start, end + 1)
