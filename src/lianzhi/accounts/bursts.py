"""Bursts: what accounts do to one object within a short span of time.

Spans are two windows long and one begins every window, so that actions a window apart always lie in
one of them together, wherever they fall.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints, changes

#: Accounts in a span beyond which it is a crowd, which tells nothing of any two in it.
CROWD = 5000
#: Any large odd number mixes well.
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Bursts(NamedTuple):
    """Spans in which two accounts or more act on one object; that of burst n is
    `account[bounds[n]:bounds[n + 1]]`."""

    window: int
    """Milliseconds; a span is twice as long."""
    object: Ints
    since: Ints
    """When the span begins, Unix milliseconds."""
    bounds: Ints
    account: Ints
    """Who acts in it, each once, in order."""
    content: Ints
    """With which content, the first of several."""

    @property
    def size(self) -> Ints:
        """Accounts in each."""
        return np.diff(self.bounds)

    @property
    def row(self) -> Ints:
        """Which burst each of `account` is in."""
        return np.repeat(np.arange(self.size.size), self.size)


def cut(actions: Actions, window: int) -> Bursts:
    """Cut actions into bursts. Of two spans in which the same accounts act one is enough."""
    # Spans are numbered by when they begin, in windows: even ones, and odd ones between them.
    span = np.concatenate(
        [(actions.time + late * window) // (2 * window) * 2 - late for late in (0, 1)]
    )
    thing, account, content = (
        np.tile(column, 2) for column in (actions.object, actions.account, actions.content)
    )
    order = _order((thing, span, account, content))
    thing, since, account = thing[order], span[order] * window, account[order]
    content = content[order]
    new = changes(thing) | changes(since)
    once = new | changes(account)
    thing, since, account, new = thing[once], since[once], account[once], new[once]
    content = content[once]
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, account.size))
    kept = (size >= 2) & (size <= CROWD) & ~_again(thing[first], account, first, size)
    rows = kept[np.cumsum(new) - 1] if account.size else np.zeros(0, bool)
    bounds = np.concatenate(([0], np.cumsum(size[kept])))
    return Bursts(
        window, thing[first][kept], since[first][kept], bounds, account[rows], content[rows]
    )


def _order(columns: Sequence[Ints]) -> Ints:
    """The order of rows by columns, the first before all: by one number, which is far quicker than
    column by column, where one can hold them all."""
    if not columns[0].size:
        return np.zeros(0, np.int64)
    shifted = [(column - column.min()).astype(np.int64) for column in columns]
    try:
        key = np.ravel_multi_index(shifted, [int(column.max()) + 1 for column in shifted])
    except ValueError:  # more combinations than numbers
        return np.lexsort(columns[::-1])
    return np.argsort(key, kind="stable")


def _again(thing: Ints, account: Ints, first: Ints, size: Ints) -> Ints:
    """Which spans have the accounts of the span before, on the same object."""
    if not first.size:
        return np.zeros(0, bool)
    # Two sets of one size are the same if their members' hashes add up to the same.
    mixed = (account.astype(np.uint64) + np.uint64(1)) * _ODD
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _ODD
    total = np.add.reduceat(mixed ^ (mixed >> np.uint64(32)), first)
    return ~(changes(thing) | changes(size) | changes(total))
