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
    names = vault.accounts([one.id for one in enterprises])
    found = [_enterprise(one, names, vault) for one in enterprises]
    return {
        "officers": tuple(_officer(one) for one in officers if not one.observer),
        "observers": tuple(_observer(one, vault) for one in officers if one.observer),
        "enterprises": tuple(sorted(found, key=lambda row: row.id)),
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
    parties = {one.enterprise for one in requests} | {one.enterprise for one in inspections}
    parties |= {one.enterprise for one in permits} | {one.party for one in penalties}
    names = office.ledger.vault.accounts(parties) if named else {one: one for one in parties}
    visited = {one.id for one in inspections}
    return {
        "requests": tuple(_request(one, dues[one.id] or due(one), names) for one in requests),
        "inspections": tuple(_inspection(one, names) for one in inspections),
        "penalties": tuple(
            _penalty(one, names, visited, _allowed(one, office.rules)) for one in penalties
        ),
        "permits": tuple(_permit(one, names) for one in permits),
    }


# -- out: a noun as a row ------------------------------------------------------------------------


def _enterprise(one: Enterprise, names: Names, vault: Any) -> rows.Enterprise:
    def text(name: str) -> str:
        return vault.text(one.index, name) or ""

    place: Any = [float(each) for each in text("place").split(",")] if text("place") else [None] * 2
    return rows.Enterprise(
        id=names.get(one.id, ""),
        name=text("name"),
        name_en=text("name_en"),
        industry=one.industry,
        grid=one.grid,
        lon=place[0],
        lat=place[1],
        staff=one.staff,
        opened=one.opened,
    )


def _officer(one: Officer) -> rows.Officer:
    return rows.Officer(
        id=one.id,
        name=one.name,
        squad=one.squad,
        department=one.department,
        certificate=one.certificate,
        certificate_until=one.until,  # type: ignore[arg-type]  # who has none goes out blank
    )


def _observer(one: Officer, vault: Any) -> rows.Observer:
    return rows.Observer(
        id=one.id,
        name=vault.text(one.index, "name") or "",
        kind=one.observer,  # type: ignore[arg-type]
        languages=one.languages,
    )


def _request(one: Request, due: int | None, names: Names) -> rows.Request:
    return rows.Request(
        id=one.id,
        received_at=one.received_at,
        channel=one.channel,
        category=one.category,
        grid=one.grid,
        lon=one.lon,
        lat=one.lat,
        enterprise=names.get(one.enterprise) or None,
        accepted_at=one.accepted_at,
        dispatched_to=one.holder or None,
        dispatched_at=one.dispatched_at,
        due_at=due,
        disposed_at=one.disposed_at,
        outcome="transferred" if one.merged_into else one.outcome,
    )


def _inspection(one: Visit, names: Names) -> rows.Inspection:
    return rows.Inspection(
        id=one.id,
        enterprise=names.get(one.enterprise, ""),
        day=one.day,
        department=one.department,
        list=one.checklist,
        reason=one.reason,
        officers=one.officers,
        scanned_in=one.scanned_in,
        observers=one.observers,
        minutes=one.minutes or None,
        violations=one.violations,
    )


def _allowed(one: Penalty, rules: Rulebook) -> Range | None:
    """What the item allows the party: as the file came in with it, or as the bureau's list says."""
    if one.fine_least is not None and one.fine_most is not None:
        return Range(one.fine_least, one.fine_most)
    return None if one.act_day is None else rules.range_of(one.item, one.act_day, _facts(one))


def _facts(one: Penalty) -> dict[str, Any]:
    return one.facts if one.unit else {**one.facts, "subject": "person"}


def _penalty(
    one: Penalty, names: Names, visited: Iterable[str], allowed: Range | None
) -> rows.Penalty:
    passed = one.review == "passed"
    answered = one.contested is not None and not one.suspended
    return rows.Penalty(
        id=one.id,
        enterprise=names.get(one.party, ""),
        item=one.item,
        department=one.department,
        officers=one.officers,
        facts=_facts(one),
        act_day=one.act_day,  # type: ignore[arg-type]
        filed=one.filed,  # type: ignore[arg-type]
        inspection=one.inspection if one.inspection in visited else None,
        noticed=one.noticed,
        hearing_requested=one.hearing_requested,
        heard=one.heard,
        reviewed=one.reviewed if passed else None,
        reviewed_by=one.reviewer if passed else None,
        decided=one.decided,
        decided_by=one.decided_by or None,
        list=one.list or None,  # type: ignore[arg-type]
        fine=Decimal(one.fine) if one.decided else None,
        fine_least=allowed and Decimal(allowed.least),
        fine_most=allowed and Decimal(allowed.most),
        served=one.served,
        paid=one.payments[-1].day if one.payments else None,
        amount_paid=Decimal(one.paid) if one.payments else None,
        published=None if one.withdrawn else one.published,
        closed=one.closed,
        reconsideration=one.contested,
        overturned=one.overturned is not None if one.overturned or answered else None,
    )


def _permit(one: Permit, names: Names) -> rows.Permit:
    return rows.Permit(
        id=one.id,
        enterprise=names.get(one.enterprise, ""),
        item=one.item,
        department=one.department,
        officer=one.officer,
        applied=one.applied,  # type: ignore[arg-type]
        accepted=one.accepted,
        decided=one.decided,
        outcome=one.outcome or None,  # type: ignore[arg-type]
        published=one.published,
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
    told = row if row.fine_most is not None or item is None else item
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
        fine_least=None if told.fine_least is None else int(told.fine_least),
        fine_most=None if told.fine_most is None else int(told.fine_most),
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
