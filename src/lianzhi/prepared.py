"""Prepared statements for every entry of the record, compiled once.

SQLite answers a look-up by key in a microsecond; SQLAlchemy's overhead for cached compilation,
values and results takes twenty. So on SQLite the driver gets the text itself; on any other
database, across a network, SQLAlchemy runs the statement.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update

Values = Mapping[str, Any]
_Text = tuple[str, Callable[[Values], tuple[Any, ...]], dict[str, Any]]
"""SQL for SQLite, what picks its values in order, and the values that it has itself."""


class Prepared:
    """One statement without IN, with a value for each named parameter at run time.

    Columns must be numbers, texts or bytes: SQLite returns a truth value as a number. Joins the
    transaction of the connection; raises what `Connection.execute` would.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, ...], _Text] = {}

    def run(self, connection: Connection, values: Values) -> Any:
        """Run the statement; returns a cursor with `fetchone`, `fetchall` and `rowcount`."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, dict(values))
        text, pick, own = self._text(connection, values)
        given = pick({**own, **values} if own else values)
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(text, given)
        except sqlite3.Error:  # nothing was changed; run again, it raises SQLAlchemy's error
            return connection.exec_driver_sql(text, given)

    def many(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Run it for each of these values, which have the same names."""
        if connection.dialect.name == "sqlite":
            for row in rows:
                self.run(connection, row)
        elif known := [dict(row) for row in rows]:
            connection.execute(self._statement, known)

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row as a tuple; None when there is none."""
        return self.run(connection, values).fetchone()

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row; None when there is none."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def scalars(self, connection: Connection, values: Values) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.run(connection, values).fetchall()]

    def _text(self, connection: Connection, values: Values) -> _Text:
        given = tuple(values)
        known = self._texts.get(given)
        if known is None:
            sets = isinstance(self._statement, Insert | Update)
            if isinstance(self._statement, Insert) and self._statement.select is not None:
                sets = False
            keys = list(given) if sets else None
            compiled: Any = self._statement.compile(dialect=connection.dialect, column_keys=keys)
            names = tuple(compiled.positiontup)
            own = {name: compiled.params[name] for name in names if name not in given}
            if lacks := [name for name in own if compiled.binds[name].required]:
                raise TypeError(f"no value for {lacks[0]}")
            known = self._texts[given] = str(compiled), _pick(names), own
        return known


def _pick(names: tuple[str, ...]) -> Callable[[Values], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple([values[name] for name in names])
