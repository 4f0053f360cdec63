"""Ragged tables: rows of different lengths in flat arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.memory import in_large_pages

Index = NDArray[np.int64]


class Ragged:
    """A ragged table; row n is `[starts[n], starts[n + 1])` of each column."""

    def __init__(self, row: Index, *columns: NDArray[Any], count: int) -> None:
        """Sort entries by their `row`, 0 to `count` - 1, and keep their order within it."""
        order = np.argsort(row, kind="stable")
        ends = np.cumsum(np.bincount(row, minlength=count))
        self.starts = in_large_pages(np.concatenate((np.zeros(1, np.int64), ends)))
        self.columns = tuple(in_large_pages(column[order]) for column in columns)

    def of(self, rows: Index) -> tuple[Index, Index]:
        """Return the entries of some rows: the position in `rows`, and the place in the columns."""
        return ranges(self.starts[rows], self.starts[rows + 1])


def ranges(first: Index, last: Index) -> tuple[Index, Index]:
    """Return all places of the ranges [first, last): the number of the range, and the place."""
    size = last - first
    number = np.repeat(np.arange(size.size), size)
    return number, (first - np.cumsum(size) + size)[number] + np.arange(number.size)
