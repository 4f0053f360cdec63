"""Import of mediators: rows that say something new; who has retired comes back by hand alone."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from lianzhi.domains.mediation.desk.mediators import Mediators
from lianzhi.domains.mediation.importing.mediator_row import MediatorRow, schema
from lianzhi.domains.mediation.words import words
from lianzhi.kit import table_names
from lianzhi.tabular import folder
from lianzhi.tabular.cells import ENDINGS
from lianzhi.tabular.folder import FileKind, Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.problem import Fault, Problem
from lianzhi.tabular.reading import ReadTable, read

KIND = "mediators"


def stored_mediators(sent: str) -> str:
    """Name under which an uploaded file is stored. Raises Refusal for an unknown kind."""
    return table_names.stored_name(sent, {KIND: schema().kind.zh}, {KIND: ENDINGS})


class MediatorImport:
    """Reads and takes in a folder with mediators. Implements `kit.table_commands.Import`."""

    def __init__(self, mediators: Mediators) -> None:
        self._mediators = mediators

    def read(self, path: Path, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of a folder may come in; what may not is told row by row."""
        kinds = {
            KIND: FileKind(lambda file, known: self._new(read(file, schema(), known)), ENDINGS)
        }
        return folder.read_folder(path, kinds, KnownIds(), watch)

    def take(
        self, folder: Folder, by: str, watch: Callable[[int, int], None] = lambda done, whole: None
    ) -> dict[str, int]:
        """Put the good rows on the record; returns how many."""
        rows: tuple[MediatorRow, ...] = folder.reads[KIND].rows if KIND in folder.reads else ()
        self._mediators.take(rows, by)
        return {KIND: len(rows)}

    def _new(self, table: ReadTable[MediatorRow]) -> ReadTable[MediatorRow]:
        known = self._mediators.known()
        good, wrong, same, seen = [], list(table.errors), 0, set[str]()
        for row, line in zip(table.rows, table.lines, strict=True):
            problem = partial(_problem, table.file, line, row.id)
            before = known.get(row.id)
            if "/" in row.id:
                wrong.append(problem("mediation_id"))
            elif row.id in seen:
                wrong.append(problem("mediator_twice"))
            elif before is not None and before[0].status != "active":
                wrong.append(problem("mediator_retired"))
            elif before is not None and before[1] == row:
                same += 1
            else:
                good.append((row, line))
            seen.add(row.id)
        wrong.sort(key=lambda each: each.line)
        rows, lines = tuple(row for row, _ in good), tuple(line for _, line in good)
        return msgspec.structs.replace(
            table, rows=rows, lines=lines, errors=tuple(wrong), same=same
        )


def _problem(file: str, line: int, value: str, rule: str) -> Problem:
    return Problem(file, line, "id", value, Fault(rule, catalogue=words))
