"""The nouns of the record as rows, so that monitors look at both alike.

Parties stay vault tokens.
"""

from collections.abc import Iterable
from decimal import Decimal

from lianzhi.dispatch.requests.request import Request
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Permit, Visit
from lianzhi.domains.enforcement.supervision.rows import NO_CERTIFICATE, Rows


def rows_of(
    *,
    penalties: Iterable[Penalty] = (),
    visits: Iterable[Visit] = (),
    permits: Iterable[Permit] = (),
    requests: Iterable[tuple[Request, int | None]] = (),
    enterprises: Iterable[Enterprise] = (),
    officers: Iterable[Officer] = (),
) -> Rows:
    """Rows of what the tables hold; requests come with the moment by which they are due.

    `officers` are all of the register, observers among them. Who only came along to a visit as
    an observer is one as well, unless registered as an officer.
    """
    files, held, people = list(penalties), list(visits), list(officers)
    staff = [one for one in people if not one.observer]
    seen = {one.id for one in people} | {name for one in held for name in one.observers}
    return Rows(
        enterprises=tuple(_enterprise(one) for one in enterprises),
        officers=tuple(_officer(one) for one in staff),
        observers=frozenset(seen - {one.id for one in staff}),
        requests=tuple(_request(one, due) for one, due in requests),
        inspections=tuple(_inspection(one) for one in held),
        penalties=tuple(penalty(one) for one in files if one.filed or one.decided),
        permits=tuple(permit(one) for one in permits if one.applied or one.decided),
        waived=frozenset(one.id for one in files if one.waived),
        on_the_spot=frozenset(one.id for one in files if one.on_the_spot),
        accounts={
            one.id: account(one, one.closed)
            for one in files
            if one.closed and not one.imported  # which bring the last payment alone
        },
    )


def penalty(one: Penalty) -> rows.Penalty:
    """A case file as a row."""
    filed = one.filed or one.decided or one.act_day
    if filed is None:
        raise ValueError(f"penalty {one.id} has no day at all; it was never filed")
    paid = max((each.day for each in one.payments), default=None)
    return rows.Penalty(
        id=one.id,
        enterprise=one.party,
        item=one.item,
        department=one.department,
        officers=one.officers,
        facts={**one.facts, "subject": "unit" if one.unit else "person"},
        act_day=one.act_day or filed,
        filed=filed,
        inspection=one.inspection or None,
        noticed=one.noticed,
        hearing_requested=one.hearing_requested,
        heard=one.heard,
        reviewed=one.reviewed if one.review == "passed" else None,
        reviewed_by=one.reviewer or None,
        decided=one.decided,
        decided_by=one.decided_by or None,
        list=one.list or None,  # type: ignore[arg-type]
        fine=None if one.decided is None else Decimal(one.fine),
        fine_least=None if one.fine_least is None else Decimal(one.fine_least),
        fine_most=None if one.fine_most is None else Decimal(one.fine_most),
        served=one.served,
        paid=paid,
        amount_paid=Decimal(one.paid) if paid else None,
        published=one.published,
        closed=one.closed,
        reconsideration=one.contested,
        overturned=True if one.overturned else None,
    )


def permit(one: Permit) -> rows.Permit:
    """A permit file as a row."""
    applied = one.applied or one.accepted or one.decided
    if applied is None:
        raise ValueError(f"permit {one.id} has no day at all; it was never applied for")
    return rows.Permit(
        id=one.id,
        enterprise=one.enterprise,
        item=one.item,
        department=one.department,
        officer=one.officer,
        applied=applied,
        accepted=one.accepted,
        decided=one.decided,
        outcome=one.outcome or None,  # type: ignore[arg-type]
        published=one.published,
    )


def _inspection(one: Visit) -> rows.Inspection:
    return rows.Inspection(
        id=one.id,
        enterprise=one.enterprise,
        day=one.day,
        department=one.department,
        list=one.checklist,
        reason=one.reason,
        officers=one.officers,
        scanned_in=one.scanned_in,
        observers=one.observers,
        minutes=one.minutes,
        violations=one.violations,
    )


def _request(one: Request, due: int | None) -> rows.Request:
    return rows.Request(
        id=one.id,
        received_at=one.received_at,
        channel=one.channel,
        category=one.category,
        grid=one.grid,
        enterprise=one.enterprise or None,
        accepted_at=one.accepted_at,
        dispatched_to=one.holder or None,
        dispatched_at=one.dispatched_at,
        due_at=due,
        disposed_at=one.disposed_at,
        outcome=one.outcome,
    )


def _enterprise(one: Enterprise) -> rows.Enterprise:
    return rows.Enterprise(
        id=one.id,
        name="",
        industry=one.industry,
        grid=one.grid,
        lon=0.0,
        lat=0.0,
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
        certificate_until=one.until or NO_CERTIFICATE,
    )
