"""Rows of a town's files as nouns of the record, for an import.

The place of a request is rounded to about a hundred metres.
"""

import datetime as dt
from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any

import msgspec

from lianzhi.dispatch.requests.request import Request
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.nouns.penalty import Payment, Penalty, Span, Status
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.domains.enforcement.words import words
from lianzhi.tabular.problem import Fault, Problem, excerpt
from lianzhi.tabular.reading import ReadTable

Names = Mapping[str, str]
PLACE_DIGITS = 3
"""Stored decimals of a degree: enough for a squad to find the place, too few to identify a door."""


def request(row: rows.Request, tokens: Names) -> Request:
    """The request of a row. `tokens`: vault token by enterprise id."""
    ended = row.disposed_at is not None
    status = "received" if row.accepted_at is None else "accepted"
    status = "dispatched" if row.dispatched_at is not None else status
    status = ("declined" if row.outcome == "declined" else "closed") if ended else status
    times = [row.received_at, row.accepted_at, row.dispatched_at, row.disposed_at]
    return Request(
        id=row.id,
        channel=row.channel,
        category=row.category,
        received_at=row.received_at,
        updated_at=max(time for time in times if time is not None),
        status=status,  # type: ignore[arg-type]
        grid=row.grid,
        lon=None if row.lon is None else round(row.lon, PLACE_DIGITS),
        lat=None if row.lat is None else round(row.lat, PLACE_DIGITS),
        enterprise=tokens[row.enterprise] if row.enterprise else "",
        accepted_at=row.accepted_at,
        dispatched_at=row.dispatched_at,
        holder=row.dispatched_to or "",
        disposed_at=row.disposed_at,
        outcome=row.outcome,
        due_at=row.due_at,
        imported=True,
    )


def inspection(row: rows.Inspection, tokens: Names) -> dict[str, Any]:
    """Payload of the entry of an inspection row."""
    return {
        "inspection": row.id,
        "enterprise": tokens[row.enterprise],
        "day": row.day,
        "department": row.department,
        "checklist": row.list,
        "reason": row.reason,
        "officers": row.officers,
        "observers": row.observers,
        "scanned_in": row.scanned_in,
        "minutes": row.minutes or 0,
        "violations": row.violations,
    }


def unrecordable(row: rows.Penalty, rules: Rulebook) -> tuple[str, str, Fault] | None:
    """Column, value and fault of facts that may not be recorded; None if there is none.

    A fact or value unknown to the discretion table may be personal data, and a published row must
    say whether the party is a person.
    """
    if names := rules.discretion.recordable.faults(row.item, row.facts):
        name = names[0]
        return (
            "facts",
            excerpt({name: row.facts[name]}),
            Fault("fact", {"fact": excerpt(name)}, words),
        )
    if row.published is not None and "subject" not in row.facts:
        return "facts", excerpt(row.facts), Fault("subject", catalogue=words)
    return None


def recordable(kind: str, read: ReadTable[Any], there: Set[str], rules: Rulebook) -> ReadTable[Any]:
    """The rows of a kind that the record can take; `there`: ids of the kind on the record."""
    good, lines, wrong = [], [], list(read.errors)
    for row, line in zip(read.rows, read.lines, strict=True):
        if problem := _fault(kind, row, there, rules):
            wrong.append(Problem(read.file, line, *problem))
        else:
            good.append(row)
            lines.append(line)
    wrong.sort(key=lambda problem: problem.line)
    return msgspec.structs.replace(read, rows=tuple(good), lines=tuple(lines), errors=tuple(wrong))


def _fault(kind: str, row: Any, there: Set[str], rules: Rulebook) -> tuple[str, str, Fault] | None:
    """Column, value and mend of what keeps a good row from the record."""
    if row.id in there:
        return "id", row.id, Fault("on_record", catalogue=words)
    if kind == "penalties":
        for name in ("fine", "fine_least", "fine_most", "amount_paid"):
            amount: Decimal | None = getattr(row, name)
            if amount is not None and amount != amount.to_integral_value():
                return name, str(amount), Fault("whole_yuan", catalogue=words)
        return unrecordable(row, rules)
    return None


def penalty(
    row: rows.Penalty, tokens: Names, homes: Names, squads: Names, item: rows.TownItem | None
) -> Penalty:
    """The file of a row. `homes`: grid by enterprise; `squads`: squad by officer; `item`: of the
    imported list, whose range of fines is used for a row without one."""
    source = row if row.fine_most is not None or item is None else item
    reached: dict[Status, dt.date | None] = {
        "closed": row.closed,
        "served": row.served,
        "decided": row.decided,
        "noticed": row.noticed,
        "filed": row.filed,
    }
    contested, pending = row.reconsideration, row.overturned is None and row.closed is None
    return Penalty(
        id=row.id,
        item=row.item,
        department=row.department,
        party=tokens[row.enterprise],
        unit=row.facts.get("subject") != "person",
        status=next(name for name, day in reached.items() if day is not None),
        squad=squads.get(row.officers[0], ""),
        grid=homes.get(row.enterprise, ""),
        inspection=row.inspection or "",
        officers=row.officers,
        facts=row.facts,
        act_day=row.act_day,
        filed=row.filed,
        evidence=1,
        noticed=row.noticed,
        hearing_requested=row.hearing_requested,
        heard=row.heard,
        reviewed=row.reviewed,
        review="passed" if row.reviewed else "",
        reviewer=row.reviewed_by or "",
        decided=row.decided,
        decided_by=row.decided_by or "",
        list=row.list or "",
        fine=int(row.fine or 0),
        fine_least=None if source.fine_least is None else int(source.fine_least),
        fine_most=None if source.fine_most is None else int(source.fine_most),
        served=row.served,
        payments=(Payment(row.paid, int(row.amount_paid or 0)),) if row.paid else (),
        suspensions=(Span(contested, None if pending else row.closed or contested),)
        if contested
        else (),
        contested=contested,
        overturned=(row.closed or contested or row.decided) if row.overturned else None,
        published=row.published,
        closed=row.closed,
        outcome="carried_out" if row.closed else "",
        imported=True,
    )
