"""What is counted under a campaign: findings, cases, decisions and measures of its kinds and days.

Rows are chosen by kind and time alone. Findings are of the days on which they were made; in weekly
series, of the week in which their incident began. Cases are of the days in which they were opened;
decisions and measures are of the days in which they were made, in cases of the kinds.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    case,
    distinct,
    func,
    literal,
    or_,
    select,
    union_all,
)

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_figures import DAY_MS, WEEK_MS, CampaignCounts
from lianzhi.chain.campaign_outcome import LONGEST_DELAY, WEEKS_BEFORE, Changed, WeeklySeries
from lianzhi.chain.scorecard import Cube
from lianzhi.kit.noun_views import ROWS, Page, whole
from lianzhi.record.entry import decode
from lianzhi.store.process_tables import decision, measure
from lianzhi.store.score_tables import case_times, finding_days
from lianzhi.store.tables import entry, payload
from lianzhi.store.views_tables import finding

Where = list[ColumnElement[bool]]
Rows = tuple[Table, Column[int], dict[str, ColumnElement[Any]], Where]
"""A table, its time, its dimensions, and the conditions on rows of a campaign."""
Behind = Literal["decisions", "measures"]


class BehindRow(NamedTuple):
    """A row behind a figure: its time, its case, and its dimensions."""

    id: str
    at: int
    case: str
    dims: tuple[str, ...]


def of_kinds(column: ColumnElement[Any], kinds: Sequence[str]) -> ColumnElement[bool]:
    """Rows of some kinds; the name of a domain stands for all of its kinds."""
    ranges = ((column > f"{kind}.") & (column < f"{kind}/") for kind in kinds)
    return or_(column.in_(kinds), *ranges)


def counts(connection: Connection, terms: Terms) -> CampaignCounts:
    """What was handled in a campaign so far."""
    column = finding.c
    matching = [of_kinds(column.kind, terms.kinds), *_days(column.at, terms)]
    people, distinct_people = connection.execute(
        select(func.count(), func.count(distinct(column.about))).where(*matching)
    ).one()
    measured, subjects, measures = _measured(connection, terms)
    _, _, of_decisions, decided = _decisions(terms)
    return CampaignCounts(
        findings=people,
        about=distinct_people,
        subjects=subjects,
        measured=measured,
        cubes={
            "findings": _cube(connection, {"kind": column.kind}, matching),
            "cases": _cube(
                connection,
                {
                    "kind": case_times.c.kind,
                    "state": _word(case_times.c.closed_at.is_(None), "waiting", "closed"),
                },
                [
                    of_kinds(case_times.c.kind, terms.kinds),
                    *_days(case_times.c.opened_at, terms),
                ],
            ),
            "decisions": _cube(connection, of_decisions, decided),
            "measures": measures,
        },
    )


def weekly(connection: Connection, kinds: Sequence[str], since: int, until: int) -> list[list[int]]:
    """Findings of some kinds by the week in which their incident began, counted from `since`, a day
    of China's, and by the weeks until they were made; the last week may be cut off by `until`."""
    if not kinds or until <= since:
        return []
    days = finding_days.c
    week, week_made = ((day - since) // WEEK_MS for day in (days.began, days.made))
    rows = connection.execute(
        select(week, week_made, func.sum(days.number))
        .where(of_kinds(days.kind, kinds), days.began >= since, days.began < until)
        .group_by(week, week_made)
    )
    table = [[0] * (LONGEST_DELAY + 1) for _ in range(-(-(until - since) // WEEK_MS))]
    for first, last, number in rows:
        table[int(first)][min(int(last) - int(first), LONGEST_DELAY)] += int(number)
    return table


def series(connection: Connection, terms: Terms, now: int) -> WeeklySeries:
    """Weekly series from as long before the campaign as the record reaches, to the end of the
    watch or to now."""
    first = connection.scalar(select(func.min(finding_days.c.began)))
    before = 0 if first is None else min(WEEKS_BEFORE, max(0, (terms.since - first) // WEEK_MS))
    since, until = terms.since - before * WEEK_MS, min(now, terms.watched_until)

    def count(*kinds: str) -> list[list[int]]:
        return weekly(connection, kinds, since, until)

    harm, control = count(*terms.kinds), count(*terms.controls)
    whole = max(0, until - since) // WEEK_MS
    return WeeklySeries(
        since=since,
        start=before,
        whole=whole,
        harm=[*map(sum, harm)],
        control=[*map(sum, control)],
        neighbours={kind: [*map(sum, count(kind))] for kind in terms.neighbours},
        changes=_changes(connection, terms, since, until),
        delays=harm[:whole],
        control_delays=control[:whole],
    )


def _changes(connection: Connection, terms: Terms, since: int, until: int) -> list[Changed]:
    """Changes of the lexicon, of rules, and of the policy of the domains that are counted."""
    domains = {kind.partition(".")[0] for kind in (*terms.kinds, *terms.controls)} | {"policy"}
    kinds = ("lexicon.changed", "rule.switched", "policy.loaded")
    query = (
        select(entry.c.at, entry.c.index, entry.c.kind, payload.c.body)
        .join(payload, payload.c.index == entry.c.index)
        .where(entry.c.kind.in_(kinds), entry.c.at >= since, entry.c.at < until)
        .order_by(entry.c.index)
    )
    return [
        Changed(at, index, kind)
        for at, index, kind, body in connection.execute(query)
        if kind != "policy.loaded" or _concerns(decode(body)["changed"], domains)
    ]


def _concerns(names: Sequence[str], domains: set[str]) -> bool:
    """Whether files of policy, shipped or a deployment's own, are those of some domains."""
    return any(name.removeprefix("own/").partition("/")[0] in domains for name in names)


class Monthly(NamedTuple):
    """What was counted in one month, whatever the campaign."""

    findings: int
    decisions: int
    measures: int
    undone: int
    """Measures of the month that were taken back, whenever."""


#: The counts of a month.
MONTHLY = Monthly._fields


def monthly(connection: Connection, edges: Sequence[int]) -> list[Monthly]:
    """Counts between midnights in China, one row fewer than there are of them."""
    decided, ordered = decision.c.made_at, measure.c.ordered_at
    real = measure.c.status.not_in(("shadowed", "suppressed"))
    number = func.sum(finding_days.c.number)
    columns = [
        _by_month(connection, finding_days.c.made, edges, [], number),
        _by_month(connection, decided, edges, [decision.c.status.not_in(("awaiting", "refused"))]),
        _by_month(connection, ordered, edges, [real]),
        _by_month(connection, ordered, edges, [real, measure.c.undone_at.is_not(None)]),
    ]
    return [Monthly(*counts) for counts in zip(*columns, strict=True)]


def _by_month(
    connection: Connection,
    at: ColumnElement[int],
    edges: Sequence[int],
    where: Where,
    number: ColumnElement[int] | None = None,
) -> list[int]:
    """Rows between each two edges, or the sum of a number."""
    day = (at - edges[0]) // DAY_MS
    count = func.count() if number is None else number
    rows = connection.execute(
        select(day, count).where(at >= edges[0], at < edges[-1], *where).group_by(day)
    )
    counts = [0] * (len(edges) - 1)
    for place, several in rows:
        counts[bisect_right(edges, edges[0] + int(place) * DAY_MS) - 1] += int(several)
    return counts


def behind(
    connection: Connection, terms: Terms, noun: Behind, cursor: str = "", **dims: str
) -> Page[BehindRow]:
    """Rows that a figure counts, the newest first, a page at a time; `dims` narrow them."""
    rows_of = _decisions if noun == "decisions" else _measures
    table, at, columns, where = rows_of(terms)
    where += [columns[name] == value for name, value in dims.items() if value]
    if cursor:
        moment, _, identity = cursor.partition("~")
        since = whole(moment) or 0
        where.append((at < since) | ((at == since) & (table.c.id < identity)))
    query = (
        select(table.c.id, at, table.c.case, *columns.values())
        .where(*where)
        .order_by(at.desc(), table.c.id.desc())
        .limit(ROWS + 1)
    )
    rows = [
        BehindRow(identity, moment, case_id, tuple(values))
        for identity, moment, case_id, *values in connection.execute(query)
    ]
    following = f"{rows[ROWS - 1].at}~{rows[ROWS - 1].id}" if len(rows) > ROWS else ""
    return Page(rows[:ROWS], following)


def _days(column: ColumnElement[int], terms: Terms) -> Where:
    return [column >= terms.since, column < terms.until]


def _decisions(terms: Terms) -> Rows:
    where = _in_cases(decision, decision.c.made_at, terms)
    where.append(decision.c.status.not_in(("awaiting", "refused")))
    return decision, decision.c.made_at, {"status": decision.c.status}, where


def _measures(terms: Terms) -> Rows:
    type_ = case((measure.c.item.is_not(None), literal("item")), else_=measure.c.subject_type)
    state = _word(measure.c.undone_at.is_(None), "standing", "undone")
    where = _in_cases(measure, measure.c.ordered_at, terms)
    where.append(measure.c.status.not_in(("shadowed", "suppressed")))
    dims = {"key": measure.c.key, "type": type_, "state": state}
    return measure, measure.c.ordered_at, dims, where


def _in_cases(table: Table, at: ColumnElement[int], terms: Terms) -> Where:
    """Rows of the days in cases of the kinds; joins `case_times`."""
    of_case = case_times.c.case == table.c.case
    return [*_days(at, terms), of_case, of_kinds(case_times.c.kind, terms.kinds)]


def _measured(connection: Connection, terms: Terms) -> tuple[int, dict[str, int], Cube]:
    """Measures in all, distinct subjects of those that stand by type, and the cube of measures.

    The rows are joined with their cases once, which takes most of the time.
    """
    _, _, dims, where = _measures(terms)
    subject = func.coalesce(measure.c.item, measure.c.subject).label("subject")
    columns = [column.label(name) for name, column in dims.items()]
    of = select(*columns, subject).where(*where).cte("ordered").c
    none = literal("")
    parts = (
        select(literal("cube").label("part"), of.key, of.type, of.state, func.count())
        .group_by(of.key, of.type, of.state),
        select(literal("subjects"), none, of.type, none, func.count(distinct(of.subject)))
        .where(of.state == "standing")
        .group_by(of.type),
        select(literal("all"), none, none, none, func.count(of.key)),
    )  # fmt: skip
    every = 0
    subjects: dict[str, int] = {}
    cells: dict[tuple[str, ...], int] = {}
    for part, key, type_, state, number in connection.execute(union_all(*parts)):
        if part == "cube":
            cells[key, type_, state] = number
        elif part == "subjects":
            subjects[type_] = number
        else:
            every = number
    return every, subjects, Cube(("key", "type", "state"), cells)


def _cube(connection: Connection, dims: dict[str, ColumnElement[Any]], where: Where) -> Cube:
    columns = [*dims.values()]
    rows = connection.execute(select(*columns, func.count()).where(*where).group_by(*columns))
    return Cube(tuple(dims), {tuple(cell): number for *cell, number in rows})


def _word(condition: ColumnElement[bool], yes: str, no: str) -> ColumnElement[str]:
    return case((condition, literal(yes)), else_=literal(no))
