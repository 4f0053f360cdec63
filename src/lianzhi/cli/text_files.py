"""Reads and writes files of texts (CSV, Parquet, NDJSON) in chunks.

A row that cannot be read is rejected with its number and reason; good rows are kept.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol, TextIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

#: Rows per batch.
CHUNK = 2048
#: Most characters of a field, and most bytes of a line.
_MOST = 1 << 20
Row = dict[str, Any]


class FileError(ValueError):
    """A file cannot be used; the message names file, fault and remedy."""


class Rejected(NamedTuple):
    """A row that was rejected, and why."""

    row: int
    """Row number in the file, from 1; for CSV and NDJSON the line on which it begins."""
    reason: str


class Chunk(NamedTuple):
    """Consecutive rows, with the rejected ones among them."""

    rows: list[Row]
    rejected: list[Rejected]
    done: int
    """Bytes of CSV and NDJSON, rows of Parquet, read so far."""


class Writer(Protocol):
    """Writes rows to a file."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows that all have the same fields."""


class Source(NamedTuple):
    """A file that is being read."""

    total: int
    """Final value of `Chunk.done`."""
    chunks: Iterator[Chunk]
    schema: pa.Schema | None = None
    """The column types, where the format states them."""


def read(path: Path, text_column: str) -> Source:
    """Read a file's rows; each has a text in its text column. Raises FileError."""
    kind = _kind(path)
    try:
        if kind == "parquet":
            return _read_parquet(path, text_column)
        size = path.stat().st_size
    except (OSError, pa.ArrowException) as error:
        raise FileError(f"{path}: {error}; give a {kind} file that can be read") from None
    reader = _read_csv if kind == "csv" else _read_ndjson
    return Source(size, reader(path, text_column))


def write(path: Path, schema: pa.Schema | None = None) -> AbstractContextManager[Writer]:
    """Writer for a file, in the format of its name; `schema` is for Parquet.

    Raises FileError.
    """
    kind = _kind(path)
    if kind == "parquet":
        return _parquet(path, schema)
    return _csv(path) if kind == "csv" else _ndjson(path)


def _kind(path: Path) -> str:
    kinds = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise FileError(f"{path}: {path.suffix or 'no ending'}; give one of {', '.join(kinds)}")
    return kind


def _problem(row: Row, column: str) -> str:
    """Why a row cannot be assessed; empty where it can."""
    if column not in row:
        return f"{column}: missing; give the text there, or name another --text-column"
    text = row[column]
    if not isinstance(text, str):
        return f"{column}: {text!r:.80} is no text; give a string"
    if len(text) > _MOST:
        return f"{column}: it has {len(text):,} characters; give {_MOST:,} at most"
    return ""


class _Gathered:
    def __init__(self, column: str) -> None:
        self._column = column
        self._rows: list[Row] = []
        self._rejected: list[Rejected] = []

    def add(self, number: int, row: Row) -> None:
        if reason := _problem(row, self._column):
            self.reject(number, reason)
        else:
            self._rows.append(row)

    def reject(self, number: int, reason: str) -> None:
        self._rejected.append(Rejected(number, reason))

    def full(self) -> bool:
        return len(self._rows) + len(self._rejected) >= CHUNK

    def take(self, done: int) -> Chunk:
        chunk = Chunk(self._rows, self._rejected, done)
        self._rows, self._rejected = [], []
        return chunk


def _read_csv(path: Path, column: str) -> Iterator[Chunk]:
    csv.field_size_limit(_MOST)
    with path.open("rb") as raw:
        lines = _decoded(raw, path)
        reader = csv.reader(lines, strict=True)
        names = next(reader, [])
        if column not in names:
            known = ", ".join(names) or "none"
            raise FileError(f"{path}: no column {column!r}; its columns: {known}")
        gathered = _Gathered(column)
        number = reader.line_num + 1
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                gathered.reject(number, f"{error}; mend the quotes")
            else:
                if fields and len(fields) != len(names):
                    reason = f"{len(fields)} fields where the head has {len(names)}; quote the text"
                    gathered.reject(number, reason)
                elif fields:
                    gathered.add(number, dict(zip(names, fields, strict=True)))
            number = reader.line_num + 1
            if gathered.full():
                yield gathered.take(raw.tell())
        yield gathered.take(raw.tell())


