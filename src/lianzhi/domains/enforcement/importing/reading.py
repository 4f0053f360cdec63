"""Reads one file of a town: good rows typed, bad rows told, nothing guessed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from lianzhi.domains.enforcement.importing import cells, grids, guard
from lianzhi.domains.enforcement.importing.cells import Cell, Strange
from lianzhi.domains.enforcement.importing.known import Known
from lianzhi.domains.enforcement.importing.problem import Mend, MendError, Problem, told
from lianzhi.domains.enforcement.importing.schema import Column, Schema, schema

T = TypeVar("T")
NOTHING = Known()


class Read(msgspec.Struct, Generic[T], frozen=True):
    """What a file gave."""

    rows: tuple[T, ...] = ()
    errors: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()
    """Ids of rows that were left out."""
    lines: tuple[int, ...] = ()
    """Line of each row; of grids, which are no lines, the place of the feature."""
    file: str = ""
    same: int = 0
    """How many rows were left out because the record says the same already."""


def read(path: Path, kind: str, known: Known = NOTHING, data: bytes | None = None) -> Read[Any]:
    """The rows of a file of a kind: one of rows.FORMS, or `grids` (GeoJSON).

    `known`: ids that a row may point to. `data`: what is in a table that lies on no disk. Never
    raises about a file: what is wrong with it as a whole is an error of line 0, or of the header's
    line. Raises KeyError for an unknown kind.
    """
    reader = _Reader(path.name, schema(kind), known) if kind != "grids" else None
    try:
        if reader is None:
            rows, errors, refused = grids.read(path)
            return Read(rows, errors, refused, tuple(range(1, len(rows) + 1)), path.name)
        reader.take(cells.lines(path, data))
    except MendError as error:
        whole = Problem(path.name, 0, "", "", error.why)
        if reader is None:
            return Read((), (whole,), file=path.name)
        reader.errors.append(whole)
    rows, errors = tuple(reader.rows), tuple(reader.errors)
    return Read(rows, errors, frozenset(reader.refused), tuple(reader.lines), path.name)


class _Reader:
    """One file on its way."""

    def __init__(self, file: str, form: Schema, known: Known) -> None:
        self.file, self.schema, self.known = file, form, known
        self.rows: list[Any] = []
        self.lines: list[int] = []
        self.errors: list[Problem] = []
        self.refused: set[str] = set()
        self.first_at: dict[str, int] = {}
        self.columns: list[Column] = []

    def take(self, lines: Iterator[cells.Line]) -> None:
        """Read it. Raises MendError about the file as a whole."""
        header = next(lines, None)
        if header is None:
            raise MendError("empty_file")
        try:
            if header.wrong:
                raise MendError(header.wrong.rule, **header.wrong.said)
            self.columns = self.schema.placed(header.cells)
        except MendError as error:
            self.errors.append(Problem(self.file, header.number, "", "", error.why))
            return
        for line in lines:
            found = [] if line.wrong else list(self._row(line.number, line.cells))
            if line.wrong:
                found = [Problem(self.file, line.number, "", "", line.wrong)]
            self.errors += found

    def _row(self, line: int, row: list[Cell]) -> Iterator[Problem]:
        """The problems of a row; without any it is kept."""
        wide = len(self.columns)
        if len(row) > wide:
            mend = Mend("row_wide", {"cells": len(row), "header": wide})
            yield Problem(self.file, line, "", told(row[wide]), mend)
            return
        values: dict[str, Any] = {}
        problems = []
        for column, cell in zip(self.columns, [*row, *[None] * (wide - len(row))], strict=True):
            try:
                self._cell(column, cell, values)
            except MendError as error:
                value = cell.text if isinstance(cell, Strange) else cell
                problems.append(Problem(self.file, line, column.name, told(value), error.why))
        problems += self._contradictions(line, values)
        again = self._again(line, values)
        yield from problems
        if again is not None:
            yield again
        elif not problems:
            self.rows.append(self.schema.form(**values))
            self.lines.append(line)
        elif "id" in values:
            self.refused.add(values["id"])

    def _cell(self, column: Column, cell: Cell, values: dict[str, Any]) -> None:
        """Read a cell into `values`; an empty one stays out. Raises MendError."""
        if cells.blank(cell):
            if column.required:
                raise MendError("empty")
            return
        value = column.codec.read(guard.bare(cell) if isinstance(cell, str) else cell)
        if column.required and value == ():
            raise MendError("empty")
        if column.refers:
            for one in value if column.many else (value,):
                if wrong := self.known.wrong(column.refers, one):
                    if column.many:
                        raise MendError(f"{wrong}_of", kind=column.refers, id=one)
                    raise MendError(wrong, kind=column.refers)
        values[column.name] = value

    def _contradictions(self, line: int, values: Mapping[str, Any]) -> Iterator[Problem]:
        for before, after in self.schema.order:
            if before in values and after in values and values[before] > values[after]:
                first, then = (self._said(name, values) for name in (before, after))
                mend = Mend("before", {"column": before, "value": first})
                yield Problem(self.file, line, after, then, mend)
        for one, other in self.schema.together:
            if (one in values) != (other in values):
                given, lacking = (one, other) if one in values else (other, one)
                mend = Mend("together", {"column": lacking})
                yield Problem(self.file, line, given, self._said(given, values), mend)

    def _said(self, name: str, values: Mapping[str, Any]) -> str:
        column = next(one for one in self.columns if one.name == name)
        return str(column.codec.write(values[name]))

    def _again(self, line: int, values: Mapping[str, Any]) -> Problem | None:
        """A problem where the id stands on an earlier line already."""
        if "id" not in values:
            return None
        first = self.first_at.setdefault(values["id"], line)
        if first == line:
            return None
        mend = Mend("again", {"line": first})
        return Problem(self.file, line, "id", values["id"], mend)
