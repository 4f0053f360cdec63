"""Rows of every table as database-independent JSON, one row a line.

A line is an array in the order of the table's columns. Bytes are base64, floats round-trip exactly,
and non-finite numbers are strings.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

import msgspec
from sqlalchemy import Connection, MetaData, Table, func, insert, select

from lianzhi.store.owner import owner

CHUNK_BYTES = 4 << 20
"""Approximate length of a part; no row is split."""
#: Rows fetched at a time; a row of evidence may be 256 KiB long.
_FETCHED = 200
#: Tables not copied: Alembic's, which the revisions replace, and the current owner.
_LEFT_OUT = {"alembic_version", owner.name}
_KINDS: dict[type, str] = {bool: "bool", int: "int", float: "float", str: "text", bytes: "bytes"}
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}

Columns = dict[str, str]
"""Column name -> kind, in order: bool, int, float, text or bytes."""


class RowError(ValueError):
    """A row cannot be copied; the message says which table and column."""


def tables(connection: Connection) -> list[Table]:
    """Tables of the database, dependencies first."""
    metadata = MetaData()
    metadata.reflect(connection, resolve_fks=False)
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def columns(table: Table) -> Columns:
    """Kinds of the columns. Raises RowError for an unsupported type."""
    types: Columns = {}
    for column in table.c:
        kind = _KINDS.get(column.type.python_type)
        if kind is None:
            raise RowError(f"table {table.name}: no form for {column.name} ({column.type})")
        types[column.name] = kind
    return types


def count(connection: Connection, table: Table) -> int:
    """Number of rows of a table."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def dump(connection: Connection, table: Table) -> Iterator[tuple[bytes, int]]:
    """The table in parts: (lines, number of rows), in constant memory."""
    types = [_TYPES[kind] for kind in columns(table).values()]
    lines, rows = bytearray(), 0
    for row in connection.execute(select(table), execution_options={"yield_per": _FETCHED}):
        lines += msgspec.json.encode([_plain(v, t) for v, t in zip(row, types, strict=True)])
        lines += b"\n"
        rows += 1
        if len(lines) >= CHUNK_BYTES:
            yield bytes(lines), rows
            lines, rows = bytearray(), 0
    if rows:
        yield bytes(lines), rows


def load(connection: Connection, table: Table, columns: Columns, lines: bytes) -> int:
    """Insert the output of `dump`, given its `columns`; returns the number of rows.

    Raises RowError.
    """
    read = {name: _READ[kind] for name, kind in columns.items()}
    try:
        rows = [
            {
                name: None if value is None else make(value)
                for (name, make), value in zip(read.items(), row, strict=True)
            }
            for row in msgspec.json.decode(b"[" + b",".join(lines.splitlines()) + b"]")
        ]
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise RowError(f"table {table.name}: {error}") from None
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def _plain(value: Any, type_: type) -> Any:
    if value is None:
        return None
    if type(value) is not type_:
        raise RowError(
            f"a value is no {_KINDS[type_]} though its column holds nothing else: see "
            "`lianzhi record verify`"
        )
    return repr(value) if isinstance(value, float) and not isfinite(value) else value


def _exactly(type_: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not type_:
            raise TypeError(f"{str(value)[:80]!r} is no {_KINDS[type_]}")
        return value

    return read


_READ: dict[str, Callable[[Any], Any]] = {
    "bool": _exactly(bool),
    "int": _exactly(int),
    "float": float,
    "text": _exactly(str),
    "bytes": lambda value: b64decode(value, validate=True),
}
