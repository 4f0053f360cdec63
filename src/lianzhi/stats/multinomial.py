"""Bootstrap of a contingency table: the cells are drawn anew, not the rows behind them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Counts in a batch of draws, to bound memory.
_AT_ONCE = 1 << 22


def resampled_tables(counts: ArrayLike, draws: int, *, seed: int) -> Iterator[NDArray[np.int64]]:
    """Batches of tables (draws, cells) that the bootstrap of the rows behind `counts` would give.

    Resampling n rows with replacement makes the counts of the cells multinomial with n and the
    observed shares, so the cost does not depend on n. The same seed gives the same tables. Efron
    and Tibshirani (1993), An Introduction to the Bootstrap, section 6.5. Raises ValueError for
    negative counts, none at all, and no draws.
    """
    cells = np.asarray(counts, np.int64).ravel()
    total = int(cells.sum())
    if draws < 1 or total < 1 or (cells < 0).any():
        raise ValueError(f"{draws} draws of {total} counts; give 1 or more, and no negative count")
    dice = np.random.default_rng(seed)
    shares = cells / total
    rows = max(1, _AT_ONCE // cells.size)
    for start in range(0, draws, rows):
        yield dice.multinomial(total, shares, size=min(rows, draws - start))
