"""Filters of the lists, so that every figure links to the rows it counts.

An address names one quantity of `store.counted` by `on`: `since` and `until` bound its time, its
dimensions are the filters. Several values of a filter are separated by commas.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, func, select

from lianzhi.chain.measure import RUNNING
from lianzhi.store.counted import COUNTED, LISTED, Counted, called, usual

Column = ColumnElement[Any]

#: Values of `status` that stand for several.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "running": tuple(sorted(RUNNING)),
    "ended": ("lapsed", "lifted"),
    "real": (*sorted(RUNNING), "lapsed", "lifted"),
    "turned": ("overturned", "partly_overturned"),
}
#: Parameter value for everything.
ALL = "all"
#: Longest value of a filter, in characters.
LONGEST = 400
#: Parameter value for rows without a value.
NONE = "none"
#: Parameters that bound any list in time.
_BOUNDS = frozenset({"on", "since", "until"})


def parameters(noun: str) -> frozenset[str]:
    """Parameters of a list's address that filter it."""
    return _BOUNDS.union(*(of.dims for of in COUNTED.values() if of.noun == noun))


def conditions(noun: str, filters: Mapping[str, str]) -> list[Column]:
    """Conditions on the rows of a list, from the parameters of an address; others are ignored.

    `since` and `until` are Unix milliseconds, since <= time < until. Raises ValueError for an
    invalid time or `on`, and for a filter that the quantity does not have.
    """
    of, conditions_ = _read(noun, filters)
    if of.names is None:
        return conditions_
    return (
        [exists().where(of.names == LISTED[noun], *conditions_)]
        if conditions_ or filters.get("on")
        else []
    )


def acts(engine: Engine, noun: str, filters: Mapping[str, str]) -> int | None:
    """Number of acts on the rows of the list, where a row may have several: the value of the
    figure. None where it counts the rows. Raises ValueError as `conditions` does.
    """
    of, conditions_ = _read(noun, filters)
    if not of.acts:
        return None
    with engine.connect() as connection:
        return connection.scalar(select(func.count(of.names)).where(*conditions_))


def _read(noun: str, filters: Mapping[str, str]) -> tuple[Counted, list[Column]]:
    for name, value in filters.items():
        if len(value) > LONGEST or not value.isprintable():
            raise ValueError(f"{name} is {value[:40]!r}; give {LONGEST} plain characters at most")
    on = filters.get("on", "")
    of = called(noun, on) if on else usual(noun)
    if of is None:
        known = ", ".join(counted.on for counted in COUNTED.values() if counted.noun == noun)
        raise ValueError(f"on is {on!r}; choose one of {known}, or leave it out")
    wanted = {k: v.split(",") for k, v in filters.items() if v not in ("", ALL)}
    if unknown := (wanted.keys() & parameters(noun)) - _BOUNDS - of.dims.keys():
        name = min(unknown)
        raise ValueError(f"{name} is {filters[name]!r}, which {of.on} has not; leave it out")
    conditions_: list[Column] = [
        of.dims[name].in_(_values(name, v)) for name, v in wanted.items() if name in of.dims
    ]
    conditions_ = [*conditions_, *_between(of.at, filters)]
    return of, [*conditions_, *of.also] if conditions_ or on else []


def _values(name: str, values: list[str]) -> list[str]:
    plain = ["" if value == NONE else value for value in values]
    if name != "status":
        return plain
    return [status for value in plain for status in STATUSES.get(value, (value,))]


def _between(at: Column, filters: Mapping[str, str]) -> list[Column]:
    conditions_: list[Column] = []
    if since := filters.get("since"):
        conditions_.append(at >= _millis("since", since))
    if until := filters.get("until"):
        conditions_.append(at < _millis("until", until))
    return conditions_


def _millis(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(f"{name} is {text[:40]!r}; give Unix milliseconds")
    return int(text)
