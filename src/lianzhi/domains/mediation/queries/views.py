"""Views: what pages read of the tables, a page at a time."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

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
    *where: ColumnElement[bool],
    order: str,
    cursor: str = "",
) -> Page[T]:
    """Nouns that meet some conditions, by a column of numbers from 0, the highest first.

    KeyError: the cursor is none of ours.
    """
    column, identity = table.c[order], table.c.id
    if cursor:
        highest, _, last = cursor.partition(" ")
        if not highest.isdecimal():
            raise KeyError(cursor)
        where = (*where, tuple_(column, identity) < (int(highest), last))
    query = select(column, identity, table.c.state).where(*where)
    query = query.order_by(column.desc(), identity.desc()).limit(ROWS + 1)
    read = connection.execute(query).all()
    rows = [table.decode(state) for _, _, state in read[:ROWS]]
    more = len(read) > ROWS
    return Page(rows, f"{read[ROWS - 1][0]} {read[ROWS - 1][1]}" if more else "")


def counts(connection: Connection, table: NounTable[Any], column: str) -> dict[str, int]:
    """How many nouns have each value of a column."""
    value = table.c[column]
    rows = connection.execute(select(value, func.count()).group_by(value)).all()
    return {str(name): number for name, number in rows}
