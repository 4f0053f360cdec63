"""Rows: nouns of the record as rows of a town's files, and such rows as nouns.

Both directions stand side by side, so that what comes in can go out again as it came. Three things
do not come back as they were. The place of a request is kept to a hundred metres only. A request
that was merged into another goes out as `transferred`. Whoever was erased goes out as a blank.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lianzhi.dispatch.requests.request import Request
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.nouns.penalty import Payment, Penalty, Span, Status
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Permit, Visit
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook.rulebook import Range, Rulebook
from lianzhi.domains.enforcement.words import words
from lianzhi.tabular.problem import Fault
from lianzhi.tabular.problem import excerpt as shown

Names = Mapping[str, str]
"""Ids in files by vault token, or the other way round; of those who were erased none."""
Due = Callable[[Request], int | None]
#: Digits of a degree that are kept of the place of a request: about a hundred metres, enough for a
#: squad to find it, too little to tell a door.
PLACES = 3


def registered(office: Office) -> dict[str, tuple[Any, ...]]:
    """Officers, observers and enterprises as the registers stand, in the order of their ids."""
    with office.reading() as connection:
        officers = views.every(connection, tables.officer, Officer)
        enterprises = views.every(connection, tables.enterprise, Enterprise)
    vault = office.ledger.vault
    names = vault.accounts([enterprise.id for enterprise in enterprises])
    enterprise_rows = [_enterprise(enterprise, names, vault) for enterprise in enterprises]
    return {
        "officers": tuple(_officer(officer) for officer in officers if not officer.observer),
        "observers": tuple(_observer(officer, vault) for officer in officers if officer.observer),
        "enterprises": tuple(sorted(enterprise_rows, key=lambda row: row.id)),
    }


def kept(office: Office, due: Due, *, named: bool = True) -> dict[str, tuple[Any, ...]]:
    """What was done, by kind, in the order of ids: requests, inspections, penalties, permits.

    `due`: until when a request is to be disposed of that says nothing of it itself. Unless `named`,
    parties go by their vault tokens, for figures that need no names.
    """
    with office.reading() as connection:
        column = tables.request.c
        dues = dict(connection.execute(select(column.id, column.due_at)).all())
        requests = views.every(connection, tables.request, Request)
        inspections = views.every(connection, tables.inspection, Visit)
        penalties = views.every(connection, tables.penalty, Penalty)
        permits = views.every(connection, tables.permit, Permit)
    parties = {visit.enterprise for visit in requests} | {visit.enterprise for visit in inspections}
    parties |= {visit.enterprise for visit in permits} | {visit.party for visit in penalties}
    names = office.ledger.vault.accounts(parties) if named else {visit: visit for visit in parties}
    visited = {visit.id for visit in inspections}
    return {
        "requests": tuple(
            _request(visit, dues[visit.id] or due(visit), names) for visit in requests
        ),
        "inspections": tuple(_inspection(visit, names) for visit in inspections),
        "penalties": tuple(
            _penalty(visit, names, visited, _allowed(visit, office.rules)) for visit in penalties
        ),
        "permits": tuple(_permit(visit, names) for visit in permits),
    }


# -- out: a noun as a row ------------------------------------------------------------------------


def _enterprise(enterprise: Enterprise, names: Names, vault: Any) -> rows.Enterprise:
    def text(name: str) -> str:
        return vault.text(enterprise.index, name) or ""

    place: Any = [float(each) for each in text("place").split(",")] if text("place") else [None] * 2
    return rows.Enterprise(
        id=names.get(enterprise.id, ""),
        name=text("name"),
        name_en=text("name_en"),
        industry=enterprise.industry,
        grid=enterprise.grid,
        lon=place[0],
        lat=place[1],
        staff=enterprise.staff,
        opened=enterprise.opened,
    )


def _officer(officer: Officer) -> rows.Officer:
    return rows.Officer(
        id=officer.id,
        name=officer.name,
        squad=officer.squad,
        department=officer.department,
        certificate=officer.certificate,
        certificate_until=officer.until,  # type: ignore[arg-type]  # who has none goes out blank
    )


def _observer(officer: Officer, vault: Any) -> rows.Observer:
    return rows.Observer(
        id=officer.id,
        name=vault.text(officer.index, "name") or "",
        kind=officer.observer,  # type: ignore[arg-type]
        languages=officer.languages,
    )


def _request(request: Request, due: int | None, names: Names) -> rows.Request:
    return rows.Request(
        id=request.id,
        received_at=request.received_at,
        channel=request.channel,
        category=request.category,
        grid=request.grid,
        lon=request.lon,
        lat=request.lat,
        enterprise=names.get(request.enterprise) or None,
        accepted_at=request.accepted_at,
        dispatched_to=request.holder or None,
        dispatched_at=request.dispatched_at,
        due_at=due,
        disposed_at=request.disposed_at,
        outcome="transferred" if request.merged_into else request.outcome,
    )


def _inspection(visit: Visit, names: Names) -> rows.Inspection:
    return rows.Inspection(
        id=visit.id,
        enterprise=names.get(visit.enterprise, ""),
        day=visit.day,
        department=visit.department,
        list=visit.checklist,
        reason=visit.reason,
        officers=visit.officers,
        scanned_in=visit.scanned_in,
        observers=visit.observers,
        minutes=visit.minutes or None,
        violations=visit.violations,
    )


def _allowed(penalty: Penalty, rules: Rulebook) -> Range | None:
    """What the item allows the party: as the file came in with it, or as the bureau's list says."""
    if penalty.fine_least is not None and penalty.fine_most is not None:
        return Range(penalty.fine_least, penalty.fine_most)
    return (
        None
        if penalty.act_day is None
        else rules.range_of(penalty.item, penalty.act_day, _facts(penalty))
    )


