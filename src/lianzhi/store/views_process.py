"""Views of due process: lists of decisions, measures, appeals and reports, and single ones."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, select

from lianzhi.chain import strike as strikes
from lianzhi.chain.decision import from_payload
from lianzhi.chain.measure import RUNNING
from lianzhi.chain.policy import StrikePolicy
from lianzhi.chain.views import Page
from lianzhi.office.views import (
    AppealRow,
    AppealView,
    DecisionRow,
    DecisionView,
    MeasureRow,
    Process,
    ReportRow,
    ReportView,
)
from lianzhi.record.entry import decode
from lianzhi.store import process_lookups as lookups
from lianzhi.store.db import snapshot
from lianzhi.store.process_tables import BY_HAND, appeal, decision, measure, not_by, report
from lianzhi.store.tables import payload, person, vault_text
from lianzhi.store.views import page_of
from lianzhi.store.views_tables import case

_reporter, _subject = person.alias("reporter_person"), person.alias("subject_person")

_DECISIONS = (
    select(
        decision,
        case.c.kind,
        case.c.about,
        person.c.account,
    )
    .join(case, case.c.id == decision.c.case)
    .outerjoin(person, person.c.token == case.c.about)
)
_object = person.alias()
_MEASURES = (
    select(measure, person.c.account, _object.c.account.label("thing"))
    .outerjoin(person, person.c.token == measure.c.subject)
    .outerjoin(_object, _object.c.token == measure.c.item)
)
_APPEALS = (
    select(
        *(column for column in appeal.c if column.name != "answer_index"),
        person.c.account,
        decision.c.by.label("decided_by"),
        decision.c.confirmed_by,
    )
    .join(decision, decision.c.id == appeal.c.decision)
    .outerjoin(person, person.c.token == appeal.c.person)
)
_NOT_SHOWN = ("urgency", "answer_index", "contest_index")
REPORTS = (
    select(
        *(column for column in report.c if column.name not in _NOT_SHOWN),
        person.c.account,
        _reporter.c.account.label("reporter_account"),
        _subject.c.account.label("subject_account"),
    )
    .outerjoin(person, person.c.token == report.c.about)
    .outerjoin(_reporter, _reporter.c.token == report.c.reporter)
    .outerjoin(_subject, _subject.c.token == report.c.subject)
)


def decisions(
    engine: Engine,
    *,
    status: str | None = None,
    by: str | None = None,
    automated: bool | None = None,
    since: int | None = None,
    until: int | None = None,
    but: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[DecisionRow]:
    """Decisions, newest first; without those that `but` made or confirmed. `where` narrows it,
    see `store.narrow`. Raises CursorError."""
    query = _DECISIONS.where(*where)
    if but is not None:
        query = query.where(not_by(decision, but))
    if status:
        query = query.where(decision.c.status == status)
    if by:
        query = query.where(decision.c.by == by)
    if automated is not None:
        query = query.where(decision.c.automated_decision.is_(automated))
    if since is not None:
        query = query.where(decision.c.made_at >= since)
    if until is not None:
        query = query.where(decision.c.made_at < until)
    keys = (decision.c.made_at, decision.c.id)
    with engine.connect() as connection:
        return page_of(connection, query, keys, DecisionRow, cursor=cursor, limit=limit)


def measures(
    engine: Engine,
    *,
    status: str | None = None,
    key: str | None = None,
    about: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[MeasureRow]:
    """Measures, last ordered first; `status` is one, `running`, or `by_hand` for what people have
    to carry out. `about` is the account or token concerned; `where` narrows it further, see
    `store.narrow`. Raises CursorError."""
    query = _MEASURES.where(*where)
    if status == "running":
        query = query.where(measure.c.status.in_(RUNNING))
    elif status == "by_hand":
        query = query.where(BY_HAND)
    elif status:
        query = query.where(measure.c.status == status)
    if key:
        query = query.where(measure.c.key == key)
    if about:
        query = query.where((person.c.account == about) | (measure.c.subject == about))
    keys = (measure.c.ordered_at, measure.c.id)
    with engine.connect() as connection:
        return page_of(connection, query, keys, MeasureRow, cursor=cursor, limit=limit)


def measure_by_id(engine: Engine, identity: str) -> MeasureRow | None:
    """One measure; None when there is none."""
    with engine.connect() as connection:
        row = connection.execute(_MEASURES.where(measure.c.id == identity)).mappings().first()
    return MeasureRow(**row) if row else None


def appeals(
    engine: Engine,
    *,
    status: str | None = None,
    but: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AppealRow]:
    """Appeals; `status` is one, `answered`, or None for all. Newest first.

    Without those against decisions that `but` made or confirmed. `where` narrows it further; see
    `store.narrow`. Raises CursorError.
    """
    query = _APPEALS.where(*where)
    if but is not None:
        query = query.where(not_by(decision, but))
    if status == "answered":
        query = query.where(appeal.c.status != "waiting")
    elif status:
        query = query.where(appeal.c.status == status)
    with engine.connect() as connection:
        keys = (appeal.c.filed_at, appeal.c.id)
        return page_of(connection, query, keys, AppealRow, cursor=cursor, limit=limit)


def reports(
    engine: Engine,
    *,
    status: str | None = None,
    about: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ReportRow]:
    """Reports; those that wait most urgent first, others newest first.

    `where` narrows it further; see `store.narrow`. Raises CursorError.
    """
    query = REPORTS.where(*where)
    if status:
        query = query.where(report.c.status == status)
    if about:
        query = query.where((person.c.account == about) | (report.c.about == about))
    first = report.c.urgency if status == "waiting" else report.c.received_at
    with engine.connect() as connection:
        return page_of(
            connection, query, (first, report.c.id), ReportRow, cursor=cursor, limit=limit
        )


def decision_view(engine: Engine, identity: str) -> DecisionView | None:
    """A decision with its reasons, measures and appeals; None when there is none."""
    with snapshot(engine) as connection:
        decision_views = _decided(connection, decision.c.id == identity)
    return decision_views[0] if decision_views else None


def appeal_view(engine: Engine, identity: str) -> AppealView | None:
    """An appeal with reasons and decision; None when there is none."""
    with snapshot(engine) as connection:
        row = connection.execute(_APPEALS.where(appeal.c.id == identity)).mappings().first()
        if row is None:
            return None
        of = select(appeal.c.answer_index).where(appeal.c.id == identity)
        answer = connection.scalar(of)
        (decided,) = _decided(connection, decision.c.id == row["decision"])
        return AppealView(
            row=AppealRow(**row),
            reason=_text(connection, row["index"], "reason"),
            answer=None if answer is None else _text(connection, answer, "reason"),
            decision=decided,
        )


def report_view(engine: Engine, identity: str) -> ReportView | None:
    """A report with its text and the results of its reporter's earlier reports; None if unknown."""
    with snapshot(engine) as connection:
        row = connection.execute(REPORTS.where(report.c.id == identity)).mappings().first()
        if row is None:
            return None
        named = ("words", "content", "contact")
        texts = {name: _text(connection, row["index"], name) for name in named}
        counts = {"upheld": 0, "not_upheld": 0}
        if row["reporter"]:
            counts |= lookups.outcomes_of(connection, row["reporter"], identity)
        of = select(report.c.answer_index, report.c.contest_index).where(report.c.id == identity)
        answer, contest = (
            None if index is None else _text(connection, index, "reason")
            for index in connection.execute(of).one()
        )
        return ReportView(
            row=ReportRow(**row),
            texts=texts,
            answer=answer,
            contest=contest,
            **counts,
        )


