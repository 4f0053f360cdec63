"""Re-checks: the plan of a draw, its items to judge one by one, and what was shown."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.oversight.acts import TABLES
from lianzhi.domains.oversight.queries import tables, views
from lianzhi.domains.oversight.web.page import Desk, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import or_missing

router = APIRouter(prefix="/rechecks")
_TABLE = TABLES[2]


@router.get("/{identity}")
def recheck(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A re-check, with the next item to judge."""
    office, today = desk.office, desk.office.today()
    with or_missing(), office.reading() as connection:
        known = tables.recheck.load(connection, identity)
        instruction = tables.instruction.load(connection, known.instruction)
        platform = tables.platform.load(connection, instruction.platform)
    item = known.next_item()
    context = {
        "known": known,
        "instruction": instruction,
        "platform": platform,
        "tally": known.tally(),
        "item": item,
        "given": {"item": {"hidden": item or ""}},
        "done_keys": _TABLE.keys,
        "steps": views.story(office.ledger, identity),
        "offers": offers(_TABLE.possible(known.status), known, user, today, lambda step: ()),
        "today": today,
    }
    return show(request, "recheck.html", **context)
