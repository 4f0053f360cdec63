"""Audit of the read model: stored tables against a fold of the record, row by row.

The fold goes into a temporary database, on disk where it is large; both are then read side by side
in the order of their keys. Nothing is changed, and memory use is small. A batch changes entries and
tables in one transaction, so they always agree: entries appended meanwhile are folded as well,
until the tables can be read at the very same position.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Table, Text, create_engine, select, type_coerce
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import NULLTYPE

from lianzhi.store import db
from lianzhi.store.audit import STREAM, ill_formed_text, printable
from lianzhi.store.ledger import read_entries
from lianzhi.store.read_model import CHAIN, Model

_CACHE_KIB = 16 * 1024
"""Memory of the temporary database before it goes to disk."""

_Row = tuple[Any, ...]


class TableFault(msgspec.Struct, frozen=True):
    """First row of a table that differs from the record; `key` as `/`-separated values."""

    table: str
    key: str
    detail: str


class TableReport(msgspec.Struct, frozen=True):
    """Result; `entries` is the number of folded entries."""

    ok: bool
    entries: int
    rows: int
    """Number of valid rows."""
    faults: tuple[TableFault, ...]


def audit_tables(engine: Engine, kept: Model = CHAIN) -> TableReport:
    """Compare every table of the read model with the record, which was verified before.

    Raises RecordError where the record has a gap.
    """
    model, done = kept.make(), 0
    tables = [table for projection in model for table in projection.tables]
    with _scratch() as fold:
        for table in tables:
            fold.execute(CreateTable(table))
        while True:
            # A snapshot per table: a long one would keep an erasure from clearing the files.
            with db.snapshot(engine) as connection:
                entries = read_entries(connection, done)
                if not entries:
                    with ill_formed_text(connection):
                        results = [_compared(table, connection, fold) for table in tables]
                    break
            for entry, payload in entries:
                for projection in model:
                    projection.apply(fold, entry, payload)
            done += len(entries)
    faults = tuple(result for result in results if isinstance(result, TableFault))
    good = sum(result for result in results if isinstance(result, int))
    return TableReport(not faults, done, good, faults)


@contextmanager
def _scratch() -> Iterator[Connection]:
    """A temporary database that SQLite keeps without a name."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
            yield connection
    finally:
        engine.dispose()


def _compared(table: Table, stored: Connection, fold: Connection) -> TableFault | int:
    """The first row that differs, or the number of rows."""
    count = 0
    for have, due in zip_longest(_rows(table, stored), _rows(table, fold)):
        if have != due:
            return _fault(table, stored, have, due)
        count += 1
    return count


def _fault(table: Table, stored: Connection, have: _Row | None, due: _Row | None) -> TableFault:
    """The fault where the table and the record differ in a row, or one lacks it."""
    if due is not None and have is not None and _key(table, have) == _key(table, due):
        columns = zip(table.c, have, due, strict=True)
        differ = ", ".join(column.name for column, is_, should in columns if is_ != should)
        row, problem = due, f"{differ}: not as recorded"
    elif due is not None and not _has(table, stored, _key(table, due)):
        row, problem = due, "the row is gone"
    else:
        row, problem = have or (), "the row is not from the record"
    key = "/".join(str(value) for value in _key(table, row))
    return TableFault(str(table.name), printable(key), problem)


def _key(table: Table, row: _Row) -> list[Any]:
    return [value for column, value in zip(table.c, row, strict=False) if column.primary_key]


def _rows(table: Table, connection: Connection) -> Iterator[_Row]:
    """Rows in the order of their keys, with stored values."""
    keys = [
        column.collate("C")
        if isinstance(column.type, Text) and connection.dialect.name == "postgresql"
        else column
        for column in table.primary_key
    ]
    query = select(*(type_coerce(column, NULLTYPE) for column in table.c)).order_by(*keys)
    for row in connection.execute(query, execution_options=STREAM):
        yield tuple(row)


def _has(table: Table, connection: Connection, key: list[Any]) -> bool:
    pairs = zip(table.primary_key, key, strict=True)
    query = select(table).where(*(column == value for column, value in pairs))
    return connection.execute(query).first() is not None
