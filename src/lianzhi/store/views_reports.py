"""Views for report reviewers: the queue, grouped reports, and cases that a report may join."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Engine, case, func, select, tuple_
from sqlalchemy.sql.util import ClauseAdapter

from lianzhi.chain.views import CaseRow, Page
from lianzhi.office.views import ReportRow
from lianzhi.store.process_tables import report
from lianzhi.store.tables import evidence, person
from lianzhi.store.views import page_of
from lianzhi.store.views_process import REPORTS
from lianzhi.store.views_rows import CASES
from lianzhi.store.views_tables import case as case_table
from lianzhi.store.views_tables import finding

#: Most cases shown that a report may join, and most accounts shown of one complaint.
_SHOWN = 12


class QueuedReport(ReportRow, frozen=True, kw_only=True):
    """A report in the queue, representing all reports of the same object."""

    count: int
    """Number of reports of the same object, this one included."""


def queue(
    engine: Engine,
    *,
    status: str | None = None,
    about: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[QueuedReport]:
    """Reports, one for each object: the most urgent first or, where none is waiting, the newest.
    `about` is the account or token of the harmed or of the reported; `where` narrows it further,
    see `store.narrow`. Raises CursorError.

    Reports are read in order and skipped where another of the same object precedes: an index serves
    both, and a page costs what it shows.
    """
    first = report.c.urgency if status in ("waiting", "joined") else report.c.received_at
    fits = [*where]
    if status:
        fits.append(report.c.status == status)
    if about:
        named = select(person.c.token).where(person.c.account == about).scalar_subquery()
        fits.append(_either(named) | _either(about))
    other = report.alias("other")
    to_other = ClauseAdapter(other).traverse
    same = [
        other.c.same == report.c.same,
        other.c.case.is_not_distinct_from(report.c.case),
        *(to_other(fit) for fit in fits),
    ]
    before = tuple_(to_other(first), other.c.id) > tuple_(first, report.c.id)
    alike = select(func.count()).select_from(other).where(*same).scalar_subquery()
    count = case((report.c.same.is_(None), 1), else_=alike)
    query = REPORTS.add_columns(count.label("count"))
    query = query.where(*fits, ~select(other.c.id).where(*same, before).exists())
    with engine.connect() as connection:
        return page_of(
            connection, query, (first, report.c.id), QueuedReport, cursor=cursor, limit=limit
        )


def joinable(engine: Engine, row: ReportRow) -> list[CaseRow]:
    """Open cases that a report may join, the latest first: about the harmed; where unknown, about
    the reported account, or with its acts in evidence.
    """
    if row.about is not None:
        fits: ColumnElement[bool] = case_table.c.about == row.about
    elif row.subject is not None:
        acted = select(finding.c.case).join(evidence, evidence.c.ref == finding.c.id)
        acted = acted.where(evidence.c.actor == row.subject)
        fits = (case_table.c.about == row.subject) | case_table.c.id.in_(acted)
    else:
        return []
    query = CASES.where(case_table.c.waiting, fits).order_by(case_table.c.updated_at.desc())
    with engine.connect() as connection:
        return [
            CaseRow(**mapping) for mapping in connection.execute(query.limit(_SHOWN)).mappings()
        ]


def within_reach(engine: Engine, row: ReportRow) -> dict[str, int]:
    """Number of reports that can be handled together with one, itself included: `alike` concern the
    same object, `subject` the same account. All have its status.
    """
    with engine.connect() as connection:
        return {
            "alike": _standing_with(connection, row, report.c.same == row.same, row.same),
            "subject": _standing_with(
                connection, row, report.c.subject == row.subject, row.subject
            ),
        }


def complained_of(engine: Engine, row: ReportRow) -> list[str]:
    """Accounts in waiting reports about the same person, the report's own first; erased ones are
    left out.
    """
    own = [] if row.subject_account is None else [row.subject_account]
    if row.about is None:
        return own
    query = (
        select(person.c.account)
        .distinct()
        .join(report, report.c.subject == person.c.token)
        .where(report.c.about == row.about, report.c.status == "waiting")
        .order_by(person.c.account)
        .limit(_SHOWN)
    )
    with engine.connect() as connection:
        return list(dict.fromkeys([*own, *connection.scalars(query)]))


def _either(token: object) -> ColumnElement[bool]:
    return (report.c.about == token) | (report.c.subject == token)


def _standing_with(
    connection: Connection, row: ReportRow, fits: ColumnElement[bool], value: str | None
) -> int:
    if value is None:
        return 1
    query = select(func.count()).where(fits, report.c.status == row.status)
    if row.case is not None:
        query = query.where(report.c.case == row.case)
    return connection.scalar(query) or 1
