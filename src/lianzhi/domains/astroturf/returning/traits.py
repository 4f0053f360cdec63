"""Traits: actions with texts and sources, as columns for the comparison with a memory."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints
from lianzhi.accounts.memory.naming import patterns
from lianzhi.accounts.memory.traces import ALWAYS, Column, Traces
from lianzhi.domains.astroturf.returning.shingles import shingles


class Coded(NamedTuple):
    """A text column: a number for each action, -1 for none, and the values by number."""

    number: Ints
    names: Sequence[str]


def traces(
    actions: Actions,
    accounts: Sequence[str],
    objects: Sequence[str],
    texts: Coded | None = None,
    sources: Coded | None = None,
    created: Ints | None = None,
) -> Traces:
    """Traces of actions whose accounts and objects are numbered from 0.

    Sources are those given, and the hosts of objects that are links.
    """
    columns = {
        "object": Column.of(actions.account, actions.object, actions.time, objects),
        "source": _several(actions, _sources(actions, objects, sources)),
        "name": _of_names(accounts),
    }
    if texts is not None:
        shingles_ = [sorted(shingle) for shingle in shingles(texts.names)]
        columns["phrase"] = _several(actions, [_listed(texts.number, shingles_)])
    return Traces(accounts, actions, columns, created)


class _Listed(NamedTuple):
    """Several values for each number of actions."""

    number: Ints
    bounds: Ints
    values: Sequence[str]


def _listed(number: Ints, lists: Sequence[Sequence[str]]) -> _Listed:
    bounds = np.concatenate(([0], np.cumsum([len(values) for values in lists], dtype=np.int64)))
    return _Listed(number, bounds, [value for values in lists for value in values])


def _sources(actions: Actions, objects: Sequence[str], given: Coded | None) -> list[_Listed]:
    hosts = [[host] if (host := _host(name)) else [] for name in objects]
    columns = [_listed(actions.object, hosts)]
    if given is not None:
        columns.append(_listed(given.number, [[f"={name}"] for name in given.names]))
    return columns


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _of_names(accounts: Sequence[str]) -> Column:
    accounts_ = np.arange(len(accounts))
    here = Actions(accounts_, accounts_, accounts_, np.full(len(accounts), ALWAYS))
    return _several(here, [_listed(accounts_, [patterns(name) for name in accounts])])


def _several(actions: Actions, lists: Sequence[_Listed]) -> Column:
    """One row for each pair of action and value."""
    rows, values = [], []
    names: list[str] = []
    for listed in lists:
        has = np.flatnonzero(listed.number >= 0)
        begin = listed.bounds[listed.number[has]]
        many = listed.bounds[listed.number[has] + 1] - begin
        rows.append(np.repeat(has, many))
        inside = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        values.append(np.repeat(begin, many) + inside + len(names))
        names += listed.values
    row, value = np.concatenate(rows), np.concatenate(values)
    known = {name: place for place, name in enumerate(dict.fromkeys(names))}
    number = np.array([known[name] for name in names], np.int64)
    return Column.of(actions.account[row], number[value], actions.time[row], list(known))
