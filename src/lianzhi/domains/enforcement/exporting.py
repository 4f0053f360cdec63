"""Writes the rows of a town as they are read: CSV or XLSX by schema, grids as GeoJSON.

A file is complete or not there: it is written beside its place and then moved. Control characters
are written as blanks, for an import takes none: one of them must not keep a bureau from its files.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import openpyxl

from lianzhi.domains.enforcement.importing.codec import plain, text
from lianzhi.domains.enforcement.importing.guard import guarded
from lianzhi.domains.enforcement.importing.problem import MendError, told
from lianzhi.domains.enforcement.importing.rows import Grid
from lianzhi.domains.enforcement.importing.schema import schema

Value = str | int | float | Decimal | dt.date
#: Rows of a sheet, its header included.
SHEET_ROWS = 2**20
_DIGITS = 15


class ExportError(ValueError):
    """A file cannot be written; the message names it, the row and the mend."""


def write(path: Path, kind: str, rows: Sequence[Any], *, chinese: bool = False) -> None:
    """Write rows of a kind, by the ending of the path: .csv, .xlsx, and .geojson for grids.

    `chinese`: Chinese headers. Raises ExportError.
    """
    forms = {".geojson"} if kind == "grids" else {".csv", ".xlsx"}
    if path.suffix not in forms:
        raise ExportError(f"{path}: {kind} are written as {' or '.join(sorted(forms))}; name it so")
    if path.suffix == ".geojson":
        return put(path, geojson(rows))
    try:
        table = [_header(kind, chinese=chinese), *_cells(kind, rows)]
    except ValueError as error:
        raise ExportError(f"{path}: {error}") from None
    return tabulate(path, table)


def tabulate(path: Path, table: Sequence[Sequence[Value]]) -> None:
    """Write any table, its first row the header, as .csv or .xlsx. Raises ExportError."""
    safe = [[guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in table]
    try:
        data = _csv(safe) if path.suffix == ".csv" else _xlsx(safe)
    except ValueError as error:
        raise ExportError(f"{path}: {error}") from None
    put(path, data)


def put(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all. Raises ExportError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ExportError(f"{path}: {error.strerror}; give another place") from None


def _header(kind: str, *, chinese: bool) -> list[Value]:
    return [one.others[0] if chinese else one.name for one in schema(kind).columns]


def _cells(kind: str, rows: Sequence[Any]) -> Iterator[list[Value]]:
    for number, row in enumerate(rows, 1):
        cells: list[Value] = []
        for column in schema(kind).columns:
            value = getattr(row, column.name)
            said = "" if value is None else column.codec.write(value)
            try:
                cells.append(text(plain(said)) if isinstance(said, str) else said)
            except MendError as error:
                raise ExportError(
                    f"row {number}: {column.name} is {told(said)!r}: {error}"
                ) from None
        yield cells


def _csv(table: list[list[Value]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue().encode("utf-8")


def _xlsx(table: list[list[Value]]) -> bytes:
    if len(table) > SHEET_ROWS:
        raise ValueError(f"a sheet has {SHEET_ROWS:,} rows at most; write .csv")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lianzhi")
    sheet.freeze_panes = "A2"
    for row in table:
        sheet.append([_kept(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _kept(cell: Value) -> Value | None:
    """A value as a sheet keeps it: a number of more digits than a spreadsheet has becomes text."""
    if isinstance(cell, float) and float(f"{cell:.{_DIGITS}g}") != cell:
        return repr(cell)
    return None if cell == "" else cell


def geojson(grids: Sequence[Grid]) -> bytes:
    """Grids as a FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": grid.id, "name": grid.name, "name_en": grid.name_en, "squad": grid.squad,
            },
            "geometry": {"type": "Polygon", "coordinates": [grid.ring]},
        }
        for grid in grids
    ]  # fmt: skip
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})
