"""Risk: enterprises ranked, why each stands where it does, and what the order is good for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.risk import Ranking
from lianzhi.domains.enforcement.inspection.gains import Gains
from lianzhi.domains.enforcement.inspection.policy import on
from lianzhi.domains.enforcement.inspection.risk import Ranked
from lianzhi.domains.enforcement.inspection.rows import Enterprise
from lianzhi.domains.enforcement.inspection.words import words
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.web import pictures
from lianzhi.domains.enforcement.web.page import Desk, Planner, show
from lianzhi.kit import plots as measure
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import Cursor, Look, QueryText, language_of

router = APIRouter(prefix="/risk")
#: Contributions shown of each; the file has all that are told.
TOLD = 3
HEADER = ("place", "enterprise", "name", "industry", "grid", "risk", "points", "why")


class Line(NamedTuple):
    """An enterprise in the ranking, with what is known of it."""

    one: Ranked
    of: Enterprise


@router.get("")
def ranked(
    *,
    request: Request,
    desk: Desk,
    user: Planner,
    look: Look,
    grid: QueryText = "",
    industry: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The ranking, or with a cursor its next rows."""
    ranking = desk.risk.ranking()
    start = int(cursor) if cursor.isdecimal() and len(cursor) < 8 else 0
    every = list(_lines(ranking, grid, industry))
    lines = every[start : start + views.ROWS]
    look("risk", [line.one.enterprise for line in lines])
    known = ranking.history.enterprises.values()
    terms = on(desk.office.today()).model
    context = {
        **_figures(desk, ranking, told=desk.risk.gained(ranking)),
        "ranking": ranking,
        "terms": terms,
        "lines": lines,
        "names": views.named(desk.office.ledger, [line.one.enterprise for line in lines]),
        "count": len(every),
        "most": max((abs(one.points) for one in ranking.ranked), default=0.0),
        "worded": words(),
        "shown": TOLD,
        "grid": grid,
        "grids": sorted({one.grid for one in known} - {""}),
        "industry": industry,
        "industries": sorted({one.industry for one in known} - {""}),
        "cursor": str(start + views.ROWS) if start + views.ROWS < len(every) else "",
    }
    return show(request, "_risk.html" if start else "risk.html", **context)


@router.get("/gains")
def gained(request: Request, desk: Desk, user: Planner) -> Response:
    """What the order gains: for the page above, which asks for it while somebody reads on."""
    ranking = desk.risk.ranking()
    context = _figures(desk, ranking, told=True) | {"terms": on(desk.office.today()).model}
    partly = request.headers.get("HX-Request") == "true"
    return show(request, "_gains.html" if partly else "gains.html", **context)


@router.get("/ranking.csv")
def sheet(
    *, request: Request, desk: Desk, user: Planner, look: Look, grid: QueryText = "",
    industry: QueryText = "",
) -> Response:  # fmt: skip
    """The ranking as a file."""
    every = list(_lines(desk.risk.ranking(), grid, industry))
    ids = [line.one.enterprise for line in every]
    look("risk", ids)
    names, lang = views.named(desk.office.ledger, ids), language_of(request)
    rows = [
        (
            one.place,
            names[one.enterprise].id,
            names[one.enterprise].name,
            of.industry,
            of.grid,
            round(one.probability, 4),
            round(one.points, 1),
            "; ".join(f"{_feature(part.name, lang)} {part.points:+.1f}" for part in one.why),
        )
        for one, of in every
    ]
    return csv_file([HEADER, *rows], f"risk-{desk.office.today()}.csv")


def _lines(ranking: Ranking, grid: str, industry: str) -> Iterator[Line]:
    for one in ranking.ranked:
        of = ranking.history.enterprises[one.enterprise]
        if grid in ("", of.grid) and industry in ("", of.industry):
            yield Line(one, of)


def _figures(desk: Desk, ranking: Ranking, *, told: bool) -> dict[str, Any]:
    """Both figures; `waiting`: they are still to be computed."""
    found: Gains | None = desk.risk.gains(ranking) if told and ranking.ranked else None
    return {
        "gained": found,
        "dots": pictures.dots(found) if found else None,
        "waiting": bool(ranking.ranked) and not told,
        "measure": measure,
    }


def _feature(name: str, lang: str) -> str:
    said = words()["feature"][name]
    return said.en if lang == "en" else said.zh
