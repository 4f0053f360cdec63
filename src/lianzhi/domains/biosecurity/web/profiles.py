"""Risk profiles: the list, a new one, and the page of each with its changes."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.acts import TABLES
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.web.page import Desk, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import QueryText, or_missing

router = APIRouter(prefix="/profiles")


@router.get("")
def listed(
    request: Request, desk: Desk, user: Reader, subject: QueryText = "", value: QueryText = ""
) -> Response:
    """Profiles, and the form for one more; `subject` and `value` fill it."""
    with desk.office.reading() as connection:
        profiles = tables.profile.every(connection)
        register = desk.office.register(connection)
    context = {
        "profiles": profiles,
        "register": register,
        "opening": TABLES[1].opening,
        "given": {
            "subject": {"value": subject},
            "value": {"value": value},
            "level": {"value": "raised"},
        },
        "today": desk.office.today(),
    }
    return show(request, "profiles.html", **context)


@router.get("/{identity}")
def profile(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A profile with the reason of each change."""
    with or_missing(), desk.office.reading() as connection:
        known = tables.profile.load(connection, identity)
        register = desk.office.register(connection)
    possible = TABLES[1].possible(known.status)
    context = {
        "profile": known,
        "done_keys": TABLES[1].keys,
        "register": register,
        "steps": views.story(desk.office.ledger, identity),
        "offers": offers(possible, known, user, desk.office.today(), lambda step: ()),
        "today": desk.office.today(),
    }
    return show(request, "profile.html", **context)
