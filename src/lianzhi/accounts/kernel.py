"""Co-action in NumPy, equivalent to the queries under `sql/`.

Actions are sorted once by object and time; the partners of an action are then a contiguous range,
found by bisection. Linear in actions and pairs, except for sorting.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.coaction import Settings

Ints = NDArray[Any]
Mask = NDArray[np.bool_]


class Actions(NamedTuple):
    """Columns of actions, one row each; names as integers of any kind."""

    account: Ints
    object: Ints
    content: Ints
    time: NDArray[np.int64]
    """Unix milliseconds."""

    def where(self, which: Mask | Ints) -> "Actions":
        """The selected rows."""
        return Actions(*(column[which] for column in self))


class Pairs(NamedTuple):
    """Pairs of actions, the older first; ties by the lesser content."""

    object: Ints
    content: Ints
    content_y: Ints
    time_delta: NDArray[np.int64]
    account: Ints
    account_y: Ints

    def where(self, which: Mask) -> "Pairs":
        """The selected rows."""
        return Pairs(*(column[which] for column in self))


class Viral(NamedTuple):
    """Bursts with too many accounts on an object for pairing."""

    object: Ints
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    actions: NDArray[np.int64]
    most: NDArray[np.int64]
    """Number of accounts in its fullest cell."""


class Edges(NamedTuple):
    """Pairs aggregated by their two accounts, `source` the lesser."""

    source: Ints
    sink: Ints
    weight: NDArray[np.int64]
    """Number of pairs of contents."""
    total_delta: NDArray[np.int64]
    """Sum of the milliseconds between them."""
    contents: NDArray[np.int64]
    """Contents of the source."""
    contents_y: NDArray[np.int64]
    """Contents of the sink."""


def pairs(actions: Actions, settings: Settings) -> tuple[Pairs, Viral]:
    """The pairs that count, and the bursts too crowded for pairing."""
    acting = actions.where(_often(actions.account, actions.content, actions.account, settings))
    calm, viral = _uncrowded(_near(acting, settings.period), settings)
    all_ = _paired(calm, settings.period)
    accounts = np.concatenate((all_.account, all_.account_y))
    contents = np.concatenate((all_.content, all_.content_y))
    enough = _often(accounts, contents, accounts, settings)
    half = all_.account.size
    return all_.where(enough[:half] | enough[half:]), viral


def edges(pairs: Pairs) -> Edges:
    """Pairs by their two accounts. Contents that meet on several objects count once."""
    swap = pairs.account > pairs.account_y
    source, sink, content, content_y = (
        np.where(swap, *sides)
        for sides in (
            (pairs.account_y, pairs.account),
            (pairs.account, pairs.account_y),
            (pairs.content_y, pairs.content),
            (pairs.content, pairs.content_y),
        )
    )
    order = np.lexsort((pairs.time_delta, content_y, content, sink, source))
    source, sink, content, content_y = (
        column[order] for column in (source, sink, content, content_y)
    )
    new = changes(source) | changes(sink)
    other = new | changes(content)
    first = np.flatnonzero(other | changes(content_y))  # the nearest recurrence
    if not first.size:
        none = np.zeros(0, np.int64)
        return Edges(source, sink, none, none, none, none)
    edge = np.flatnonzero(new[first])
    counted = (
        np.add.reduceat(values, edge)
        for values in (
            np.ones(first.size, np.int64),
            pairs.time_delta[order][first],
            other[first].astype(np.int64),
        )
    )
    weight, delta, contents = counted
    group = np.cumsum(new[first]) - 1
    again = np.lexsort((content_y[first], group))
    fresh = changes(group[again]) | changes(content_y[first][again])
    contents_y = np.bincount(group[again][fresh], minlength=edge.size)
    return Edges(source[first][edge], sink[first][edge], weight, delta, contents, contents_y)


def changes(column: Ints) -> Mask:
    """Mask of entries that differ from the one before; the first does."""
    return np.concatenate((np.ones(min(column.size, 1), bool), column[1:] != column[:-1]))


def _often(account: Ints, content: Ints, wanted: Ints, settings: Settings) -> Mask:
    """Mask of the wanted accounts with at least the required number of contents."""
    order = np.lexsort((content, account))
    accounts = account[order]
    new = changes(accounts)
    fresh = np.flatnonzero(new | changes(content[order]))
    names = accounts[new]
    count = np.bincount((np.cumsum(new) - 1)[fresh], minlength=names.size)
    often = names[count >= settings.least]
    if not often.size:
        return np.zeros(wanted.size, bool)
    place = np.minimum(np.searchsorted(often, wanted), often.size - 1)
    known: Mask = often[place] == wanted
    return known


def _near(actions: Actions, period: int) -> Actions:
    """Actions with another on the same object within a period, by object and time."""
    actions = actions.where(np.lexsort((actions.time, actions.object)))
    close = ~changes(actions.object)[1:] & (np.diff(actions.time) <= period)
    near = np.zeros(actions.time.size, bool)
    near[1:] |= close
    near[:-1] |= close
    return actions.where(near)


def _uncrowded(near: Actions, settings: Settings) -> tuple[Actions, Viral]:
    """The actions outside cells with too many accounts, and those cells as bursts."""
    cell = near.time - near.time % settings.period
    new = changes(near.object) | changes(cell)
    number = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, number.size))
    large = np.flatnonzero((size > settings.most)[number])
    order = large[np.lexsort((near.account[large], number[large]))]
    fresh = changes(number[order]) | changes(near.account[order])
    accounts = np.bincount(number[order][fresh], minlength=first.size)
    crowded = accounts > settings.most
    last = first + size - 1
    rows = (near.object[first], near.time[first], near.time[last], size, accounts)
    columns = [column[crowded] for column in rows]
    viral = _merged(cell[first][crowded], *columns, period=settings.period)
    return near.where(~crowded[number] if number.size else number), viral


def _merged(
    cell: Ints, object_: Ints, since: Ints, until: Ints, size: Ints, accounts: Ints, *, period: int
) -> Viral:
    if not cell.size:
        none = np.zeros(0, np.int64)
        return Viral(object_, none, none, none, none)
    beside = np.zeros(cell.size, bool)
    beside[1:] = np.diff(cell) == period
    first = np.flatnonzero(changes(object_) | ~beside)
    last = np.append(first[1:], cell.size) - 1
    return Viral(
        object_[first],
        since[first],
        until[last],
        np.add.reduceat(size, first),
        np.maximum.reduceat(accounts, first),
    )


def _paired(calm: Actions, period: int) -> Pairs:
    if not calm.time.size:
        return Pairs(calm.object, calm.content, calm.content, calm.time, calm.account, calm.account)
    # All objects on one time line, spaced so that no window spans two objects.
    time = calm.time - calm.time.min()
    width, objects = int(time.max()) + period + 1, int(changes(calm.object).sum())
    if width * objects >= 1 << 62:
        raise ActionError(
            "actions lie too far apart in time for the engine numpy; use the engine duckdb"
        )
    line = (np.cumsum(changes(calm.object)) - 1) * width + time
    after = np.searchsorted(line, line + period, "right") - np.arange(line.size) - 1
    first = np.repeat(np.arange(line.size), after)
    two = first + 1 + np.arange(first.size) - np.repeat(np.cumsum(after) - after, after)
    distinct = calm.account[first] != calm.account[two]
    distinct &= calm.content[first] != calm.content[two]
    first, two = first[distinct], two[distinct]
    delta = calm.time[two] - calm.time[first]
    swap = (delta == 0) & (calm.content[first] > calm.content[two])
    first, two = np.where(swap, two, first), np.where(swap, first, two)
    return Pairs(
        calm.object[first],
        calm.content[first],
        calm.content[two],
        delta,
        calm.account[first],
        calm.account[two],
    )
