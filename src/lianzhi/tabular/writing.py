"""Writes tables as they are read: CSV, XLSX or JSON, by the ending of the path.

A file is complete or not there: it is written beside its place and then moved. Control characters
are written as blanks, for reading takes none: one of them must not keep people from their files.
No text in CSV or XLSX can be run as a formula.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import openpyxl

from lianzhi.files import whole_file
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.codec import text, without_controls
from lianzhi.tabular.formula_guard import guarded
from lianzhi.tabular.problem import TableError, excerpt
from lianzhi.tabular.schema import Schema

Value = str | int | float | Decimal | dt.date
#: Rows of a sheet, its header included.
SHEET_ROWS = 2**20
#: Digits of a number that a spreadsheet keeps.
_DIGITS = 15


class WriteError(ValueError):
    """A file can't be written; the message names it, the row and the mend."""


def write(path: Path, schema: Schema, rows: Sequence[Any], language: str = "en") -> None:
    """Write typed rows, with the headers of a language. Raises WriteError."""
    try:
        table = table_of(schema, rows, language)
    except ValueError as error:
        raise WriteError(f"{path}: {error}") from None
    write_table(path, table)


def table_of(schema: Schema, rows: Sequence[Any], language: str = "en") -> list[list[Value]]:
    """Typed rows as cells, below the headers of a language. Raises WriteError."""
    return [[column.header.say(language) for column in schema.columns], *_cells(schema, rows)]


def write_table(path: Path, table: Sequence[Sequence[Value]]) -> None:
    """Write any table, its first row the header. Raises WriteError."""
    if path.suffix not in ENDINGS:
        raise WriteError(f"{path}: tables are written as {', '.join(ENDINGS)}; name it so")
    encode = {".csv": csv_bytes, ".xlsx": _xlsx, ".json": _json}[path.suffix]
    try:
        data = encode(table)
    except ValueError as error:
        raise WriteError(f"{path}: {error}") from None
    write_bytes(path, data)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all. Raises WriteError."""
    try:
        with whole_file(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise WriteError(f"{path}: {error.strerror}; give another place") from None


def csv_bytes(table: Iterable[Sequence[Value]], *, mark: bool = False) -> bytes:
    """A table as CSV in UTF-8; `mark`: with the byte order mark by which spreadsheets know it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(map(_guarded, table))
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def _guarded(row: Sequence[Value]) -> list[Value]:
    return [guarded(cell) if isinstance(cell, str) else cell for cell in row]


def _cells(schema: Schema, rows: Sequence[Any]) -> Iterator[list[Value]]:
    for number, row in enumerate(rows, 1):
        cells: list[Value] = []
        for column in schema.columns:
            value = getattr(row, column.name)
            cell = "" if value is None else column.codec.write(value)
            try:
                cells.append(text(without_controls(cell)) if isinstance(cell, str) else cell)
            except TableError as error:
                raise WriteError(
                    f"row {number}: {column.name} is {excerpt(cell)!r}: {error}"
                ) from None
        yield cells


def _xlsx(table: Sequence[Sequence[Value]]) -> bytes:
    if len(table) > SHEET_ROWS:
        raise ValueError(f"a sheet has {SHEET_ROWS:,} rows at most; write .csv")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lianzhi")
    sheet.freeze_panes = "A2"
    for row in map(_guarded, table):
        sheet.append([_sheet_value(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_value(cell: Value) -> Value | None:
    """A value as a sheet keeps it: a number of more digits than a spreadsheet has becomes text."""
    if isinstance(cell, float) and float(f"{cell:.{_DIGITS}g}") != cell:
        return repr(cell)
    return None if cell == "" else cell


def _json(table: Sequence[Sequence[Value]]) -> bytes:
    header, *rows = table
    objects = [
        {str(name): cell for name, cell in zip(header, row, strict=True) if cell != ""}
        for row in rows
    ]
    return msgspec.json.encode(objects)
