"""The table of ratings, sorted by item and time, and its levels."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: Most levels of a rating scale; a finer scale is cut at quantiles.
LEVELS = 10


class Ratings(NamedTuple):
    """Ratings by item and time, one of an account for an item; `of` makes it."""

    account: Ints
    """Numbered from 0 on, as items are."""
    item: Ints
    rating: Floats
    time: Ints
    """Unix milliseconds."""
    bounds: Ints
    """The ratings of item n are rows `bounds[n]` to `bounds[n + 1]`."""
    level: Ints
    """Level of each rating, from 0."""
    levels: Floats
    """Lowest rating of each level."""

    @classmethod
    def of(cls, account: Ints, item: Ints, rating: Floats, time: Ints) -> tuple[Self, int]:
        """The sorted table, and the number of ratings replaced by a later one of the same
        account.
        """
        order = np.lexsort((rating, time, account, item))
        accounts, items = account[order], item[order]
        last = np.append((accounts[1:] != accounts[:-1]) | (items[1:] != items[:-1]), True)[
            : accounts.size
        ]
        kept = order[last]
        kept = kept[np.lexsort((account[kept], time[kept], item[kept]))]
        values = rating[kept]
        levels = np.unique(values)
        if levels.size > LEVELS:
            levels = np.unique(np.quantile(values, np.arange(LEVELS) / LEVELS, method="lower"))
        level = np.searchsorted(levels, values, "right") - 1
        count = int(item.max(initial=-1)) + 1
        bounds = np.searchsorted(item[kept], np.arange(count + 1))
        table = cls(account[kept], item[kept], values, time[kept], bounds, level, levels)
        return table, int(rating.size - kept.size)

    @property
    def history(self) -> Ints:
        """Number of other items that the account of each row has rated."""
        counted: Ints = np.bincount(self.account)[self.account] - 1
        return counted

    @property
    def size(self) -> Ints:
        """Number of ratings of each item."""
        return np.diff(self.bounds)
