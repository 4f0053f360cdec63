"""What pages read of outlets' days."""

import datetime as dt
from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from lianzhi.domains.dissemination.nouns.item import Arrival, Item
from lianzhi.domains.dissemination.queries import tables

_DAYS = 60


class DayRow(NamedTuple):
    """An outlet's day in the list."""

    outlet: str
    day: dt.date
    items: int
    flagged: int


def days(connection: Connection) -> list[DayRow]:
    """The latest outlets' days, the newest first."""
    column = tables.item.c
    flagged = func.sum(case((column.flagged, 1), else_=0))
    query = (
        select(column.outlet, column.day, func.count(), flagged)
        .group_by(column.outlet, column.day)
        .order_by(column.day.desc(), column.outlet)
        .limit(_DAYS)
    )
    rows = connection.execute(query)
    return [DayRow(outlet, dt.date.fromisoformat(day), n, int(f)) for outlet, day, n, f in rows]


def items(connection: Connection, outlet: str, day: dt.date) -> list[Item]:
    """All items of an outlet's day."""
    column = tables.item.c
    return tables.item.every(connection, column.day == day.isoformat(), column.outlet == outlet)


def outlets_of(connection: Connection, day: dt.date) -> set[str]:
    """Outlets of which there are items of a day."""
    return tables.item.values(connection, "outlet", tables.item.c.day == day.isoformat())


def family(connection: Connection, root: str, most: int) -> list[Item]:
    """Items of one text, whoever published them."""
    return tables.item.every(connection, tables.item.c.root == root, most=most)


def of_case(connection: Connection, case_id: str, most: int) -> list[Item]:
    """Items that opened or joined a case."""
    return tables.item.every(connection, tables.item.c.case == case_id, most=most)


def arrivals(connection: Connection, day_id: str) -> list[Arrival]:
    """The latest imports that brought items of an outlet's day."""
    column = tables.arrival.c
    every = tables.arrival.every(connection, order=(column.at.desc(),), most=200)
    return [arrival for arrival in every if day_id in arrival.days]


class OutletFigures(NamedTuple):
    """What the reworded titles of an outlet amount to."""

    outlet: str
    reprints: int
    reworded: int
    distorted: tuple[Item, ...]


def outlet_figures(connection: Connection) -> list[OutletFigures]:
    """Reprints, reworded titles and distorted ones of each outlet, the most reprints first."""
    column = tables.item.c
    query = select(column.outlet, column.wording, func.count()).where(column.kind == "reprint")
    counts: dict[str, Counter[str]] = {}
    for outlet, wording, n in connection.execute(query.group_by(column.outlet, column.wording)):
        counts.setdefault(outlet, Counter())[wording] = n
    distorted: dict[str, list[Item]] = {}
    where = column.kind == "reprint", column.wording == "changed", column.flagged.is_(True)
    for item in tables.item.every(connection, *where):
        if item.changes:
            distorted.setdefault(item.outlet, []).append(item)
    figures = [
        OutletFigures(outlet, count.total(), count["changed"], tuple(distorted.get(outlet, ())))
        for outlet, count in counts.items()
    ]
    return sorted(figures, key=lambda each: (-each.reprints, each.outlet))
