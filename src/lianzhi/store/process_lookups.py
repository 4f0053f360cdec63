"""Look-ups that due process makes while it writes, in the transaction that it writes in."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    select,
)

from lianzhi.chain.case import Case
from lianzhi.chain.decision import PROGRAM, Decision, from_payload
from lianzhi.chain.finding import Evidence, Finding
from lianzhi.chain.link import MOST, Related
from lianzhi.chain.measure import RUNNING
from lianzhi.chain.parts import Parts, merge_roles
from lianzhi.chain.strike import Strike
from lianzhi.prepared import Prepared
from lianzhi.record.entry import decode
from lianzhi.store.db import CHUNK, chunks
from lianzhi.store.process_tables import (
    appeal,
    decision,
    look_due,
    measure,
    report,
    review,
    rule_mode,
    strike,
)
from lianzhi.store.tables import evidence, payload, person
from lianzhi.store.views_tables import case, finding

#: The newest findings of an incident name all who take part in it, up to policy's bound.
_FINDINGS = 20
#: Later than any time.
EVER = 1 << 62

Row = dict[str, Any]
"""Columns of a row by name."""


_OF: BindParameter[str] = bindparam("of")
_BODIES = Prepared(
    select(payload.c.body)
    .join(finding, finding.c.index == payload.c.index)
    .where(finding.c.case == _OF, finding.c.at <= bindparam("until"))
    .order_by(finding.c.at.desc(), finding.c.id.desc())
    .limit(_FINDINGS)
)


def _count(of: Column[Any], *conditions: ColumnElement[bool]) -> Prepared:
    return Prepared(select(func.count()).where(of == _OF, *conditions))


#: A measure that was ordered and not taken back, whether it is over or not.
_STANDING = (
    measure.c.status != "shadowed",
    measure.c.status != "suppressed",
    measure.c.undone_at.is_(None),
)
_WAITS = {
    "awaiting": _count(decision.c.case, decision.c.status == "awaiting"),
    "appeals": _count(appeal.c.case, appeal.c.status == "waiting"),
    "standing": _count(measure.c.case, *_STANDING),
}
_JOINED = (
    select(report)
    .where(report.c.case == _OF, report.c.status == "joined")
    .order_by(report.c.received_at)
)


class _FindingBody(msgspec.Struct):
    """What of a finding's entry is asked for."""

    id: str
    roles: dict[str, str] = {}
    evidence: tuple[Evidence, ...] = ()


def parts(connection: Connection, case_id: str, until: int = EVER) -> Parts:
    """Who did what in a case, from its newest findings, or from those `until` a time (ms)."""
    roles: dict[str, str] = {}
    acts: dict[str, dict[int, tuple[str, int]]] = {}
    for body in _BODIES.scalars(connection, {"of": case_id, "until": until}):
        body_ = msgspec.json.decode(body, type=_FindingBody)
        roles = merge_roles(body_.roles, roles)
        for e in body_.evidence:
            acts.setdefault(e.actor, {}).setdefault(e.seq, (f"{body_.id}/{e.seq}", e.at))
    return Parts(roles, {token: dict(by_seq.values()) for token, by_seq in acts.items()})


