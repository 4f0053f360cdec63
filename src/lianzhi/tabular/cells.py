"""Rows of cells from CSV, XLSX and JSON, within limits.

Formulas are refused, for their values can change. A JSON file is an array of objects; its header
is all their names, in the order in which they first occur.
"""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import openpyxl
from openpyxl.packaging.manifest import Manifest
from openpyxl.xml.constants import ARC_CONTENT_TYPES, WORKSHEET_TYPE
from openpyxl.xml.functions import fromstring

from lianzhi.tabular import limits
from lianzhi.tabular.formula_guard import unguarded
from lianzhi.tabular.problem import Fault, TableError, wrong

#: Endings of the files that are read and written.
ENDINGS = (".csv", ".xlsx", ".json")
_SHEETS = "xl/worksheets/"


class BadCell(NamedTuple):
    """A cell whose value can't be taken: a formula, or an error of the spreadsheet."""

    text: str
    rule: str
    """Of the fault."""


Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | BadCell | None


class Line(NamedTuple):
    """A row of a file; `fault` where it could not be taken apart."""

    number: int
    """The first is 1; of JSON the object, counted from 1, and 0 for the header."""
    cells: list[Cell]
    fault: Fault | None = None


def read_lines(path: Path, data: bytes | None = None) -> Iterator[Line]:
    """The rows of a file by its ending, header first, blank rows left out.

    `data`: the content, where the file lies on no disk. Raises TableError about the whole file.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise wrong("ending", ending=path.suffix)
    for before, line in enumerate(reader(limits.file_bytes(path) if data is None else data)):
        if before > limits.ROWS:
            raise wrong("rows", most=f"{limits.ROWS:,}")
        while line.cells and is_blank(line.cells[-1]):
            line.cells.pop()
        if len(line.cells) > limits.COLUMNS:
            yield Line(line.number, [], _too_wide())
        elif line.cells or line.fault:
            yield line


def is_blank(cell: Cell) -> bool:
    """Whether a cell is empty."""
    return cell is None or (type(cell) is str and not cell.strip())


def _too_wide() -> Fault:
    return Fault("columns", {"most": limits.COLUMNS})


def _csv(data: bytes) -> Iterator[Line]:
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # the reader goes on at the next line
            yield Line(number, [], Fault("csv", {"why": error}))
            continue
        # The module's own limit is everybody's, and others raise it.
        if any(len(cell) > limits.FIELD for cell in cells):
            why = f"field larger than field limit ({limits.FIELD})"
            yield Line(number, [], Fault("csv", {"why": why}))
        else:
            yield Line(number, [unguarded(cell) for cell in cells])


def _decode(data: bytes) -> str:
    """UTF-8, or GB 18030, in which spreadsheets in China save CSV. Raises TableError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        with suppress(UnicodeDecodeError):
            return data.decode("gb18030")
        raise wrong("utf8", byte=error.start) from None


def _json(data: bytes) -> Iterator[Line]:
    objects = []
    try:
        # One by one: an object is unpacked only while its row is read.
        objects = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise wrong("json", why=error) from None
    names: dict[str, None] = {}
    for raw in objects[: limits.ROWS + 1]:
        fields, _ = _object(raw)
        names |= dict.fromkeys(fields)
        if len(names) > limits.COLUMNS:
            raise TableError(_too_wide())
    yield Line(0, list(names))
    for number, raw in enumerate(objects, 1):
        fields, fault = _object(raw)
        yield Line(number, [_scalar(fields.get(name)) for name in names], fault)


def _object(raw: msgspec.Raw) -> tuple[dict[str, Any], Fault | None]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any]), None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return {}, Fault("json_row", {"why": error})


def _scalar(value: Any) -> Cell:
    """A value of JSON as a cell has it: several values with `;` between, an object as its JSON."""
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return ";".join("" if part is None else str(part) for part in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    cell: Cell = value
    return cell


def _xlsx(data: bytes) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_unpacked_size(archive)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        try:
            yield from _sheet(book)
        finally:
            book.close()
    except TableError:
        raise
    except Exception as error:  # whatever a broken archive or broken XML makes the library raise
        why = type(error).__name__
        raise wrong("workbook", why=why) from None


def _check_unpacked_size(archive: zipfile.ZipFile) -> None:
    """Raise TableError for what would take too much memory or time to unpack.

    What the archive says of a part's size holds: no more of it is ever unpacked.
    """
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > limits.UNPACKED:
        raise wrong("unpacks", most=limits.UNPACKED // 2**20)
    large = {part.filename for part in parts if part.file_size > limits.AT_ONCE}
    if not large:
        return
    if all(name.startswith(_SHEETS) for name in large):
        # Texts may lie anywhere: what a part is, the manifest says.
        manifest = Manifest.from_tree(fromstring(archive.read(ARC_CONTENT_TYPES)))
        types = {part.ContentType for part in manifest.Override if part.PartName[1:] in large}
        if types <= {WORKSHEET_TYPE}:
            return
    raise wrong("texts", most=limits.AT_ONCE // 2**20)


def _sheet(book: Any) -> Iterator[Line]:
    first, *others = book.worksheets
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its size, other tools write wrongly
    for sheet in others:
        if any(cell.value is not None for row in islice(_rows(sheet), limits.ROWS) for cell in row):
            raise wrong("sheets", first=first.title, other=sheet.title)
    for number, row in enumerate(_rows(first), 1):
        if len(row) > limits.COLUMNS:
            yield Line(number, [], _too_wide())
        else:
            yield Line(number, [_cell(cell) for cell in row])


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    """Rows of cells; of those that reach far out up to the last value, for formats alone count for
    nothing. Raises TableError where there are very many of these."""
    wide = 0
    for row in sheet.iter_rows():
        last = len(row)
        if last > limits.COLUMNS:
            wide += 1
            if wide > limits.WIDE:
                raise TableError(_too_wide())
            last = max((n for n, cell in enumerate(row, 1) if cell.value is not None), default=0)
        yield row[:last]


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return BadCell(str(cell.value), "formula")
    if cell.data_type == "e":
        return BadCell(str(cell.value), "cell_error")
    value: Cell = cell.value
    return unguarded(value) if isinstance(value, str) else value


_READERS = {".csv": _csv, ".xlsx": _xlsx, ".json": _json}
