"""The map: load by grid, who looks after it and is on duty, and a new map in place of the old."""

import datetime as dt
from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from lianzhi.dispatch.grids.changes import changes
from lianzhi.dispatch.grids.geojson import MOST_BYTES
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.queries import request_views, views
from lianzhi.domains.enforcement.web.page import Desk, Leader, Reader, show
from lianzhi.domains.enforcement.web.request_list import Shown, running
from lianzhi.domains.enforcement.web.town_maps import loaded
from lianzhi.kit.page import Look, QueryText, done, language_of

router = APIRouter(prefix="/map")
#: What the map may show; the first is what it shows unasked.
METRICS = ("open", "overdue", "violations")
#: Days to look back; none: as far as there is anything.
PERIODS = ("", "7", "30", "90", "365")
_DAY = 86_400_000
_FAULTS = 200


@router.get("")
def drawn(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    look: Look,
    by: QueryText = METRICS[0],
    days: QueryText = "",
    grid: QueryText = "",
) -> Response:
    """The map, and beside it one grid or what the whole comes to."""
    by = by if by in METRICS else METRICS[0]
    days = days if days in PERIODS else ""
    grids, office = desk.requests.grids(), desk.office
    since = office.now() - int(days) * _DAY if days else 0
    first = office.today() - dt.timedelta(days=int(days)) if days else None
    with office.reading() as connection:
        rows = request_views.waiting(connection, since=since)
        violations = request_views.violations(connection, first)
        officers = views.officers(connection)
    shown = [Shown(row, running(desk.requests.clocks(row)), "") for row in rows]
    late = [each for each in shown if each.clock is not None and each.clock.state == "overdue"]
    counts = {
        "open": Counter(each.request.grid for each in shown),
        "overdue": Counter(each.request.grid for each in late),
        "violations": violations,
    }
    chosen = grids.by_id.get(grid)
    inside = [each for each in shown if chosen and each.request.grid == chosen.id]
    inside.sort(key=lambda each: (each.clock is None or each.clock.due is None, _due(each)))
    if inside:
        look(f"grid:{grid}", [each.request.id for each in inside])
    context = {
        "plan": loaded(grids, counts[by], language_of(request)),
        "by": by,
        "metrics": METRICS,
        "days": days,
        "periods": PERIODS,
        "counts": counts,
        "grids": grids,
        "chosen": chosen,
        "inside": inside,
        "policy": desk.requests.policy,
        "squad": [officer for officer in officers if chosen and officer.squad == chosen.squad],
        "duty": desk.requests.on_duty(chosen.squad) if chosen else (),
        "outside": sum(n for key, n in counts[by].items() if key not in grids.by_id),
    }
    return show(request, "map.html", **context)


def _due(each: Shown) -> int:
    return (each.clock.due or 0) if each.clock is not None else 0


@router.post("/import")
def examine(
    request: Request, desk: Desk, user: Leader, file: Annotated[UploadFile, File()]
) -> Response:
    """What is wrong with a new map, or what it would change; nothing is drawn yet."""
    digest, survey = desk.requests.maps.examine(file.file.read(MOST_BYTES + 1))
    before = desk.requests.grids()
    context: dict[str, Any] = {
        "survey": survey,
        "digest": digest,
        "problems": survey.problems[:_FAULTS],
        "changes": changes(before, survey.grids),
        "before": before,
        "stranded": _stranded(desk, set(survey.grids.by_id)),
    }
    return show(request, "map_new.html", **context)


def _stranded(desk: Office, ids: set[str]) -> int:
    """How many open requests lie in grids that the new map no longer has."""
    with desk.office.reading() as connection:
        rows = request_views.waiting(connection)
    return sum(1 for row in rows if row.grid and row.grid not in ids)


@router.post("/draw")
def draw(desk: Desk, user: Leader, digest: Annotated[str, Form(max_length=64)]) -> Response:
    """Put the map that was looked at in place of the present one."""
    desk.requests.maps.draw(digest, user.name)
    return done("/enforcement/map", "drawn")
