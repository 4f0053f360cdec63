"""Rows of cells from CSV and XLSX, within limits. Formulas are refused: their values can change."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.packaging.manifest import Manifest
from openpyxl.xml.constants import ARC_CONTENT_TYPES, WORKSHEET_TYPE
from openpyxl.xml.functions import fromstring

from lianzhi.domains.enforcement.importing import limits
from lianzhi.domains.enforcement.importing.problem import Mend, MendError

_SHEETS = "xl/worksheets/"


class Strange(NamedTuple):
    """A cell whose value cannot be taken: a formula, or an error of the spreadsheet."""

    text: str
    rule: str
    """Of its mend."""


Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | Strange | None


class Line(NamedTuple):
    """A row of a file, blank rows left out; `wrong` where it could not be taken apart."""

    number: int
    cells: list[Cell]
    wrong: Mend | None = None


def lines(path: Path, data: bytes | None = None) -> Iterator[Line]:
    """The rows of a file by its ending, header included. Raises MendError about the whole file.

    `data`: what is in it, where it lies on no disk.
    """
    read = {".csv": _csv, ".xlsx": _xlsx}.get(path.suffix.lower())
    if read is None:
        raise MendError("ending", ending=path.suffix)
    for before, line in enumerate(read(limits.content(path) if data is None else data)):
        if before > limits.ROWS:
            raise MendError("rows", most=f"{limits.ROWS:,}")
        while line.cells and blank(line.cells[-1]):
            line.cells.pop()
        if len(line.cells) > limits.COLUMNS:
            yield Line(line.number, [], Mend("columns", {"most": limits.COLUMNS}))
        elif line.cells or line.wrong:
            yield line


def blank(cell: Cell) -> bool:
    """Whether a cell is empty."""
    return cell is None or (type(cell) is str and not cell.strip())


def _csv(data: bytes) -> Iterator[Line]:
    text = _text(data)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # the reader goes on at the next line
            yield Line(number, [], Mend("csv", {"why": error}))
            continue
        # The module's own limit is everybody's, and others raise it.
        if any(len(cell) > limits.FIELD for cell in cells):
            why = f"field larger than field limit ({limits.FIELD})"
            yield Line(number, [], Mend("csv", {"why": why}))
        else:
            yield Line(number, list(cells))


def _text(data: bytes) -> str:
    """UTF-8, or GB 18030, in which spreadsheets in China save CSV. Raises MendError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        with suppress(UnicodeDecodeError):
            return data.decode("gb18030")
        raise MendError("utf8", byte=error.start) from None


def _xlsx(data: bytes) -> Iterator[Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _weigh(packed)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        try:
            yield from _sheet(book)
        finally:
            book.close()
    except MendError:
        raise
    except Exception as error:  # whatever a broken archive or broken XML makes the library raise
        why = type(error).__name__
        raise MendError("workbook", why=why) from None


def _weigh(packed: zipfile.ZipFile) -> None:
    """Raise MendError for what would take too much memory or time to unpack.

    What the archive says of a part's size holds: no more of it is ever unpacked.
    """
    parts = packed.infolist()
    if sum(part.file_size for part in parts) > limits.UNPACKED:
        raise MendError("unpacks", most=limits.UNPACKED // 2**20)
    large = {part.filename for part in parts if part.file_size > limits.AT_ONCE}
    if not large:
        return
    if all(name.startswith(_SHEETS) for name in large):
        # Texts may lie anywhere: what a part is, the manifest says.
        manifest = Manifest.from_tree(fromstring(packed.read(ARC_CONTENT_TYPES)))
        kinds = {one.ContentType for one in manifest.Override if one.PartName[1:] in large}
        if kinds <= {WORKSHEET_TYPE}:
            return
    raise MendError("texts", most=limits.AT_ONCE // 2**20)


def _sheet(book: Any) -> Iterator[Line]:
    first, *others = book.worksheets
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its size, other tools write wrongly
    for sheet in others:
        if any(cell.value is not None for row in islice(_rows(sheet), limits.ROWS) for cell in row):
            raise MendError("sheets", first=first.title, other=sheet.title)
    for number, row in enumerate(_rows(first), 1):
        if len(row) > limits.COLUMNS:
            yield Line(number, [], Mend("columns", {"most": limits.COLUMNS}))
        else:
            yield Line(number, [_cell(cell) for cell in row])


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    """Rows of cells; of those that reach far out up to the last value, for formats alone count for
    nothing. Raises MendError where there are very many of these."""
    wide = 0
    for row in sheet.iter_rows():
        last = len(row)
        if last > limits.COLUMNS:
            wide += 1
            if wide > limits.WIDE:
                raise MendError("columns", most=limits.COLUMNS)
            last = max((n for n, cell in enumerate(row, 1) if cell.value is not None), default=0)
        yield row[:last]


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Strange(str(cell.value), "formula")
    if cell.data_type == "e":
        return Strange(str(cell.value), "cell_error")
    value: Cell = cell.value
    return value
