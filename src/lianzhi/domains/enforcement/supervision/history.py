"""Rows of supervision in the form that the models of `inspection` read."""

from lianzhi.domains.enforcement.inspection import rows as of
from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.supervision.rows import Rows
from lianzhi.law.clock import china_day


def history(rows: Rows) -> History:
    """Enterprises, inspections and requests as a model's history."""
    return History.of(
        [
            of.Enterprise(row.id, row.industry, row.grid, row.staff or 0, row.opened)
            for row in rows.enterprises
        ],
        [
            of.Inspection(
                *(row.id, row.enterprise, row.day, row.list, row.reason),
                tuple(officer for officer in row.officers if officer not in rows.observers),
                row.violations,
            )
            for row in rows.inspections
        ],
        [
            of.Request(row.enterprise, china_day(row.received_at))
            for row in rows.requests
            if row.enterprise
        ],
    )


def cases(rows: Rows) -> list[of.Penalty]:
    """The decided cases."""
    return [
        of.Penalty(
            *(row.id, row.enterprise, row.item, row.department, row.officers, row.facts),
            *(row.decided, row.list or "", float(row.fine or 0)),
        )
        for row in rows.penalties
        if row.decided is not None
    ]


def officers(rows: Rows) -> dict[str, of.Officer]:
    """Officers by id."""
    return {
        row.id: of.Officer(row.id, row.squad, row.department, rows.certified[row.id])
        for row in rows.officers
    }
