"""Post manuals: the list, who has not read what, the page of a manual and its form."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.counsel.acts.manual import MANUAL
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.web.page import Desk, Lead, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.noun_story import noun_story
from lianzhi.kit.page import QueryText, or_missing

router = APIRouter(prefix="/manuals")
SHOWN = ("all", "mine", "unread")


@router.get("")
def manuals_page(
    request: Request, desk: Desk, user: Reader, shown: QueryText = "all", field: QueryText = ""
) -> Response:
    """Manuals; `mine`: those that the reader has to read; `unread`: who has not read what."""
    today, overseer = desk.office.today(), user.may("counsel_lead")
    policy = desk.office.rules.guidance(today)
    field = field if field in {each.key for each in policy.fields} else ""
    unread = desk.guidance.manuals.unread()
    mine = {each.manual for each in unread if each.user == user.name}
    shown = shown if shown in SHOWN and (overseer or shown != "unread") else "all"
    manuals = desk.guidance.manuals.every(field)
    context = {
        "manuals": [each for each in manuals if shown == "all" or each.id in mine],
        "unread": unread,
        "counts": {"mine": len(mine), "unread": len(unread)},
        "shown": shown,
        "choices": SHOWN if overseer else SHOWN[:2],
        "field": field,
        "policy": policy,
        "today": today,
    }
    return show(request, "manuals.html", **context)


@router.get("/new")
def new(
    request: Request, desk: Desk, user: Lead, field: QueryText = "", post: QueryText = ""
) -> Response:
    """The form of a version; filled with the newest one where there is one."""
    identity = f"{field}.{post}"
    manual = next(
        (each for each in desk.guidance.manuals.every(field) if each.id == identity), None
    )
    text = desk.office.ledger.vault.text(manual.newest.index, "content") if manual else ""
    today = desk.office.today()
    context = {"manual": manual, "field": field, "post": post, "text": text or "", "today": today}
    return show(request, "manual_form.html", policy=desk.office.rules.guidance(today), **context)


@router.get("/{identity}")
def manual_page(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """The newest version, what it changed, who has to read it, and earlier versions."""
    with or_missing():
        manual = desk.guidance.manuals.get(identity)
    today = desk.office.today()
    possible = [
        act
        for act in MANUAL.possible(manual.status)
        if act.key != "read" or user.name in manual.newest.unread
    ]
    vault = desk.office.ledger.vault
    context = {
        "manual": manual,
        "texts": {each.index: vault.text(each.index, "content") for each in manual.editions},
        "changes": desk.guidance.manuals.changes(manual),
        "policy": desk.office.rules.guidance(today),
        "today": today,
        "steps": noun_story(desk.office.ledger, tables.step, identity),
        "offers": offers(possible, manual, user, today, lambda step: ()),
    }
    return show(request, "manual.html", **context)
