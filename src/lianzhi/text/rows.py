"""Rows of different lengths in flat arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.settling import settled

Index = NDArray[np.int64]


class Rows:
    """Rows one after the other: row n is `[starts[n], starts[n + 1])` of each column."""

    def __init__(self, row: Index, *columns: NDArray[Any], count: int) -> None:
        order = np.argsort(row, kind="stable")
        ends = np.cumsum(np.bincount(row, minlength=count))
        self.starts = settled(np.concatenate((np.zeros(1, np.int64), ends)))
        self.columns = tuple(settled(column[order]) for column in columns)

    def of(self, rows: Index) -> tuple[Index, Index]:
        """The entries of some rows: by which of `rows` each is asked, and its place."""
        return spread(self.starts[rows], self.starts[rows + 1])


def spread(first: Index, last: Index) -> tuple[Index, Index]:
    """The places of stretches [first, last): by which stretch, and which place."""
    size = last - first
    asked = np.repeat(np.arange(size.size), size)
    return asked, (first - np.cumsum(size) + size)[asked] + np.arange(asked.size)
