"""Reading a file of published figures: CSV, JSON, NDJSON and XLSX, from bytes.

A row that cannot be read is set aside with its line and the mend; good rows beside it are kept.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import openpyxl

from lianzhi.chain.published import figure_rows, wide
from lianzhi.chain.published.figure_rows import COLUMNS, FieldError
from lianzhi.chain.published.figures import Figure, Publication, RowError
from lianzhi.chain.published.units import folded
from lianzhi.chain.published.vocabulary import Vocabularies, Vocabulary
from lianzhi.chain.published.wide import WideError

MOST_BYTES = 4 << 20
MOST_ROWS = 2_000
MOST_COLUMNS = 64
MOST_UNPACKED = 4 << 20
"""Of a workbook: 2,000 rows are far less, and a packed mebibyte can hide a thousand."""

Cells = Mapping[str, str] | str
"""Texts of a row by column, or why it is no row."""
Row = tuple[int, Mapping[str, str]]


class ReadingError(ValueError):
    """A file cannot be read at all; the message says what to do."""


def read(data: bytes, vocabularies: Vocabularies) -> Publication:
    """Read a file, whatever of the formats it has. Raises ReadingError.

    Names are those of the vocabulary for the last period that the file names.
    """
    if len(data) > MOST_BYTES:
        raise ReadingError(
            f"more than {MOST_BYTES >> 20} MiB; give a file of figures, not of cases"
        )
    latest = vocabularies.on(None)
    if data.startswith(b"PK\x03\x04"):
        table = _workbook(data, latest)
    else:
        text = _text(data)
        table = _json(text) if text.lstrip()[:1] in ("{", "[") else _csv(text, latest)
    return publication(_bounded(table), vocabularies)


def publication(table: Iterable[tuple[int, Cells]], vocabularies: Vocabularies) -> Publication:
    """What rows publish, each with its line."""
    latest = vocabularies.on(None)
    read_rows: list[Row] = []
    errors: list[RowError] = []
    strange: dict[str, None] = {}
    for line, row in table:
        if isinstance(row, str):
            errors.append(RowError(line, "", row))
            continue
        try:
            rows = list(wide.unfolded(row, latest))
        except WideError as error:
            errors.append(RowError(line, "", str(error)))
            continue
        for unfolded in rows:
            strange.update(dict.fromkeys(key for key in unfolded if key not in COLUMNS))
            if any(text.strip() for text in unfolded.values()):
                read_rows.append((line, unfolded))
    vocabulary = vocabularies.on(figure_rows.last_day([row for _, row in read_rows]).last)
    figures: list[Figure] = []
    for line, row in read_rows:
        try:
            figures.append(
                figure_rows.figure({k: row[k] for k in COLUMNS if k in row}, line, vocabulary)
            )
        except FieldError as error:
            errors.append(RowError(line, error.column, str(error)))
    return Publication(
        figures=figure_rows.resolved(tuple(figures), vocabulary),
        errors=tuple(sorted(errors, key=lambda error: (error.line, error.column))),
        ignored=tuple(strange),
    )


def _bounded(table: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    for number, row in enumerate(table):
        if number >= MOST_ROWS:
            raise ReadingError(f"more than {MOST_ROWS:,} rows; give fewer at a time")
        yield row


def _text(data: bytes) -> str:
    """UTF-8, or GB 18030, in which spreadsheets in China save CSV."""
    if b"\0" in data:
        raise ReadingError("binary, and no workbook; give CSV, JSON, NDJSON or XLSX")
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise ReadingError("neither UTF-8 nor GB 18030; save it as UTF-8")


def _header(cells: Iterable[str], line: int, vocabulary: Vocabulary) -> list[str]:
    """The columns by our names; one that we don't know keeps its own."""
    known = [figure_rows.names().columns.get(folded(cell), cell.strip()) for cell in cells]
    if len(known) > MOST_COLUMNS:
        raise ReadingError(f"line {line} has more than {MOST_COLUMNS} columns; give fewer")
    try:
        meaning, _ = wide.columns(known, vocabulary)
    except WideError as error:
        raise ReadingError(f"line {line} has {error}") from None
    if not meaning and (not {"figure", "label"} & set(known) or not {"value", "rate"} & set(known)):
        has = ", ".join(known)[:80] or "nothing"
        raise ReadingError(
            f"line {line} has to name the columns, at least figure and value (指标, 数值), or "
            f"figure and a column a period, like 2021-Q1; it has {has}"
            "; make a row of each column of departments, or of figures of our own"
        )
    for name in COLUMNS:
        if known.count(name) > 1:
            raise ReadingError(f"line {line} has {known.count(name)} columns of {name}; keep one")
    return known