def _facts(penalty: Penalty) -> dict[str, Any]:
    return penalty.facts if penalty.unit else {**penalty.facts, "subject": "person"}


def _penalty(
    penalty: Penalty, names: Names, visited: Iterable[str], allowed: Range | None
) -> rows.Penalty:
    passed = penalty.review == "passed"
    answered = penalty.contested is not None and not penalty.suspended
    return rows.Penalty(
        id=penalty.id,
        enterprise=names.get(penalty.party, ""),
        item=penalty.item,
        department=penalty.department,
        officers=penalty.officers,
        facts=_facts(penalty),
        act_day=penalty.act_day,  # type: ignore[arg-type]
        filed=penalty.filed,  # type: ignore[arg-type]
        inspection=penalty.inspection if penalty.inspection in visited else None,
        noticed=penalty.noticed,
        hearing_requested=penalty.hearing_requested,
        heard=penalty.heard,
        reviewed=penalty.reviewed if passed else None,
        reviewed_by=penalty.reviewer if passed else None,
        decided=penalty.decided,
        decided_by=penalty.decided_by or None,
        list=penalty.list or None,  # type: ignore[arg-type]
        fine=Decimal(penalty.fine) if penalty.decided else None,
        fine_least=allowed and Decimal(allowed.least),
        fine_most=allowed and Decimal(allowed.most),
        served=penalty.served,
        paid=penalty.payments[-1].day if penalty.payments else None,
        amount_paid=Decimal(penalty.paid) if penalty.payments else None,
        published=None if penalty.withdrawn else penalty.published,
        closed=penalty.closed,
        reconsideration=penalty.contested,
        overturned=penalty.overturned is not None if penalty.overturned or answered else None,
    )


def _permit(permit: Permit, names: Names) -> rows.Permit:
    return rows.Permit(
        id=permit.id,
        enterprise=names.get(permit.enterprise, ""),
        item=permit.item,
        department=permit.department,
        officer=permit.officer,
        applied=permit.applied,  # type: ignore[arg-type]
        accepted=permit.accepted,
        decided=permit.decided,
        outcome=permit.outcome or None,  # type: ignore[arg-type]
        published=permit.published,
    )


# -- in: a row as a noun -------------------------------------------------------------------------


def request(row: rows.Request, tokens: Names) -> Request:
    """The request that a row tells of."""
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
        lon=None if row.lon is None else round(row.lon, PLACES),
        lat=None if row.lat is None else round(row.lat, PLACES),
        enterprise=tokens[row.enterprise] if row.enterprise else "",
        accepted_at=row.accepted_at,
        dispatched_at=row.dispatched_at,
        holder=row.dispatched_to or "",
        disposed_at=row.disposed_at,
        outcome=row.outcome,
    )


def inspection(row: rows.Inspection, tokens: Names) -> dict[str, Any]:
    """What the entry of an inspection says of a row."""
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


def unsayable(row: rows.Penalty, rules: Rulebook) -> tuple[str, str, Fault] | None:
    """Column, value and mend of facts that may not stand on the record: what no table asks for, or
    a value that it does not know, may tell of people; and what is public has to say whether the
    party is a person."""
    if names := rules.discretion.recordable.faults(row.item, row.facts):
        name = names[0]
        return "facts", shown({name: row.facts[name]}), Fault("fact", {"fact": shown(name)}, words)
    if row.published is not None and "subject" not in row.facts:
        return "facts", shown(row.facts), Fault("subject", catalogue=words)
    return None


def penalty(
    row: rows.Penalty, tokens: Names, homes: Names, squads: Names, item: rows.TownItem | None
) -> Penalty:
    """The file that a row tells of. `homes`: grid by enterprise; `squads`: squad by officer;
    `item`: as a list that came along has it, for a row that tells no range of fines itself."""
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
