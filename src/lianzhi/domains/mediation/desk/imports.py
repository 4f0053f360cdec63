"""Imports: cases with their points, and disputes, from people's tables to the record in one step.

Fines are compared among all cases on record. A case that is imported again gets its points
anew; one that was dismissed is refused, row by row.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.domains.mediation.desk.dispute_imports import DisputeImports
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.importing.dispute_row import DisputeRow
from lianzhi.domains.mediation.importing.files import read_folder
from lianzhi.domains.mediation.nouns.warning import CaseWarning
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.warning import ItemFine, warn_all
from lianzhi.domains.mediation.words import words
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.problem import Fault, Problem
from lianzhi.tabular.reading import ReadTable

#: How many entries are appended at a time within the one transaction.
_AT_ONCE = 2000


class Imports:
    """Reads and takes in a folder of tables. Implements `kit.table_commands.Import`."""

    def __init__(self, office: Office) -> None:
        self._office, self._disputes = office, DisputeImports(office)

    def read(self, folder: Path, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of a folder may come in; what may not is told row by row."""
        tables_read = read_folder(folder, KnownIds(), watch)
        new: dict[str, Callable[[ReadTable[Any]], ReadTable[Any]]] = {
            "cases": self._new,
            "disputes": self._disputes.new,
        }
        reads = {kind: new[kind](table) for kind, table in tables_read.reads.items()}
        return msgspec.structs.replace(tables_read, reads=reads)

    def _new(self, table: ReadTable[CaseRow]) -> ReadTable[CaseRow]:
        """The rows that are new or say something new; the record's own rows are left out."""
        on_record = self._on_record()
        good, lines, wrong, same = [], [], list(table.errors), 0
        for row, line in zip(table.rows, table.lines, strict=True):
            warning = on_record.get(row.id)
            if "/" in row.id:
                fault = Fault("mediation_id", catalogue=words)
                wrong.append(Problem(table.file, line, "id", row.id, fault))
            elif warning is not None and warning.status != "open":
                fault = Fault("mediation_ended", catalogue=words)
                wrong.append(Problem(table.file, line, "id", row.id, fault))
            elif warning is not None and warning.facts == _facts(row):
                same += 1
            else:
                good.append(row)
                lines.append(line)
        wrong.sort(key=lambda problem: problem.line)
        return msgspec.structs.replace(
            table, rows=tuple(good), lines=tuple(lines), errors=tuple(wrong), same=same
        )

    def _on_record(self) -> dict[str, CaseWarning]:
        with self._office.reading() as connection:
            return {warning.id: warning for warning in tables.warning.every(connection)}

    def take(
        self, folder: Folder, by: str, watch: Callable[[int, int], None] = lambda done, whole: None
    ) -> dict[str, int]:
        """Put the good rows on the record, all or none; returns how many of each kind."""
        rows: tuple[CaseRow, ...] = folder.reads["cases"].rows if "cases" in folder.reads else ()
        disputes: tuple[DisputeRow, ...] = (
            folder.reads["disputes"].rows if "disputes" in folder.reads else ()
        )
        total = len(rows) + len(disputes)
        version, policy = self._office.rules.weights(self._office.today())
        coming = {row.id for row in rows}
        on_record = (each for each in self._on_record().values() if each.id not in coming)
        others = [*filter(None, map(_fine, on_record))]
        warned = warn_all(rows, policy, self._office.today(), others)
        with self._office.ledger.batch() as batch:
            tokens = batch.tokens(sorted({row.party for row in rows}))
            for first in range(0, len(rows), _AT_ONCE):
                part = rows[first : first + _AT_ONCE]
                drafts = []
                for row in part:
                    warned_case = warned[row.id]
                    payload = {
                        "warning": row.id,
                        "party": tokens[row.party],
                        "field": row.field,
                        "office": row.office,
                        "officer": row.officer,
                        "decided": row.decided,
                        "level": warned_case.level,
                        "score": warned_case.score,
                        "points": warned_case.points,
                        "policy": version,
                        "facts": _facts(row),
                        "by": by,
                    }
                    drafts.append(self._office.draft("warning.noted", row.id, payload))
                batch.append(drafts)
                watch(first + len(part), total)
            if disputes:
                self._disputes.take(batch, disputes, by, lambda n: watch(len(rows) + n, total))
        counts = {"cases": len(rows), "disputes": len(disputes)}
        return {kind: count for kind, count in counts.items() if kind in folder.reads}


def _fine(warning: CaseWarning) -> ItemFine | None:
    """The fine of a case on record; None: it has none, or no item."""
    item, fine = warning.facts["item"], warning.facts["fine"]
    return ItemFine(warning.id, item, float(fine)) if item and fine is not None else None


def _facts(row: CaseRow) -> dict[str, Any]:
    """A row as the record gives it back, without the party and what the warning holds itself."""
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(row))
    return {name: value for name, value in fields.items() if name not in ("id", "party")}
