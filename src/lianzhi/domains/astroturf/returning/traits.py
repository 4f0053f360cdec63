"""Traits: actions with their texts and sources, as the columns that a memory compares."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints
from lianzhi.accounts.memory.naming import patterns
from lianzhi.accounts.memory.traces import ALWAYS, Column, Traces
from lianzhi.domains.astroturf.returning.shingles import shingles


class Coded(NamedTuple):
    """A column of text: a number for each action, -1 where it has none, and what they stand for."""

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
    """Put traits to actions whose accounts and objects are numbered from 0 on.

    Sources are those given, and the hosts of objects that are links.
    """
    columns = {
        "object": Column.of(actions.account, actions.object, actions.time, objects),
        "source": _several(actions, _sources(actions, objects, sources)),
        "name": _of_names(accounts),
    }
    if texts is not None:
        found = [sorted(some) for some in shingles(texts.names)]
        columns["phrase"] = _several(actions, [_listed(texts.number, found)])
    return Traces(accounts, actions, columns, created)


class _Listed(NamedTuple):
    """Several values for each number that actions have."""

    number: Ints
    bounds: Ints
    values: Sequence[str]


def _listed(number: Ints, found: Sequence[Sequence[str]]) -> _Listed:
    bounds = np.concatenate(([0], np.cumsum([len(one) for one in found], dtype=np.int64)))
    return _Listed(number, bounds, [value for some in found for value in some])


def _sources(actions: Actions, objects: Sequence[str], given: Coded | None) -> list[_Listed]:
    hosts = [[host] if (host := _host(name)) else [] for name in objects]
    found = [_listed(actions.object, hosts)]
    if given is not None:
        found.append(_listed(given.number, [[f"={name}"] for name in given.names]))
    return found


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _of_names(accounts: Sequence[str]) -> Column:
    who = np.arange(len(accounts))
    here = Actions(who, who, who, np.full(len(accounts), ALWAYS))
    return _several(here, [_listed(who, [patterns(name) for name in accounts])])


def _several(actions: Actions, some: Sequence[_Listed]) -> Column:
    """One row for each action and value of it."""
    rows, values = [], []
    names: list[str] = []
    for one in some:
        has = np.flatnonzero(one.number >= 0)
        begin = one.bounds[one.number[has]]
        many = one.bounds[one.number[has] + 1] - begin
        rows.append(np.repeat(has, many))
        inside = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        values.append(np.repeat(begin, many) + inside + len(names))
        names += one.values
    row, value = np.concatenate(rows), np.concatenate(values)
    known = {name: place for place, name in enumerate(dict.fromkeys(names))}
    number = np.array([known[name] for name in names], np.int64)
    return Column.of(actions.account[row], number[value], actions.time[row], list(known))
