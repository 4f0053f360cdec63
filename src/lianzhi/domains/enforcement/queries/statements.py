"""Statements: the SQL of the folds, each compiled once, for they run for every entry of the record.

Having SQLAlchemy find the compiled form and wrap the result takes ten times what SQLite needs for a
row by its key; so there the driver is given the text itself. A server is a network away.
"""

import sqlite3
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table, bindparam, insert, select, update

_KEY = "key_"


class _Text(NamedTuple):
    sql: str
    names: tuple[str, ...] | None
    """Of the values, where the driver takes them by position."""


def put(connection: Connection, table: Table, row: Mapping[str, Any], *, new: bool) -> None:
    """Insert a row, or update the columns of the one that has its `id`."""
    values = row if new else {**row, _KEY: row["id"]}
    _run(connection, _putting(connection.dialect, table, tuple(row), new), values)


def state(connection: Connection, table: Table, identity: str) -> bytes | None:
    """The state of a noun; None: there is none."""
    row = _run(connection, _state(connection.dialect, table), {_KEY: identity}).fetchone()
    return None if row is None else bytes(row[0])


def _run(connection: Connection, text: _Text, values: Mapping[str, Any]) -> Any:
    given: Any = values if text.names is None else tuple(values[name] for name in text.names)
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(text.sql, given)
        except sqlite3.Error:  # it changed nothing: run again, it fails as SQLAlchemy tells it
            pass
    return connection.exec_driver_sql(text.sql, given)


@cache
def _putting(dialect: Dialect, table: Table, columns: tuple[str, ...], new: bool) -> _Text:
    if new:
        return _text(insert(table), dialect, list(columns))
    return _text(update(table).where(table.c.id == bindparam(_KEY)), dialect, list(columns))


@cache
def _state(dialect: Dialect, table: Table) -> _Text:
    return _text(select(table.c.state).where(table.c.id == bindparam(_KEY)), dialect, None)


def _text(statement: Any, dialect: Dialect, columns: list[str] | None) -> _Text:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    return _Text(str(compiled), tuple(compiled.positiontup) if compiled.positional else None)
