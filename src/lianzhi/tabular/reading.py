"""Reads a table: good rows typed, bad rows with what is wrong and how to mend it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from lianzhi.tabular.cells import BadCell, Cell, Line, is_blank, read_lines
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.problem import Fault, Problem, TableError, excerpt, wrong
from lianzhi.tabular.schema import Column, Schema

T = TypeVar("T")
NOTHING_KNOWN = KnownIds()


class ReadTable(msgspec.Struct, Generic[T], frozen=True):
    """What a file gave."""

    rows: tuple[T, ...] = ()
    errors: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()
    """Ids of rows that were left out."""
    lines: tuple[int, ...] = ()
    """Line of each row; of GeoJSON, which has no lines, the place of the feature."""
    file: str = ""
    same: int = 0
    """How many rows were left out because the record has the same already."""


class ReadRow(NamedTuple):
    """What one line gave: a typed row, or the problems for which it is left out."""

    line: int
    row: Any = None
    problems: tuple[Problem, ...] = ()
    id: str = ""
    """Of a row that is left out, as far as it can be read and was not given before."""


def read(
    path: Path, schema: Schema, known: KnownIds = NOTHING_KNOWN, data: bytes | None = None
) -> ReadTable[Any]:
    """The rows of a file, as many as `limits` allow; `stream` gives them one by one.

    `known`: ids that a row may refer to. `data`: the content of a file that lies on no disk. Never
    raises about a file: what is wrong with it as a whole is an error of line 0, or of the header's
    line.
    """
    rows: list[Any] = []
    lines: list[int] = []
    errors: list[Problem] = []
    refused: set[str] = set()
    for result in stream(path, schema, known, data):
        if result.problems:
            errors += result.problems
            refused |= {result.id} if result.id else set()
        else:
            rows.append(result.row)
            lines.append(result.line)
    return ReadTable(tuple(rows), tuple(errors), frozenset(refused), tuple(lines), path.name)


def stream(
    path: Path, schema: Schema, known: KnownIds = NOTHING_KNOWN, data: bytes | None = None
) -> Iterator[ReadRow]:
    """What each line of a file gives, as `read` takes it.

    In memory are the bytes of the file and the ids seen, both within `limits`.
    """
    lines = read_lines(path, data)
    try:
        header = next(lines, None)
        if header is None:
            raise wrong("empty_file")
        try:
            if header.fault:
                raise TableError(header.fault)
            columns = schema.columns_of(header.cells)
        except TableError as error:
            yield ReadRow(header.number, None, (_whole(path, header.number, error.fault),))
            return
        reader = _RowReader(path.name, schema, columns, known)
        for line in lines:
            yield reader.read(line)
    except TableError as error:
        yield ReadRow(0, None, (_whole(path, 0, error.fault),))


def _whole(path: Path, line: int, fault: Fault) -> Problem:
    return Problem(path.name, line, "", "", fault)


class _RowReader:
    """Reads the lines of one file under its header."""

    def __init__(self, file: str, schema: Schema, columns: list[Column], known: KnownIds) -> None:
        self._file, self._schema, self._columns, self._known = file, schema, columns, known
        self._first_line: dict[str, int] = {}

    def read(self, line: Line) -> ReadRow:
        wide = len(self._columns)
        if line.fault or len(line.cells) > wide:
            value = "" if line.fault else excerpt(line.cells[wide])
            fault = line.fault or Fault("row_wide", {"cells": len(line.cells), "header": wide})
            return ReadRow(line.number, None, (Problem(self._file, line.number, "", value, fault),))
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        padded = [*line.cells, *[None] * (wide - len(line.cells))]
        for c, cell in zip(self._columns, padded, strict=True):
            try:
                self._read_cell(c, cell, values)
            except TableError as error:
                value = excerpt(cell.text if isinstance(cell, BadCell) else cell)
                problems.append(Problem(self._file, line.number, c.name, value, error.fault))
        problems += self._contradictions(line.number, values)
        row_id = values.get("id", "")
        first = self._first_line.setdefault(row_id, line.number) if row_id else line.number
        if first != line.number:
            again = Fault("again", {"line": first})
            problems.append(Problem(self._file, line.number, "id", row_id, again))
            row_id = ""
        if problems:
            return ReadRow(line.number, None, tuple(problems), row_id)
        return ReadRow(line.number, self._schema.form(**values))

    def _read_cell(self, c: Column, cell: Cell, values: dict[str, Any]) -> None:
        """Read a cell into `values`; an empty one stays out. Raises TableError."""
        if is_blank(cell):
            if c.required:
                raise wrong("empty")
            return
        value = c.codec.read(cell)
        if c.required and value == ():
            raise wrong("empty")
        if c.refers_to:
            for ref in value if c.several else (value,):
                if rule := self._known.fault_rule(c.refers_to, ref):
                    if c.several:
                        raise wrong(f"{rule}_of", kind=c.kind_name, id=ref)
                    raise wrong(rule, kind=c.kind_name)
        values[c.name] = value

    def _contradictions(self, line: int, values: Mapping[str, Any]) -> Iterator[Problem]:
        for before, after in self._schema.order:
            if before in values and after in values and values[before] > values[after]:
                first = self._column(before)
                fault = Fault(
                    "before", {"column": first.header, "value": self._written(before, values)}
                )
                yield Problem(self._file, line, after, self._written(after, values), fault)
        for pair in self._schema.together:
            given = [name for name in pair if name in values]
            if len(given) == 1:
                lacking = next(name for name in pair if name not in values)
                header = next(c.header for c in self._schema.columns if c.name == lacking)
                fault = Fault("together", {"column": header})
                yield Problem(self._file, line, given[0], self._written(given[0], values), fault)

    def _column(self, name: str) -> Column:
        return next(c for c in self._columns if c.name == name)

    def _written(self, name: str, values: Mapping[str, Any]) -> str:
        return str(self._column(name).codec.write(values[name]))
