"""Bursts: actions of several accounts on one object within a short span.

Spans are two windows long and one begins every window, so that actions within a window of each
other always share a span.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints, changes

#: Most accounts of a span; a larger crowd is no evidence about any pair.
CROWD = 5000
#: Odd multiplier of the hash.
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Bursts(NamedTuple):
    """Spans in which at least two accounts act on one object; the accounts of burst n are
    `account[bounds[n]:bounds[n + 1]]`.
    """

    window: int
    """Milliseconds; a span is twice as long."""
    object: Ints
    since: Ints
    """Start of the span, Unix milliseconds."""
    bounds: Ints
    account: Ints
    """Accounts of each burst, each once, in order."""
    content: Ints
    """Content of each account, the first of several."""

    @property
    def size(self) -> Ints:
        """Number of accounts in each burst."""
        return np.diff(self.bounds)

    @property
    def row(self) -> Ints:
        """Burst of each element of `account`."""
        return np.repeat(np.arange(self.size.size), self.size)


def cut(actions: Actions, window: int) -> Bursts:
    """Bursts of the actions; of two successive spans with the same accounts one is kept."""
    # Spans of two windows, numbered by their start in windows: the odd ones overlap the even ones.
    span = np.concatenate(
        [(actions.time + late * window) // (2 * window) * 2 - late for late in (0, 1)]
    )
    objects, account, content = (
        np.tile(column, 2) for column in (actions.object, actions.account, actions.content)
    )
    order = _order((objects, span, account, content))
    objects, since, account = objects[order], span[order] * window, account[order]
    content = content[order]
    new = changes(objects) | changes(since)
    once = new | changes(account)
    objects, since, account, new = objects[once], since[once], account[once], new[once]
    content = content[once]
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, account.size))
    kept = (size >= 2) & (size <= CROWD) & ~_again(objects[first], account, first, size)
    rows = kept[np.cumsum(new) - 1] if account.size else np.zeros(0, bool)
    bounds = np.concatenate(([0], np.cumsum(size[kept])))
    return Bursts(
        window, objects[first][kept], since[first][kept], bounds, account[rows], content[rows]
    )


def _order(columns: Sequence[Ints]) -> Ints:
    """Sort order by columns, the first most significant; by one combined number where it fits,
    which is far faster.
    """
    if not columns[0].size:
        return np.zeros(0, np.int64)
    shifted = [(column - column.min()).astype(np.int64) for column in columns]
    try:
        key = np.ravel_multi_index(shifted, [int(column.max()) + 1 for column in shifted])
    except ValueError:  # more combinations than int64 holds
        return np.lexsort(columns[::-1])
    return np.argsort(key, kind="stable")


def _again(objects: Ints, account: Ints, first: Ints, size: Ints) -> Ints:
    """Mask of spans with the same accounts and object as the span before."""
    if not first.size:
        return np.zeros(0, bool)
    # Sets are compared by size and by the sum of their members' hashes.
    mixed = (account.astype(np.uint64) + np.uint64(1)) * _ODD
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _ODD
    total = np.add.reduceat(mixed ^ (mixed >> np.uint64(32)), first)
    return ~(changes(objects) | changes(size) | changes(total))
