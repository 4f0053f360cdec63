"""Penalties: the list of case files, and one file as a story."""

import datetime as dt
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.folders import without_folders
from lianzhi.domains.enforcement.acts.case_fields import choices
from lianzhi.domains.enforcement.acts.penalty import PENALTY
from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.law import money
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook.clocks import clocks
from lianzhi.domains.enforcement.web.case_pages import file_of
from lianzhi.domains.enforcement.web.page import Desk, Reader, catalogue, show
from lianzhi.domains.enforcement.web.papers import section
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, Look, QueryText
from lianzhi.law.calendar import UnknownYearError

router = APIRouter(prefix="/penalties")
#: What the list may be narrowed to.
STATUSES = ("open", "filed", "noticed", "review", "decided", "served", "closed", "archived", "all")


@router.get("")
def listed(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    look: Look,
    status: QueryText = "open",
    department: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    status = status if status in STATUSES else "open"
    today = desk.office.today()
    with desk.office.reading() as connection:
        page = views.penalties(
            connection, "" if status == "all" else status, {"department": department}, cursor
        )
        waiting = tables.penalty.counts(connection, "status")
        warn = desk.office.rules.procedure(today).certificates.warn_days
        soon = views.expiring(connection, today, warn) if user.may("lead") else []
    names = views.named(desk.office.ledger, [penalty.party for penalty in page.rows])
    look("penalties", [penalty.id for penalty in page.rows])
    context = {
        "page": page,
        "names": names,
        "status": status,
        "statuses": STATUSES,
        "department": department,
        "counts": waiting,
        "expiring": soon,
        "clocks": {penalty.id: clocks(penalty, desk.office.rules, today) for penalty in page.rows},
        "power": desk.office.rules.power(today),
        "unknown_year": desk.office.rules.unknown_year(today),
        "items": {
            penalty.item: desk.office.rules.named(penalty.item, today) for penalty in page.rows
        },
    }
    return show(request, "_penalties.html" if cursor else "penalties.html", **context)


@router.get("/{identity}")
def penalty_page(request: Request, desk: Desk, user: Reader, look: Look, identity: str) -> Response:
    """One file, top to bottom."""
    penalty = file_of(desk, identity)
    look(identity, [identity])
    return show(request, "penalty.html", **_context(request, desk, penalty, user))


def _context(request: Request, desk: Desk, penalty: Penalty, user: Any) -> dict[str, Any]:
    office, today = desk.office, desk.office.today()
    rules = office.rules
    steps = views.story(office.ledger, penalty.id)
    acted = penalty.act_day or today
    ruling, fault = _ruling(desk, penalty)
    return {
        "penalty": penalty,
        "name": views.named(office.ledger, [penalty.party])[penalty.party],
        "item": rules.named(penalty.item, acted),
        "departments": rules.power(today).departments,
        "steps": steps,
        "evidence": [step for step in steps if step.kind in EVIDENCE_KINDS],
        "clocks": clocks(penalty, rules, today),
        "account": money.account(penalty, today),
        "offers": offers(
            PENALTY.possible(penalty.status),
            penalty,
            user,
            today,
            lambda step: desk.penalties.refusals(penalty, step, user.name),
        ),
        "given": _given(request, desk, penalty, ruling),
        "done_keys": (*PENALTY.keys, "paper"),
        "ruling": ruling,
        "table_fault": fault,
        "asks": rules.discretion.inputs(penalty.item),
        "today": today,
        "choices": choices,
        **section(desk, penalty.id, user),
    }


def _given(request: Request, desk: Desk, penalty: Penalty, ruling: Any) -> dict[str, Any]:
    """What fields of acts get besides their declaration, by act and field."""
    today, worded = desk.office.today(), catalogue(request).gettext
    with desk.office.reading() as connection:
        free = [each for each in views.officers(connection) if each.id not in penalty.recused]
    options = [(officer.id, officer.name or officer.id) for officer in free]
    others = [each for each in options if each[0] not in penalty.officers]
    first, owed = _first_hearing(desk, today).isoformat(), money.account(penalty, today).owed
    low, high = (ruling.fine_from, ruling.fine_to) if ruling else (0, 0)
    tabled = worded("penalty.range") % {"low": f"{low:,}", "high": f"{high:,}"} if ruling else ""
    item = desk.office.rules.item(penalty.item, penalty.act_day or today)
    provided = item.provides("unit" if penalty.unit else "person") - {"fine"} if item else ()
    return {
        "evidence": {"file": {"accept": "image/*,application/pdf,text/plain,.docx,.xlsx"}},
        "evidence_review": {
            "evidence": {"options": [(piece, piece[:8]) for piece in penalty.unreviewed]},
            "passed": {"checked": True},
        },
        "notice": {
            "fine": {"value": low, "hint": tabled},
            "sanctions": {
                "options": [(key, worded(f"sanction.{key}"), "") for key in sorted(provided)]
            },
        },
        "hearing_call": {"hearing": {"min": first, "value": first}},
        "hear": {"chair": {"options": others}},
        "decide": {"fine": {"value": penalty.announced or 0, "hint": tabled}},
        "pay": {"amount": {"min": 1, "max": owed, "value": owed}},
        "answer": {"fine": {"max": penalty.fine}},
        "assign": {"to": {"options": options, "value": penalty.assigned}},
        "recuse": {
            "officer": {"options": [(officer, "") for officer in penalty.officers]},
            "instead": {"options": others, "blank": "penalty.recuse_nobody"},
        },
    }


def _first_hearing(desk: Desk, today: dt.date) -> dt.date:
    """First day for which a hearing may be called today; today where no calendar tells."""
    with suppress(UnknownYearError):
        for day in (today + dt.timedelta(n) for n in range(40)):
            if desk.office.rules.last_day("penalty.hearing_notice", day) >= today:
                return day
    return today


def _ruling(desk: Desk, penalty: Penalty) -> tuple[Any, str]:
    """What the table says of the facts as they stand, or why it says nothing."""
    try:
        return desk.penalties.ruling(penalty, penalty.facts), ""
    except ValueError as error:
        return None, without_folders(str(error))
