"""Narrowing: the filters of the lists, so that behind every figure stands the list that it counts.

What an address calls `on` is one of `store.counted`: its time is what `since` and `until` bound,
its dimensions are the filters. Several values of a filter are separated by commas.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, func, select

from lianzhi.chain.measure import RUNNING
from lianzhi.store.counted import COUNTED, LISTED, Counted, called, usual

Column = ColumnElement[Any]

#: A value of `status` that stands for several.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "running": tuple(sorted(RUNNING)),
    "ended": ("lapsed", "lifted"),
    "real": (*sorted(RUNNING), "lapsed", "lifted"),
    "turned": ("overturned", "partly_overturned"),
}
#: What an address says where everything is meant.
ALL = "all"
#: Most characters of one filter's values.
LONGEST = 400
#: What an address says where the column says nothing.
NONE = "none"
#: What bounds a list, whatever it is narrowed by.
_BOUNDS = frozenset({"on", "since", "until"})


def parameters(noun: str) -> frozenset[str]:
    """Names that the address of a list may carry to narrow it."""
    return _BOUNDS.union(*(of.dims for of in COUNTED.values() if of.noun == noun))


def conditions(noun: str, asked: Mapping[str, str]) -> list[Column]:
    """What the rows of a list must be, from the parameters of an address; others are passed over.

    `since` and `until` are Unix milliseconds, since <= time < until. Raises ValueError for a time
    or an `on` that can't be read, and for a filter that what is counted `on` has not.
    """
    of, found = _read(noun, asked)
    if of.names is None:
        return found
    return [exists().where(of.names == LISTED[noun], *found)] if found or asked.get("on") else []


def acts(engine: Engine, noun: str, asked: Mapping[str, str]) -> int | None:
    """How many acts there were on the rows of the list, where one may have had several: what the
    figure counts. None where it counts the rows. Raises ValueError as `conditions` does."""
    of, found = _read(noun, asked)
    if not of.acts:
        return None
    with engine.connect() as connection:
        return connection.scalar(select(func.count(of.names)).where(*found))


def _read(noun: str, asked: Mapping[str, str]) -> tuple[Counted, list[Column]]:
    for name, value in asked.items():
        if len(value) > LONGEST or not value.isprintable():
            raise ValueError(f"{name} is {value[:40]!r}; give {LONGEST} plain characters at most")
    on = asked.get("on", "")
    of = called(noun, on) if on else usual(noun)
    if of is None:
        known = ", ".join(one.on for one in COUNTED.values() if one.noun == noun)
        raise ValueError(f"on is {on!r}; choose one of {known}, or leave it out")
    wanted = {k: v.split(",") for k, v in asked.items() if v not in ("", ALL)}
    if unknown := (wanted.keys() & parameters(noun)) - _BOUNDS - of.dims.keys():
        name = min(unknown)
        raise ValueError(f"{name} is {asked[name]!r}, which {of.on} has not; leave it out")
    found: list[Column] = [
        of.dims[name].in_(_values(name, v)) for name, v in wanted.items() if name in of.dims
    ]
    found = [*found, *_between(of.at, asked)]
    return of, [*found, *of.also] if found or on else []


def _values(name: str, said: list[str]) -> list[str]:
    plain = ["" if value == NONE else value for value in said]
    if name != "status":
        return plain
    return [one for value in plain for one in STATUSES.get(value, (value,))]


def _between(at: Column, asked: Mapping[str, str]) -> list[Column]:
    found: list[Column] = []
    if since := asked.get("since"):
        found.append(at >= _millis("since", since))
    if until := asked.get("until"):
        found.append(at < _millis("until", until))
    return found


def _millis(name: str, said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= 15):
        raise ValueError(f"{name} is {said[:40]!r}; give Unix milliseconds")
    return int(said)
