"""Requests as a list, open ones by the nearest clock."""

import math
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.dispatch.requests.clocks import Clock
from lianzhi.dispatch.requests.request import Request as ServiceRequest
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.queries import request_views, tables
from lianzhi.domains.enforcement.queries.request_views import OPEN
from lianzhi.domains.enforcement.web.page import Desk, Reader, show
from lianzhi.kit.noun_views import ROWS, Page
from lianzhi.kit.page import Cursor, Look, QueryText

router = APIRouter(prefix="/requests")
#: What the list may be narrowed to -> statuses; none: all that are past and present.
STATUSES: dict[str, tuple[str, ...]] = {
    "open": OPEN,
    **{status: (status,) for status in OPEN},
    "disposed": ("disposed", "asked"),
    "closed": ("closed", "declined", "merged"),
    "all": (),
}


class Shown(NamedTuple):
    """A request as a row of the list."""

    request: ServiceRequest
    clock: Clock | None
    """The promise that runs, with the nearest end."""
    words: str


@router.get("")
def listed(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    look: Look,
    status: QueryText = "open",
    category: QueryText = "",
    squad: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows. Open ones come by the nearest clock."""
    status = status if status in STATUSES else "open"
    where = {"category": category, "holder": squad}
    with desk.office.reading() as connection:
        if status in ("open", *OPEN):
            waiting = request_views.waiting(connection, "" if status == "open" else status, where)
            page = _nearest(desk, waiting, cursor)
        else:
            past = request_views.past(connection, STATUSES[status], where, cursor)
            page = Page([Shown(row, None, "") for row in past.rows], past.cursor)
        counts = tables.request.counts(connection, "status")
        holders = request_views.holders(connection)
    look("requests", [each.request.id for each in page.rows])
    vault = desk.office.ledger.vault
    rows = [
        each._replace(words=vault.text(each.request.index, "words") or "") for each in page.rows
    ]
    context = {
        "counts": {
            key: sum(counts.get(each, 0) for each in group) for key, group in STATUSES.items()
        },
        "holders": holders,
        "page": page,
        "rows": rows,
        "status": status,
        "statuses": STATUSES,
        "category": category,
        "squad": squad,
        "policy": desk.requests.policy,
        "unknown_year": desk.office.rules.unknown_year(desk.office.today()),
        "grids": desk.requests.grids(),
    }
    return show(request, "_requests.html" if cursor else "requests.html", **context)


def _nearest(desk: Office, rows: list[ServiceRequest], cursor: str) -> Page[Shown]:
    """A page of open requests by the nearest end; those whose clock stands still come last."""
    known = [Shown(row, running(desk.requests.clocks(row)), "") for row in rows]
    known.sort(key=_when)
    if cursor:
        at, _, last = cursor.partition("~")
        after = (float(at) if at.isdecimal() else math.inf, last)
        known = [each for each in known if _when(each) > after]
    if len(known) <= ROWS:
        return Page(known)
    due, identity = _when(known[ROWS - 1])
    return Page(known[:ROWS], f"{'' if math.isinf(due) else int(due)}~{identity}")


def _when(each: Shown) -> tuple[float, str]:
    due = None if each.clock is None else each.clock.due
    return math.inf if due is None else due, each.request.id


def running(clocks: tuple[Clock, ...]) -> Clock | None:
    """The promise that has not been met or missed yet: accepting before dealing with it."""
    return next((clock for clock in clocks if clock.stopped is None), None)
