"""Penalties: the list of case files, filing one, and one file as a story."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.folders import without_folders
from lianzhi.domains.enforcement.acts.penalty import PENALTY
from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.law import money
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook.clocks import clocks
from lianzhi.domains.enforcement.web.case_forms import choices, facts_of, fields
from lianzhi.domains.enforcement.web.case_pages import file_of
from lianzhi.domains.enforcement.web.evidence import EVIDENCE
from lianzhi.domains.enforcement.web.page import Desk, Inspector, Reader, show
from lianzhi.domains.enforcement.web.papers import section
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, Given, Look, QueryText, done
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


@router.get("/new")
def new(
    request: Request,
    desk: Desk,
    user: Inspector,
    look: Look,
    enterprise: QueryText = "",
    item: QueryText = "",
    inspection: QueryText = "",
) -> Response:
    """The form for filing a case; with an item, the facts that its table asks for."""
    return show(request, "file.html", **_filing(desk, look, enterprise, item, inspection))


@router.post("")
def file(desk: Desk, user: Inspector, form: Given) -> Response:
    """File a case."""
    entered = fields(form)
    penalty = desk.penalties.file(
        entered.item,
        entered.enterprise,
        facts_of(form, desk.office.rules.discretion, entered.item),
        entered.act_day or desk.office.today(),
        entered.officers,
        user.name,
        entered.words,
        inspection=entered.inspection,
        unit=entered.unit,
        same_act_as=entered.same_act_as,
    )
    return done(f"/enforcement/penalties/{penalty}", "filed")


@router.get("/{identity}")
def penalty_page(request: Request, desk: Desk, user: Reader, look: Look, identity: str) -> Response:
    """One file, top to bottom."""
    penalty = file_of(desk, identity)
    look(identity, [identity])
    return show(request, "penalty.html", **_context(desk, penalty, user))


def _context(desk: Desk, penalty: Penalty, user: Any) -> dict[str, Any]:
    office, today = desk.office, desk.office.today()
    rules = office.rules
    with office.reading() as connection:
        officers = office.officers(connection, {*penalty.officers, penalty.assigned})
    steps = views.story(office.ledger, penalty.id)
    acted = penalty.act_day or today
    ruling, fault = _ruling(desk, penalty)
    return {
        "penalty": penalty,
        "name": views.named(office.ledger, [penalty.party])[penalty.party],
        "item": rules.named(penalty.item, acted),
        "departments": rules.power(today).departments,
        "officers": officers,
        "all_officers": _officers(desk),
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
        "given": _given(desk, penalty, today),
        "ruling": ruling,
        "table_fault": fault,
        "asks": rules.discretion.inputs(penalty.item),
        "today": today,
        "sanctions": _others(desk, penalty, acted),
        "kinds": EVIDENCE,
        "choices": choices,
        **section(desk, penalty.id, user),
    }


def _given(desk: Desk, penalty: Penalty, today: dt.date) -> dict[str, Any]:
    """What fields of acts get besides their declaration, by act and field."""
    free = [officer for officer in _officers(desk) if officer.id not in penalty.recused]
    options = [(officer.id, officer.name or officer.id) for officer in free]
    others = [each for each in options if each[0] not in penalty.officers]
    first, owed = _first_hearing(desk, today).isoformat(), money.account(penalty, today).owed
    return {
        "evidence_review": {
            "evidence": {"options": [(piece, piece[:8]) for piece in penalty.unreviewed]},
            "passed": {"checked": True},
        },
        "hearing_call": {"hearing": {"min": first, "value": first}},
        "hear": {"chair": {"options": others}},
        "decide": {"fine": {"value": penalty.announced or 0}},
        "pay": {"amount": {"min": 1, "max": owed, "value": owed}},
        "answer": {"fine": {"max": penalty.fine}},
        "assign": {
            "to": {
                "options": options,
                "value": penalty.assigned,
            }
        },
        "recuse": {
            "officer": {"options": [(officer, "") for officer in penalty.officers]},
            "instead": {"options": others, "blank": "penalty.recuse_nobody"},
        },
    }


def _others(desk: Desk, penalty: Penalty, acted: dt.date) -> list[str]:
    """Kinds of penalty that the item provides beside a fine."""
    item = desk.office.rules.item(penalty.item, acted)
    return sorted(item.provides("unit" if penalty.unit else "person") - {"fine"}) if item else []


def _first_hearing(desk: Desk, today: dt.date) -> dt.date:
    """First day for which a hearing may be called today; today where no calendar tells."""
    with suppress(UnknownYearError):
        for day in (today + dt.timedelta(n) for n in range(40)):
            if desk.office.rules.last_day("penalty.hearing_notice", day) >= today:
                return day
    return today


def _officers(desk: Desk) -> list[Any]:
    """All officers, for choosing."""
    with desk.office.reading() as connection:
        return list(views.officers(connection))


def _ruling(desk: Desk, penalty: Penalty) -> tuple[Any, str]:
    """What the table says of the facts as they stand, or why it says nothing."""
    try:
        return desk.penalties.ruling(penalty, penalty.facts), ""
    except ValueError as error:
        return None, without_folders(str(error))


def _filing(desk: Desk, look: Look, enterprise: str, item: str, inspection: str) -> dict[str, Any]:
    day = desk.office.today()
    power = desk.office.rules.power(day)
    items = [each for each in power if each.kind == "penalty" and each.verified]
    known = views.enterprises(desk.office.ledger, enterprise) if enterprise else []
    look("penalties", [each.id for each, _ in known])
    chosen = [pair for pair in known if pair[1].id == enterprise]
    return {
        "items": items,
        "item": item,
        "enterprise": enterprise,
        "known": chosen or known,
        "inspection": inspection,
        "asks": desk.office.rules.discretion.inputs(item) if item else (),
        "all_officers": _officers(desk),
        "choices": choices,
        "today": day,
        **others(desk, look, chosen or known),
    }


def others(desk: Desk, look: Look, known: Sequence[Any]) -> dict[str, Any]:
    """The other files of a party, one of which may be about the same act."""
    if len(known) != 1:
        return {"others": [], "other_items": {}}
    with desk.office.reading() as connection:
        rows = views.penalties(connection, where={"party": known[0][0].id}).rows
    others = [penalty for penalty in rows if penalty.outcome not in ("dropped", "transferred")][
        :_OTHERS
    ]
    look("penalties", [penalty.id for penalty in others])
    today = desk.office.today()
    named = {penalty.item: desk.office.rules.named(penalty.item, today) for penalty in others}
    return {"others": others, "other_items": named}


#: How many other files of a party are offered as being about the same act.
_OTHERS = 20