def process(
    engine: Engine, case_id: str, people: Iterable[str], policy: StrikePolicy, now: int
) -> Process:
    """Due process of a case for its page; `people` are the tokens of those involved."""
    with snapshot(engine) as connection:
        query = REPORTS.where(report.c.case == case_id).order_by(report.c.received_at)
        joined = connection.execute(query).mappings()
        struck = lookups.strikes(connection, people)
        points = {
            account: strikes.total(strikes_, now, policy) for account, strikes_ in struck.items()
        }
        return Process(
            decisions=tuple(_decided(connection, decision.c.case == case_id)),
            reports=tuple(ReportRow(**row) for row in joined),
            points={account: total for account, total in points.items() if total > 0},
        )


def _decided(connection: Connection, which: Any) -> list[DecisionView]:
    query = _DECISIONS.add_columns(payload.c.body, case.c.state)
    query = query.join(payload, payload.c.index == decision.c.index).where(which)
    views = []
    for mapping in connection.execute(query.order_by(decision.c.made_at)).mappings():
        columns = dict(mapping)
        body, about = columns.pop("body"), lookups.case_state(columns.pop("state"))
        row = DecisionRow(**columns)
        views.append(
            DecisionView(
                row=row,
                decision=from_payload(decode(body)),
                facts=_text(connection, row.index, "facts"),
                measures=_all(connection, _MEASURES, measure.c.decision == row.id, MeasureRow),
                appeals=_all(connection, _APPEALS, appeal.c.decision == row.id, AppealRow),
                since=about.since,
            )
        )
    return views


def _all(connection: Connection, query: Select[Any], which: Any, form: Any) -> tuple[Any, ...]:
    return tuple(form(**row) for row in connection.execute(query.where(which)).mappings())


def _text(connection: Connection, index: int, name: str) -> str | None:
    query = select(vault_text.c.body).where(vault_text.c.index == index, vault_text.c.name == name)
    body = connection.scalar(query)
    return None if body is None else str(body, "utf-8")
