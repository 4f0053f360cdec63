"""Nouns of a domain, a page at a time."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, and_, or_, select

from lianzhi.kit.noun_tables import NounTable

T = TypeVar("T")
#: Rows of a page.
ROWS = 50


class Page(NamedTuple, Generic[T]):
    """Some rows, and where the next ones begin; empty: there are none."""

    rows: Sequence[T]
    cursor: str = ""


def page(
    connection: Connection,
    table: NounTable[T],
    order: "Column[Any]",
    conditions: Sequence[ColumnElement[bool]],
    cursor: str,
) -> Page[T]:
    """Nouns in falling order of a column, then of ids; the cursor is `<value>~<id>`.

    A cursor without a number, where the column has numbers, is that of the first page.
    """
    conditions = [*conditions, order.is_not(None)]
    if cursor:
        value, _, identity = cursor.partition("~")
        at: Any = whole(value) if order.type.python_type is int else value
        if at is not None:
            conditions.append(or_(order < at, and_(order == at, table.c.id < identity)))
    query = (
        select(table.c.state, order, table.c.id)
        .where(*conditions)
        .order_by(order.desc(), table.c.id.desc())
        .limit(ROWS + 1)
    )
    rows = connection.execute(query).all()
    nouns = [table.decode(row[0]) for row in rows[:ROWS]]
    following = f"{rows[ROWS - 1][1]}~{rows[ROWS - 1][2]}" if len(rows) > ROWS else ""
    return Page(nouns, following)


def whole(value: str) -> int | None:
    """The number of a cursor, as large as a column holds; None: it is none."""
    return int(value) if value.isdecimal() and len(value) < 19 else None