def decision_by_id(connection: Connection, identity: str) -> tuple[Row, Decision] | None:
    """A decision: its row, and what it says."""
    query = (
        select(decision, payload.c.body)
        .join(payload, payload.c.index == decision.c.index)
        .where(decision.c.id == identity)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else (dict(row), from_payload(decode(row["body"])))


def accounts_of(connection: Connection, tokens: Iterable[str]) -> list[str]:
    """Accounts that these tokens stand for; erased ones are left out."""
    accounts: list[str] = []
    for chunk in chunks(sorted(set(tokens))):
        accounts += connection.scalars(select(person.c.account).where(person.c.token.in_(chunk)))
    return accounts


def measures_of(connection: Connection, decision_id: str) -> list[Row]:
    """The single measures of a decision."""
    query = select(measure).where(measure.c.decision == decision_id).order_by(measure.c.id)
    return _rows(connection, query)


def decision_row(connection: Connection, identity: str) -> Row | None:
    """The row of a decision; None: there is none of this id."""
    return _row(connection, decision, identity)


def measure_row(connection: Connection, identity: str) -> Row | None:
    """The row of a single measure; None: there is none of this id."""
    return _row(connection, measure, identity)


def report_row(connection: Connection, identity: str) -> Row | None:
    """The row of a report; None: there is none of this id."""
    return _row(connection, report, identity)


def appeal_row(connection: Connection, identity: str) -> Row | None:
    """The row of an appeal; None: there is none of this id."""
    return _row(connection, appeal, identity)


def kept(connection: Connection, items: Iterable[str]) -> set[str]:
    """Those of these items, `<finding>/<position>`, whose copy is there: the others are erased."""
    present = set()
    for item in set(items):
        ref, _, seq = item.rpartition("/")
        if not seq.isdecimal():
            continue
        query = select(evidence.c.seq).where(evidence.c.ref == ref, evidence.c.seq == int(seq))
        if connection.scalar(query) is not None:
            present.add(item)
    return present


def goes_on(connection: Connection, ended: Mapping[str, Any]) -> bool:
    """Whether another measure of the same kind is in force on the account of one that ends."""
    query = select(measure.c.id).where(
        measure.c.subject == ended["subject"],
        measure.c.key == ended["key"],
        measure.c.item.is_(None),
        measure.c.id != ended["id"],
        measure.c.status.in_(RUNNING),
    )
    return ended["item"] is None and connection.scalar(query.limit(1)) is not None


def standing_strikes(connection: Connection, decision_id: str) -> set[str]:
    """Ids of the strikes that rest on a decision and have not been taken back."""
    query = select(strike.c.id).where(
        strike.c.decision == decision_id, strike.c.removed_at.is_(None)
    )
    return set(connection.scalars(query))


def due_measures(connection: Connection, now: int, limit: int, skip: int = 0) -> list[Row]:
    """Measures in force whose time is over, the longest over first, without the first `skip`."""
    query = (
        select(measure)
        .where(measure.c.status.in_(RUNNING), measure.c.ends_at <= now)
        .order_by(measure.c.ends_at, measure.c.id)
        .limit(limit)
        .offset(skip)
    )
    return _rows(connection, query)


def waits(connection: Connection, case_id: str) -> dict[str, int]:
    """What of a case waits or stands: decisions `awaiting`, `appeals`, measures `standing`."""
    return {name: query.scalar(connection, {"of": case_id}) for name, query in _WAITS.items()}


def strikes(connection: Connection, subjects: Iterable[str]) -> dict[str, list[Strike]]:
    """The strikes of these accounts, removed ones included."""
    by_subject: dict[str, list[Strike]] = {}
    for chunk in chunks(sorted(set(subjects))):
        columns = (strike.c[name] for name in Strike.__struct_fields__)
        query = select(*columns).where(strike.c.subject.in_(chunk))
        for row in connection.execute(query).mappings():
            by_subject.setdefault(row["subject"], []).append(Strike(**row))
    return by_subject


def reports_of(connection: Connection, case_id: str) -> list[Row]:
    """Reports that joined a case and have no answer yet."""
    return [dict(row) for row in connection.execute(_JOINED, {"of": case_id}).mappings()]


def waiting_with(connection: Connection, row: Row, reach: str, most: int) -> list[Row]:
    """A report and those that may be dealt with together with it, first come first, `most` at most.

    `reach` is `one`, `alike` (the same thing was reported) or `subject` (the same account was).
    None is answered; those that have joined a case are left out unless the report has joined it.
    """
    column = {"alike": report.c.same, "subject": report.c.subject}.get(reach)
    value = row.get(column.name) if column is not None else None
    if column is None or value is None:
        return [row]
    query = select(report).where(column == value, report.c.status == row["status"])
    if row["case"] is not None:
        query = query.where(report.c.case == row["case"])
    others = query.where(report.c.id != row["id"]).order_by(report.c.received_at, report.c.id)
    return [row, *_rows(connection, others.limit(most - 1))]


def unfounded_reports(connection: Connection, case_id: str) -> list[Row]:
    """Reports of a case that were upheld by measures none of which stands any more.

    What bears out a report is a measure on the account that it is against, or on any where it
    names none.
    """
    standing = select(measure.c.subject).where(measure.c.case == case_id, *_STANDING).distinct()
    concerned = set(connection.scalars(standing))
    query = select(report).where(report.c.case == case_id, report.c.outcome == "upheld")
    return [
        row
        for row in _rows(connection, query)
        if (row["subject"] not in concerned if row["subject"] else not concerned)
    ]


def reporters(connection: Connection, case_id: str) -> set[str]:
    """Who reported what is now a case."""
    query = select(report.c.reporter).where(report.c.case == case_id)
    return set(connection.scalars(query.where(report.c.reporter.is_not(None))))


def has_reported(connection: Connection, case_id: str, reporter: str) -> bool:
    """Whether a person (a vault token) made a report that has joined a case."""
    query = select(report.c.id).where(report.c.case == case_id, report.c.reporter == reporter)
    return connection.scalar(query.limit(1)) is not None


def outcomes_of(connection: Connection, reporter: str, but: str = "") -> dict[str, int]:
    """How a reporter's reports, besides `but`, were answered: upheld and not upheld."""
    query = (
        select(report.c.outcome, func.count())
        .where(report.c.reporter == reporter, report.c.id != but)
        .where(report.c.outcome.in_(("upheld", "not_upheld")))
        .group_by(report.c.outcome)
    )
    return {str(outcome): count for outcome, count in connection.execute(query)}


def ordered_since(connection: Connection, rule: str, since: int) -> int:
    """How many single measures a rule has ordered since `since`."""
    query = select(func.count()).where(
        measure.c.rule == rule,
        measure.c.ordered_at >= since,
        measure.c.status.not_in(("suppressed", "shadowed")),
    )
    return connection.scalar(query) or 0


def suppressed_since(connection: Connection, rule: str, since: int) -> dict[str, int]:
    """How many measures a rule was kept from ordering since `since`, by why."""
    query = (
        select(measure.c.why, func.count())
        .where(measure.c.rule == rule, measure.c.ordered_at >= since)
        .where(measure.c.status == "suppressed")
        .group_by(measure.c.why)
    )
    return {str(why): count for why, count in connection.execute(query)}


def proposed_for(connection: Connection, kind: str, key: str, to: str) -> int:
    """For how many accounts in cases that wait a rule proposes its measure: what shadow shows."""
    count = 0
    query = select(case.c.state).where(case.c.waiting, case.c.kind == kind).limit(CHUNK)
    for state in connection.scalars(query):
        proposals = case_state(state).proposals
        count += sum(len(p.subjects) for p in proposals if (p.key, p.to) == (key, to))
    return count


def settled(connection: Connection, within: Case, since: int, rule: str, role: str) -> set[str]:
    """Accounts that a rule for a `role` leaves alone in the incident of a case that began `since`.

    Whom it, a person or a program has measured for this incident, or any rule in another role; and
    all who took part when a person last decided on it, whatever that person ordered.
    """
    of = measure.join(case, case.c.id == measure.c.case)
    measured = (
        select(measure.c.subject)
        .select_from(of)
        .where(case.c.about == within.about, measure.c.ordered_at >= since)
        .where(measure.c.status.not_in(("suppressed", "shadowed")))
        .where(
            measure.c.rule.in_((rule, ""))
            | measure.c.rule.startswith(PROGRAM, autoescape=True)
            | (measure.c.role != role)
        )
    )
    known = {subject for subject in connection.scalars(measured) if subject}
    judged = select(func.max(decision.c.made_at)).where(
        decision.c.case == within.id, ~decision.c.automated_decision, decision.c.made_at >= since
    )
    if (at := connection.scalar(judged)) is not None:
        known |= parts(connection, within.id, at).roles.keys()
    return known


def kept_back(connection: Connection, case_id: str, rule: str) -> set[tuple[str, str, str]]:
    """(measure, account, why) of what a rule was kept from ordering in a case."""
    query = select(measure.c.key, measure.c.subject, measure.c.why).where(
        measure.c.case == case_id, measure.c.rule == rule, measure.c.status == "suppressed"
    )
    return {(row.key, row.subject, row.why) for row in connection.execute(query)}


def decided(connection: Connection, case_id: str, among: Collection[str]) -> Row | None:
    """The newest decision of a case in one of these statuses."""
    query = select(decision).where(decision.c.case == case_id, decision.c.status.in_(among))
    newest = query.order_by(decision.c.made_at.desc(), decision.c.id.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return None if row is None else dict(row)


def answerers(connection: Connection, case_id: str, reporter: str) -> set[str]:
    """Who answered the reports of a reporter that have joined a case."""
    query = select(report.c.answered_by).where(
        report.c.case == case_id, report.c.reporter == reporter, report.c.answered_by.is_not(None)
    )
    return set(connection.scalars(query))


def lookers(connection: Connection, decision_id: str) -> set[str]:
    """Who has judged a decision again."""
    return set(connection.scalars(select(review.c.by).where(review.c.decision == decision_id)))


def look_due_at(connection: Connection, decision_id: str) -> bool:
    """Whether a decision was drawn by lot and nobody has judged it again yet."""
    query = select(look_due.c.decision).where(look_due.c.decision == decision_id)
    return connection.scalar(query) is not None


def rule_switches(connection: Connection) -> dict[str, Row]:
    """How each rule was switched last: mode, on which terms, when, by whom."""
    return {row["rule"]: row for row in _rows(connection, select(rule_mode))}


def related(
    connection: Connection, named: Finding, people: Iterable[str], since: int
) -> list[Related]:
    """Cases active since `since` that share these people or the finding's events, newest first."""
    tokens, events = sorted(set(people)), [e.seq for e in named.evidence if e.seq >= 0]
    shared: dict[str, list[set[Any]]] = {}
    of = evidence.join(finding, finding.c.id == evidence.c.ref)

    def note(place: int, column: Any, values: list[Any]) -> None:
        for chunk in chunks(values):
            query = select(finding.c.case, column).select_from(of).distinct()
            query = query.where(column.in_(chunk), finding.c.case.is_not(None))
            for name, value in connection.execute(query.where(finding.c.at >= since)):
                shared.setdefault(name, [set(), set()])[place].add(value)

    note(0, evidence.c.actor, tokens)
    note(1, evidence.c.seq, events)
    about = select(case.c.id).where(case.c.about == named.about, case.c.updated_at >= since)
    for name in connection.scalars(about):
        shared.setdefault(name, [set(), set()])[0].add(named.about)
    newest = select(case.c.id).where(case.c.id.in_(list(shared)[:CHUNK]))
    newest = newest.where(case.c.updated_at >= since).order_by(case.c.updated_at.desc())
    return [
        Related(case=name, people=len(shared[name][0]), events=len(shared[name][1]))
        for name in connection.scalars(newest.limit(MOST))
    ]


def case_state(state: bytes) -> Case:
    """The case that column `state` of a row of `case` holds."""
    return msgspec.json.decode(state, type=Case)


def _row(connection: Connection, table: Table, identity: str) -> Row | None:
    row = connection.execute(select(table).where(table.c.id == identity)).mappings().first()
    return None if row is None else dict(row)


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
