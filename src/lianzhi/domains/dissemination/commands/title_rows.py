"""Rows of titles: what `lianzhi dissemination title` reads and writes."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.domains.dissemination.line_files import FileError
from lianzhi.domains.dissemination.titles.detect import Detector
from lianzhi.tabular.formula_guard import guarded

_Title = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
_Body = Annotated[str, msgspec.Meta(max_length=100_000)]


class TitlePair(msgspec.Struct, frozen=True):
    """A reprint's title, and the title and body of its own source."""

    source_title: _Title
    reprint_title: _Title
    source_body: _Body = ""
    id: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ChangeRow(msgspec.Struct, frozen=True):
    """A change as it is written: spans are offsets, from 0, of the titles as given."""

    line: int
    id: str
    rule: str
    detail: str
    source_start: int
    source_end: int
    source_text: str
    reprint_start: int
    reprint_end: int
    reprint_text: str


def change_rows(detector: Detector, line: int, pair: TitlePair) -> Iterator[ChangeRow]:
    """The changes of a pair, with the words concerned."""
    for change in detector.changes(pair.source_title, pair.source_body, pair.reprint_title):
        source, reprint = change.source, change.reprint
        yield ChangeRow(
            line,
            pair.id,
            change.rule,
            change.detail,
            *source,
            pair.source_title[slice(*source)],
            *reprint,
            pair.reprint_title[slice(*reprint)],
        )


def write_changes(path: Path, rows: Iterable[ChangeRow]) -> None:
    """Write rows as CSV or JSON lines, by the file's ending. Raises FileError."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".jsonl", ".ndjson"):
        raise FileError(f"{path}: {suffix or 'no ending'} is not written; give .csv or .jsonl")
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        except OSError as error:
            raise FileError(f"{path}: {error.strerror}; make it writable") from None
        if suffix == ".csv":
            writer = csv.writer(file)
            writer.writerow(ChangeRow.__struct_fields__)
            for row in rows:
                cells = msgspec.structs.astuple(row)
                writer.writerow([guarded(c) if isinstance(c, str) else c for c in cells])
        else:
            for row in rows:
                file.write(msgspec.json.encode(row).decode() + "\n")
