"""Tables on disk as relations of DuckDB: CSV, Parquet, or a table of a DuckDB file."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from lianzhi.tabular.column_map import MapError, check_columns

_SETTINGS: dict[str, Any] = {"memory_limit": "3GB", "preserve_insertion_order": "false"}
_CSV, _PARQUET, _DUCKDB = (".csv", ".tsv", ".gz"), (".parquet", ".pq"), (".duckdb", ".db")


def quoted(name: str) -> str:
    """A column or table as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


class TableSource:
    """A table in a connection of its own."""

    def __init__(self, connection: Any, relation: str) -> None:
        self._connection, self.relation = connection, relation
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        self.columns: Sequence[str] = [row[0] for row in described]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The answer to a query, whole."""
        fetched: list[tuple[Any, ...]] = self._connection.execute(query, list(values)).fetchall()
        return fetched

    def arrays(self, query: str, *values: object) -> dict[str, Any]:
        """The answer to a query as a NumPy array by column; masked where values are missing."""
        arrays: dict[str, Any] = self._connection.execute(query, list(values)).fetchnumpy()
        return arrays


@contextmanager
def opened(path: Path, table: str = "") -> Iterator[TableSource]:
    """The table of a file. Cells of a CSV are text.

    Raises MapError for a file of another kind, one that cannot be read, and a table that is not
    there.
    """
    connection = duckdb.connect(config=_SETTINGS)
    try:
        try:
            source = TableSource(connection, _relation(connection, path, table))
            connection.execute("SET enable_progress_bar = false")
            yield source
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise MapError("file", path.name, f"give a table that can be read: {first}") from None
    finally:
        connection.close()


def days_in(path: Path, column: str) -> tuple[dt.date | None, dt.date | None, int]:
    """First and last day in a column of a file, and how many cells hold no day. Raises MapError."""
    with opened(path) as source:
        check_columns([("time", column)], source.columns)
        day = f"try_cast(try_cast({quoted(column)} AS TIMESTAMP) AS DATE)"
        query = f"SELECT min({day}), max({day}), count(*) - count({day}) FROM {source.relation}"
        ((first, last, others),) = source.rows(query)
    return first, last, others


def _relation(connection: Any, path: Path, table: str) -> str:
    name = "'" + str(path).replace("'", "''") + "'"
    kind = path.suffix.lower()
    if kind in _CSV:
        return f"read_csv({name}, all_varchar = true, header = true)"
    if kind in _PARQUET:
        return f"read_parquet({name})"
    if kind not in _DUCKDB:
        raise MapError("file", path.name, "give a CSV, Parquet or DuckDB file")
    connection.execute(f"ATTACH {name} AS source (READ_ONLY)")
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source'"
    ).fetchall()
    tables = [row[0] for row in names]
    if (table and table not in tables) or (not table and len(tables) != 1):
        raise MapError("table", table, f"name one of {', '.join(tables[:12])}")
    return f"source.{quoted(table or tables[0])}"
