"""Platforms: the register, and each with its instructions."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.oversight.acts import TABLES
from lianzhi.domains.oversight.queries import tables, views
from lianzhi.domains.oversight.rules.sheet import sheet
from lianzhi.domains.oversight.web.page import Desk, Reader, Supervisor, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import or_missing

router = APIRouter(prefix="/platforms")
_TABLE = TABLES[0]
#: Platforms on the list: those of most users.
MOST = 200


@router.get("")
def listed(request: Request, desk: Desk, user: Reader) -> Response:
    """Platforms, the one of most users first, with how their instructions stand."""
    with desk.office.reading() as connection:
        rows = [
            (each, views.standing(views.of_platform(connection, each.id)))
            for each in views.platforms(connection, MOST)
        ]
    return show(request, "platforms.html", rows=rows)


@router.get("/new")
def new(request: Request, desk: Desk, user: Supervisor) -> Response:
    """The form for a platform."""
    return show(request, "platform_new.html", opening=_TABLE.opening, today=desk.office.today())


@router.get("/{identity}")
def platform(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A platform: where it stands duty by duty, and what it was instructed."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        known = tables.platform.load(connection, identity)
        instructions = views.of_platform(connection, identity)
    context = {
        "platform": known,
        "sheet": sheet(office.policy()[1].duties, instructions),
        "instructions": instructions,
        "done_keys": _TABLE.keys,
        "steps": views.story(office.ledger, identity),
        "offers": offers(
            _TABLE.possible(known.status), known, user, office.today(), lambda step: ()
        ),
        "today": office.today(),
    }
    return show(request, "platform.html", **context)
