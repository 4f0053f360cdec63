"""Imports of disputes: a year's register, row by row, each an entry of the record.

An imported dispute tells what it came to. One that is still open is assigned and mediated here.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.importing.dispute_row import DisputeRow
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.words import words
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft
from lianzhi.tabular.problem import Fault, Problem
from lianzhi.tabular.reading import ReadTable

#: How many entries are appended at a time within the one transaction.
_AT_ONCE = 1000
#: Columns that a dispute holds under their names.
_SAME = (
    *("field", "office", "received", "cause", "unit", "officer", "amount", "language", "level"),
    *("mediator", "assigned", "settled", "closed", "known", "reopened"),
)


class DisputeImports:
    """Checks the rows of disputes, and puts them on the record."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def new(self, table: ReadTable[DisputeRow]) -> ReadTable[DisputeRow]:
        """The rows that may come in. Those that are on the record alike are left out; a row that
        contradicts itself, or a dispute on the record, is refused."""
        today = self._office.today()
        with self._office.reading() as connection:
            there = tables.dispute.among(connection, [row.id for row in table.rows])
        good, lines, wrong, same = [], [], list(table.errors), 0
        for row, line in zip(table.rows, table.lines, strict=True):
            faults = list(row.faults(today))
            known = there.get(row.id)
            if known is not None and _is_same(known, row):
                same += 1
                continue
            if known is not None:
                faults = [("id", "dispute_row_there")]
            for column, rule in faults:
                value = str(getattr(row, column) or "")
                wrong.append(Problem(table.file, line, column, value, Fault(rule, catalogue=words)))
            if not faults:
                good.append(row)
                lines.append(line)
        wrong.sort(key=lambda problem: problem.line)
        return msgspec.structs.replace(
            table, rows=tuple(good), lines=tuple(lines), errors=tuple(wrong), same=same
        )

    def take(
        self,
        batch: Batch,
        rows: Sequence[DisputeRow],
        by: str,
        watch: Callable[[int], None] = lambda done: None,
    ) -> None:
        """Put rows on the record within a batch."""
        tokens = batch.tokens(sorted({row.party.strip() for row in rows}))
        for first in range(0, len(rows), _AT_ONCE):
            part = rows[first : first + _AT_ONCE]
            batch.append([self._draft(row, tokens, by) for row in part])
            watch(first + len(part))

    def _draft(self, row: DisputeRow, tokens: Mapping[str, str], by: str) -> Draft:
        token = tokens[row.party.strip()]
        payload: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
        payload |= {"dispute": row.id, "party": token, "by": by, "outcome": row.outcome or ""}
        payload["first_assigned"] = row.assigned
        payload["mediators"] = [row.mediator] if row.mediator else []
        if row.closed is None:
            payload |= {"mediator": "", "assigned": None, "first_assigned": None}
        if row.satisfaction is not None:
            answers = {"outcome": row.satisfaction}
            payload["visits"] = [{"day": row.closed, "answers": answers, "policy": "", "index": -1}]
        return self._office.draft(
            "dispute.imported", row.id, payload, {"words": (row.words, (token,))}
        )


def _is_same(known: RecordedDispute, row: DisputeRow) -> bool:
    names = [name for name in _SAME if row.closed or name not in ("mediator", "assigned")]
    return all(getattr(known, name) == getattr(row, name) for name in names)
