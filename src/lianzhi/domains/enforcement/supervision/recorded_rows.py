"""Nouns of the record as rows, so that monitors treat both sources alike.

Parties remain vault tokens.
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
    requests: Iterable[Request] = (),
    enterprises: Iterable[Enterprise] = (),
    officers: Iterable[Officer] = (),
) -> Rows:
    """Rows of the tables' contents.

    `officers` are all persons of the register, observers among them. A person who only came along
    to a visit as observer counts as one, unless registered as an officer.
    """
    files, visit_list, people = list(penalties), list(visits), list(officers)
    staff = [person for person in people if not person.observer]
    seen = {person.id for person in people} | {
        name for visit in visit_list for name in visit.observers
    }
    return Rows(
        enterprises=tuple(enterprise(noun) for noun in enterprises),
        officers=tuple(officer(person) for person in staff),
        observers=frozenset(seen - {person.id for person in staff}),
        requests=tuple(request(noun) for noun in requests),
        inspections=tuple(inspection(visit) for visit in visit_list),
        penalties=tuple(penalty(file) for file in files if file.filed or file.decided),
        permits=tuple(permit(row) for row in permits if row.applied or row.decided),
        waived=frozenset(file.id for file in files if file.waived),
        on_the_spot=frozenset(file.id for file in files if file.on_the_spot),
        accounts={
            file.id: account(file, file.closed)
            for file in files
            if file.closed and not file.imported  # imported files record only the last payment
        },
    )


def penalty(penalty: Penalty) -> rows.Penalty:
    """A case file as a row."""
    filed = penalty.filed or penalty.decided or penalty.act_day
    if filed is None:
        raise ValueError(f"penalty {penalty.id} has no day at all; it was never filed")
    paid = max((payment.day for payment in penalty.payments), default=None)
    return rows.Penalty(
        id=penalty.id,
        enterprise=penalty.party,
        item=penalty.item,
        department=penalty.department,
        officers=penalty.officers,
        facts={**penalty.facts, "subject": "unit" if penalty.unit else "person"},
        act_day=penalty.act_day or filed,
        filed=filed,
        inspection=penalty.inspection or None,
        noticed=penalty.noticed,
        hearing_requested=penalty.hearing_requested,
        heard=penalty.heard,
        reviewed=penalty.reviewed if penalty.review == "passed" else None,
        reviewed_by=penalty.reviewer or None,
        decided=penalty.decided,
        decided_by=penalty.decided_by or None,
        list=penalty.list or None,  # type: ignore[arg-type]
        fine=None if penalty.decided is None else Decimal(penalty.fine),
        fine_least=None if penalty.fine_least is None else Decimal(penalty.fine_least),
        fine_most=None if penalty.fine_most is None else Decimal(penalty.fine_most),
        served=penalty.served,
        paid=paid,
        amount_paid=Decimal(penalty.paid) if paid else None,
        published=penalty.published,
        closed=penalty.closed,
        reconsideration=penalty.contested,
        overturned=True if penalty.overturned else None,
    )


def permit(permit: Permit) -> rows.Permit:
    """A permit file as a row."""
    applied = permit.applied or permit.accepted or permit.decided
    if applied is None:
        raise ValueError(f"permit {permit.id} has no day at all; it was never applied for")
    return rows.Permit(
        id=permit.id,
        enterprise=permit.enterprise,
        item=permit.item,
        department=permit.department,
        officer=permit.officer,
        applied=applied,
        accepted=permit.accepted,
        decided=permit.decided,
        outcome=permit.outcome or None,  # type: ignore[arg-type]
        published=permit.published,
    )


def inspection(visit: Visit) -> rows.Inspection:
    """An inspection as a row."""
    return rows.Inspection(
        id=visit.id,
        enterprise=visit.enterprise,
        day=visit.day,
        department=visit.department,
        list=visit.checklist,
        reason=visit.reason,
        officers=visit.officers,
        scanned_in=visit.scanned_in,
        observers=visit.observers,
        minutes=visit.minutes,
        violations=visit.violations,
    )


def request(request: Request) -> rows.Request:
    """A request as a row."""
    return rows.Request(
        id=request.id,
        received_at=request.received_at,
        channel=request.channel,
        category=request.category,
        grid=request.grid,
        enterprise=request.enterprise or None,
        accepted_at=request.accepted_at,
        dispatched_to=request.holder or None,
        dispatched_at=request.dispatched_at,
        due_at=request.due_at,
        disposed_at=request.disposed_at,
        outcome=request.outcome,
    )


def enterprise(enterprise: Enterprise) -> rows.Enterprise:
    """An enterprise as a row, without name and position."""
    return rows.Enterprise(
        id=enterprise.id,
        name="",
        industry=enterprise.industry,
        grid=enterprise.grid,
        lon=0.0,
        lat=0.0,
        staff=enterprise.staff,
        opened=enterprise.opened,
    )


def officer(officer: Officer) -> rows.Officer:
    """An officer as a row."""
    return rows.Officer(
        id=officer.id,
        name=officer.name,
        squad=officer.squad,
        department=officer.department,
        certificate=officer.certificate,
        certificate_until=officer.until or NO_CERTIFICATE,
    )
