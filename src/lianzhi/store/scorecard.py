"""Scorecard: what is read of a period, for `chain.scorecard` to make figures of.

One SQL text a cube, the same on SQLite and PostgreSQL; all are read at one moment. What happened in
the period is counted: cases opened and closed, decisions made, measures ordered, reports received,
appeals filed and answered, visits held; what has a time limit, where the limit fell into it.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
)

from lianzhi.chain.protection import DAY_MS
from lianzhi.chain.scorecard import Counts, Cube
from lianzhi.store.db import snapshot
from lianzhi.store.process_tables import appeal, decision, measure, report, review, strike
from lianzhi.store.score_tables import case_times, revisit
from lianzhi.store.views_tables import case as case_table
from lianzhi.store.views_tables import finding, protection

Column = ColumnElement[Any]

_SINCE: Column = bindparam("since")
_UNTIL: Column = bindparam("until")
#: Where what is over ends: the period's end, or now.
_OVER: Column = bindparam("over")


def _within(column: Column, until: Column = _UNTIL) -> Column:
    return (column >= _SINCE) & (column < until)


def _word(condition: Column, yes: str = "yes", no: str = "no") -> Column:
    return case((condition, literal(yes)), else_=literal(no))


def _cube(
    of: Any,
    condition: Column,
    *,
    added: Column | None = None,
    distinct: Column | None = None,
    **dims: Column,
) -> Select[Any]:
    """Counts by the dimensions: of rows, of `distinct` values, or what is `added` up."""
    columns = {f"d_{name}": column for name, column in dims.items()}
    labelled = [column.label(name) for name, column in columns.items()]
    labelled += [column.label("of") for column in (added, distinct) if column is not None]
    # Worded within, grouped without: PostgreSQL takes two parameters for two different texts.
    rows = select(*labelled).select_from(of).where(condition).subquery()
    number: Column = func.count()
    if added is not None:
        number = func.coalesce(func.sum(rows.c["of"]), 0)
    elif distinct is not None:
        number = func.count(rows.c["of"].distinct())
    by = [rows.c[name] for name in columns]
    return select(*by, number.label("number")).select_from(rows).group_by(*by)


def _stage(stage: str) -> Select[Any]:
    """By stage one at a time: each is a stretch of an index."""
    columns: list[Column] = [literal(stage).label("d_stage"), func.count().label("number")]
    query = select(*columns).select_from(finding)
    return query.where(finding.c.stage == stage, _within(finding.c.at))


_t = case_times.c
_offered = case(
    (_t.protected_at.is_not(None) & _t.offered_at.is_not(None), literal("accepted")),
    (_t.offered_at.is_not(None), literal("offered")),
    else_=literal("none"),
)
_decided = appeal.join(decision, decision.c.id == appeal.c.decision)
_own = measure.c.subject.is_(None) | (measure.c.subject == appeal.c.person)
_contested = _decided.join(measure, (measure.c.decision == appeal.c.decision) & _own)
_routed = func.coalesce(report.c.outcome, "") == "routed"
_answered = _within(report.c.answered_at) & ~_routed


CUBES: dict[str, tuple[Select[Any], ...]] = {
    "findings": tuple(_stage(stage) for stage in ("watch", "warn", "act")),
    "opened": (
        _cube(
            case_times,
            _within(_t.opened_at),
            kind=_t.kind,
            state=_word(_t.closed_at.is_(None), "waiting", "closed"),
            offer=_offered,
            linked=_word(_t.linked),
        ),
    ),
    "closed": (
        _cube(
            case_times,
            _within(_t.closed_at),
            kind=_t.kind,
            outcome=func.coalesce(_t.outcome, ""),
        ),
    ),
    "cases": (_cube(case_table, _within(case_table.c.opened_at), status=case_table.c.status),),
    "decisions": (
        _cube(
            decision,
            _within(decision.c.made_at),
            status=decision.c.status,
            restricts=_word(decision.c.measures > 0),
            automated=_word(decision.c.automated_decision),
            source=decision.c.source,
            ground=decision.c.ground_kind,
        ),
    ),
    "orders": (
        _cube(
            decision,
            _within(decision.c.effective_at) & decision.c.status.not_in(("awaiting", "refused")),
            added=decision.c.measures,
        ),
    ),
    "measures": (
        _cube(
            measure,
            _within(measure.c.ordered_at),
            key=measure.c.key,
            role=measure.c.role,
            mode=measure.c.mode,
            status=measure.c.status,
            why=measure.c.why,
            rule=measure.c.rule,
        ),
    ),
    "strikes": (
        _cube(
            strike,
            _within(strike.c.given_at),
            removed=_word(strike.c.removed_at.is_not(None)),
        ),
    ),
    "reports": (
        _cube(
            report,
            _within(report.c.received_at),
            category=report.c.category,
            channel=report.c.channel,
            status=report.c.status,
        ),
    ),
    "answers": (
        _cube(
            report,
            _within(report.c.answered_at),
            category=report.c.category,
            outcome=func.coalesce(report.c.outcome, ""),
        ),
    ),
    "reports_due": (
        _cube(
            report,
            _within(report.c.due_at, _OVER) & ~_routed,
            in_time=_word(report.c.answered_at <= report.c.due_at),
        ),
    ),
    "appeals": (
        _cube(
            appeal,
            _within(appeal.c.filed_at),
            party=appeal.c.party,
            status=appeal.c.status,
        ),
    ),
    "appealed": (
        _cube(
            _decided,
            _within(appeal.c.answered_at),
            party=appeal.c.party,
            status=appeal.c.status,
            rule=decision.c.rule,
            automated=_word(decision.c.automated_decision),
        ),
    ),
    "contested": (
        _cube(
            _contested,
            _within(appeal.c.answered_at) & (appeal.c.party == "affected"),
            distinct=appeal.c.id,
            status=appeal.c.status,
            key=measure.c.key,
            role=measure.c.role,
        ),
    ),
    "appeals_due": (
        _cube(
            appeal,
            _within(appeal.c.due_at, _OVER),
            in_time=_word(appeal.c.answered_at <= appeal.c.due_at),
        ),
    ),
    "looks": (
        _cube(
            review.join(decision, decision.c.id == review.c.decision),
            _within(review.c.held_at),
            look=review.c.kind,
            agrees=_word(review.c.agrees),
            first=_word(decision.c.measures > 0),
            second=_word(review.c.restricts),
        ),
    ),
    "granted": (
        _cube(
            protection,
            _within(protection.c.granted_at),
            asked=_word(protection.c.case.is_(None), "person", "case"),
        ),
    ),
    "revisits_due": (
        _cube(
            revisit.join(case_times, _t.case == revisit.c.case),
            _within(revisit.c.due_at, _OVER)
            & (revisit.c.held_at.is_not(None) | _t.closed_at.is_not(None)),
            in_time=_word(revisit.c.held_at <= revisit.c.due_at + DAY_MS),
        ),
    ),
    "revisits": (
        _cube(
            revisit,
            _within(revisit.c.held_at),
            rebound=_word(revisit.c.rebound),
        ),
    ),
}


def _span(first: Column, last: Column, condition: Column) -> Select[Any]:
    return select(last - first).where(condition, first.is_not(None), last >= first)


SPANS: dict[str, Select[Any]] = {
    "warning": _span(_t.since, _t.warned_at, _within(_t.opened_at)),
    "protection": _span(_t.warned_at, _t.protected_at, _within(_t.opened_at)),
    "decision": _span(_t.warned_at, _t.decided_at, _within(_t.opened_at)),
    "applied": _span(measure.c.ordered_at, measure.c.applied_at, _within(measure.c.ordered_at)),
    "report": _span(report.c.received_at, report.c.answered_at, _answered),
    "appeal": _span(appeal.c.filed_at, appeal.c.answered_at, _within(appeal.c.answered_at)),
}


def read(engine: Engine, since: int, until: int, at: int) -> Counts:
    """What there is to count in [since, until), as it stands; `at` is now.

    Raises ValueError where the period ends before it begins.
    """
    if since >= until:
        raise ValueError(
            f"until is {until}, since {since}; give a period that ends after it begins"
        )
    asked = {"since": since, "until": until, "over": min(until, at)}
    with snapshot(engine) as connection:
        cubes = {name: _read(connection, queries, asked) for name, queries in CUBES.items()}
        spans = {name: _lengths(connection, query, asked) for name, query in SPANS.items()}
    return Counts(since=since, until=until, at=at, cubes=cubes, spans=spans)


def _read(connection: Connection, queries: tuple[Select[Any], ...], asked: dict[str, int]) -> Cube:
    dims = tuple(column.name.removeprefix("d_") for column in queries[0].selected_columns)[:-1]
    cells: dict[tuple[str, ...], int] = {}
    for query in queries:
        for *part, number in connection.execute(query, asked):
            cells[tuple(part)] = int(number)
    return Cube(dims, cells)


def _lengths(connection: Connection, query: Select[Any], asked: dict[str, int]) -> list[int]:
    return sorted(connection.scalars(query, asked))