def _csv(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, Cells]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max((",", "\t", ";", "，"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield line, f"{error}; mend the line"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(cells, line, vocabulary)
        else:
            yield line, _row(header, cells)
    if header is None:
        raise ReadingError("empty; the first line names the columns, at least figure and value")


def _row(header: list[str], cells: list[str]) -> Mapping[str, str] | str:
    if any(cell.strip() for cell in cells[len(header) :]):
        return (
            f"{len(cells)} fields for {len(header)} columns; put a number with commas in "
            'quotation marks, like "89,240"'
        )
    return {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}


def _json(text: str) -> Iterator[tuple[int, Cells]]:
    """A list of objects, an object with `figures`, or one object a line."""
    try:
        whole = _parsed(text)
    except ValueError as error:
        if text.lstrip().startswith("["):
            raise ReadingError(f"no JSON: {error}; mend it") from None
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield number, _object(_parsed(line))
                except ValueError as wrong:
                    yield number, f"no JSON: {wrong}; mend the line"
        return
    if isinstance(whole, dict):
        whole = whole.get("figures", [whole])
    if not isinstance(whole, list):
        raise ReadingError("figures has to be a list of objects")
    for number, item in enumerate(whole, 1):
        yield number, _object(item)


def _parsed(text: str) -> Any:
    """JSON with numbers as they are written. Raises ValueError."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _object(item: Any) -> Mapping[str, str] | str:
    if not isinstance(item, dict):
        return "no object; give one with figure and value"
    row: dict[str, str] = {}
    for key, value in item.items():
        name = figure_rows.names().columns.get(folded(str(key)), str(key))
        if isinstance(value, dict | list | bool):
            if name in COLUMNS:
                return f"{key} is no text or number; give one"
            continue
        if name in row:
            return f"{key} gives {name} a second time; keep one"
        row[name] = "" if value is None else str(value)
    return row


def _workbook(data: bytes, vocabulary: Vocabulary) -> Iterator[tuple[int, Cells]]:
    """The first sheet; cells as they are shown, as far as percentages and decimals go."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MOST_UNPACKED:
                raise ReadingError(f"unpacks to more than {MOST_UNPACKED >> 20} MiB; give less")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size, other tools write wrongly
        header: list[str] | None = None
        for line, cells in enumerate(sheet.iter_rows(), 1):
            if line > MOST_ROWS + 1:
                raise ReadingError(f"more than {MOST_ROWS:,} rows; give fewer at a time")
            shown = [_shown(cell.value, getattr(cell, "number_format", "")) for cell in cells]
            if any(shown[MOST_COLUMNS:]):
                raise ReadingError(f"line {line} has more than {MOST_COLUMNS} columns; give fewer")
            if not any(shown):
                continue
            del shown[MOST_COLUMNS:]
            if header is None:
                header = _header(shown, line, vocabulary)
            else:
                yield line, _row(header, shown)
    except ReadingError:
        raise
    except Exception as error:  # openpyxl has no error of its own for a damaged workbook
        raise ReadingError(
            f"no workbook that can be read ({type(error).__name__}); save it anew"
        ) from None
    if header is None:
        raise ReadingError("empty; the first row names the columns, at least figure and value")


def _shown(value: Any, form: str) -> str:
    """A cell as a person sees it: 0.9808 in the form 0.00% is 98.08%."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).strip()
    exact = Decimal(str(value))
    main = form.split(";", maxsplit=1)[0]
    places = len(main.partition(".")[2]) - len(main.partition(".")[2].lstrip("0#?"))
    if "%" in main:
        return f"{exact * 100:.{places}f}%"
    if places:
        return f"{exact:.{places}f}"
    return f"{exact:f}".removesuffix(".0")
