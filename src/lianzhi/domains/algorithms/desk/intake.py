"""Tables in and out: algorithms as rows, each looked at before it goes on the record."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.algorithms.desk.office import Office
from lianzhi.domains.algorithms.desk.registry import Registry
from lianzhi.domains.algorithms.importing.files import KIND, all_schemas, read_folder
from lianzhi.domains.algorithms.importing.rows import AlgorithmRow
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.words import words
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.problem import Fault, Problem, excerpt
from lianzhi.tabular.writing import write


class Intake:
    """Takes the table of algorithms in; see `kit.table_commands.Import`."""

    def __init__(self, office: Office, registry: Registry) -> None:
        self._office, self._registry = office, registry

    def read(self, folder: Path, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of the folder may come in; a row that may not is told by line and column."""
        read = read_folder(folder, watch)
        if KIND not in read.reads:
            return read
        table = read.reads[KIND]
        with self._office.reading() as connection:
            there = views.algorithm_ids(connection)
        good, lines, wrong, refused = [], [], list(table.errors), set(table.refused)
        for row, line in zip(table.rows, table.lines, strict=True):
            if (fault := _fault(row, there, self._office.today())) is None:
                there.add(row.id)
                good.append(row)
                lines.append(line)
                continue
            column, value, rule = fault
            wrong.append(
                Problem(table.file, line, column, excerpt(value), Fault(rule, catalogue=words))
            )
            refused.add(row.id)
        wrong.sort(key=lambda each: each.line)
        kept = msgspec.structs.replace(
            table, rows=tuple(good), errors=tuple(wrong), refused=frozenset(refused),
            lines=tuple(lines),
        )  # fmt: skip
        return msgspec.structs.replace(read, reads={**read.reads, KIND: kept})

    def take(
        self,
        folder: Folder,
        by: str,
        watch: Callable[[int, int], None] = lambda done, whole: None,
    ) -> dict[str, int]:
        """Put the good rows on the record, in one step; how many by kind."""
        rows = folder.reads[KIND].rows if KIND in folder.reads else ()
        with self._office.ledger.batch() as batch:
            for done, row in enumerate(rows, 1):
                self._registry.put(batch, row, by)
                watch(done, len(rows))
        return {KIND: len(rows)}

    def write(
        self,
        folder: Path,
        *,
        sheets: bool = False,
        watch: Callable[[str], None] = lambda file: None,
    ) -> dict[str, int]:
        """Write the algorithms into a folder, as the file that an import reads."""
        watch(KIND)
        with self._office.reading() as connection:
            known = tables.algorithm.every(connection)
        names = AlgorithmRow.__struct_fields__
        rows = [AlgorithmRow(**{name: getattr(each, name) for name in names}) for each in known]
        write(folder / f"{KIND}{'.xlsx' if sheets else '.csv'}", all_schemas()[KIND], rows)
        return {KIND: len(rows)}


def _fault(row: AlgorithmRow, there: set[str], today: dt.date) -> tuple[str, Any, str] | None:
    """Column, value and rule of what is wrong with a row."""
    if row.id in there:
        return "name", row.name, "algorithm_known"
    for column in ("launched", "submitted", "answered"):
        day: dt.date | None = getattr(row, column)
        if day is not None and day > today:
            return column, day, "algorithm_future"
    return None