def _decoded(raw: Any, path: Path) -> Iterator[str]:
    """Lines of a file in UTF-8; invalid bytes are replaced."""
    for number, line in enumerate(raw):
        text = line.decode("utf-8", "replace")
        if "\0" in text:
            raise FileError(f"{path}: line {number + 1} holds a NUL; save the file as UTF-8 text")
        yield text.removeprefix("\ufeff") if number == 0 else text


def _read_ndjson(path: Path, column: str) -> Iterator[Chunk]:
    decoder = msgspec.json.Decoder()
    gathered = _Gathered(column)
    with path.open("rb") as raw:
        for number, line in enumerate(iter(lambda: raw.readline(8 * _MOST), b""), 1):
            if line.strip():
                try:
                    row = decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    gathered.reject(number, f"{error}; give one JSON object a line")
                else:
                    if isinstance(row, dict):
                        gathered.add(number, row)
                    else:
                        gathered.reject(number, f"{row!r:.80} is no object; give one a line")
            if gathered.full():
                yield gathered.take(raw.tell())
        yield gathered.take(raw.tell())


def _read_parquet(path: Path, column: str) -> Source:
    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    if column not in names:
        raise FileError(f"{path}: no column {column!r}; its columns: {', '.join(names)}")
    return Source(file.metadata.num_rows, _parquet_chunks(file, column), file.schema_arrow)


def _parquet_chunks(file: pq.ParquetFile, column: str) -> Iterator[Chunk]:
    done = 0
    for batch in file.iter_batches(batch_size=CHUNK):
        gathered = _Gathered(column)
        for place, row in enumerate(batch.to_pylist()):
            gathered.add(done + place + 1, row)
        done += batch.num_rows
        yield gathered.take(done)


class _CsvWriter:
    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._writer: csv.DictWriter[str] | None = None

    def write(self, rows: Sequence[Row]) -> None:
        if rows and self._writer is None:
            self._writer = csv.DictWriter(self._file, list(rows[0]), lineterminator="\n")
            self._writer.writeheader()
        if self._writer is not None:
            try:
                self._writer.writerows(rows)
            except ValueError as error:
                raise FileError(f"{error}; rows differ, so write NDJSON") from None


@contextmanager
def _csv(path: Path) -> Iterator[Writer]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield _CsvWriter(file)


class _LineWriter:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()

    def write(self, rows: Sequence[Row]) -> None:
        self._file.write(self._encoder.encode_lines(rows))


@contextmanager
def _ndjson(path: Path) -> Iterator[Writer]:
    with path.open("wb") as file:
        yield _LineWriter(file)


class _TableWriter:
    def __init__(self, path: Path, schema: pa.Schema | None) -> None:
        self._path, self._schema = path, schema
        self._file: pq.ParquetWriter | None = None

    def write(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        try:
            if self._file is None:
                self._file = pq.ParquetWriter(self._path, self._whole(rows))
            self._file.write_table(pa.Table.from_pylist(list(rows), schema=self._file.schema))
        except pa.ArrowException as error:
            raise FileError(f"{error}; rows differ in type, so write NDJSON") from None

    def _whole(self, rows: Sequence[Row]) -> pa.Schema:
        """The given column types, and inferred ones for the rest."""
        seen = pa.Table.from_pylist(list(rows)).schema
        fields = {} if self._schema is None else {field.name: field for field in self._schema}
        return pa.schema([fields.get(field.name, field) for field in seen])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@contextmanager
def _parquet(path: Path, schema: pa.Schema | None) -> Iterator[Writer]:
    writer = _TableWriter(path, schema)
    try:
        yield writer
    finally:
        writer.close()
