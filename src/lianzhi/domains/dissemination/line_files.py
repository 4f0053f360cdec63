"""Files of rows, CSV or JSON lines, read one by one; bad rows with their line and what to do."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

T = TypeVar("T")
#: Most characters of a field, and most bytes of a line.
_MOST = 1 << 20
_JSON = frozenset({".jsonl", ".ndjson"})


class FileError(ValueError):
    """A file cannot be used; the message names file, fault and mend."""


class FileRow(NamedTuple, Generic[T]):
    """A row of a file, or why it is left out."""

    line: int
    value: T | None
    problem: str = ""


def read_rows(path: Path, form: type[T]) -> Iterator[FileRow[T]]:
    """The rows of a file in order, as values of a struct; columns that it lacks are passed over.

    Raises FileError where the file cannot be read or its name ends in no known format.
    """
    suffix = path.suffix.lower()
    if suffix not in _JSON and suffix != ".csv":
        raise FileError(f"{path}: {suffix or 'no ending'} is not read; give .csv or .jsonl")
    rows = _json_rows if suffix in _JSON else _csv_rows
    try:
        for line, raw in rows(path):
            if isinstance(raw, str):
                yield FileRow(line, None, raw)
                continue
            try:
                yield FileRow(line, msgspec.convert(raw, form, strict=False))
            except msgspec.ValidationError as error:
                yield FileRow(line, None, str(error))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path}: {error}; give a file in UTF-8") from None


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    with path.open("rb") as file:
        for line, raw in enumerate(iter(lambda: file.readline(_MOST + 1), b""), 1):
            if len(raw) > _MOST:
                raise FileError(f"{path}: line {line} is longer than {_MOST:,} bytes; shorten it")
            if not raw.strip():
                continue
            try:
                value = msgspec.json.decode(raw)
            except msgspec.DecodeError as error:
                yield line, f"{error}; write one JSON object a line"
                continue
            yield line, value if isinstance(value, dict) else "is no JSON object; write one"


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    csv.field_size_limit(_MOST)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            cells = {name: cell for name, cell in row.items() if name and cell not in (None, "")}
            yield reader.line_num, cells
