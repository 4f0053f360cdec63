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
from lianzhi.domains.enforcement.web import inspection_plots
from lianzhi.domains.enforcement.web.page import Desk, Planner, show
from lianzhi.kit import plots as measure
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.noun_views import ROWS
from lianzhi.kit.page import Cursor, Look, QueryText, language_of

router = APIRouter(prefix="/risk")
#: Contributions shown of each; the file has all that are told.
REASONS_SHOWN = 3
HEADER = ("place", "enterprise", "name", "industry", "grid", "risk", "points", "why")


class Line(NamedTuple):
    """An enterprise in the ranking, with what is known of it."""

    ranked: Ranked
    enterprise: Enterprise


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
    lines = every[start : start + ROWS]
    look("risk", [line.ranked.enterprise for line in lines])
    known = ranking.history.enterprises.values()
    terms = on(desk.office.today()).model
    context = {
        **_figures(desk, ranking, ready=desk.risk.gained(ranking)),
        "ranking": ranking,
        "terms": terms,
        "lines": lines,
        "names": views.named(desk.office.ledger, [line.ranked.enterprise for line in lines]),
        "count": len(every),
        "most": max((abs(each.points) for each in ranking.ranked), default=0.0),
        "worded": words(),
        "shown": REASONS_SHOWN,
        "grid": grid,
        "grids": sorted({enterprise.grid for enterprise in known} - {""}),
        "industry": industry,
        "industries": sorted({enterprise.industry for enterprise in known} - {""}),
        "cursor": str(start + ROWS) if start + ROWS < len(every) else "",
    }
    return show(request, "_risk.html" if start else "risk.html", **context)


@router.get("/gains")
def gained(request: Request, desk: Desk, user: Planner) -> Response:
    """What the order gains: for the page above, which asks for it while somebody reads on."""
    ranking = desk.risk.ranking()
    context = _figures(desk, ranking, ready=True) | {"terms": on(desk.office.today()).model}
    partly = request.headers.get("HX-Request") == "true"
    return show(request, "_gains.html" if partly else "gains.html", **context)


@router.get("/ranking.csv")
def sheet(
    *, request: Request, desk: Desk, user: Planner, look: Look, grid: QueryText = "",
    industry: QueryText = "",
) -> Response:  # fmt: skip
    """The ranking as a file."""
    every = list(_lines(desk.risk.ranking(), grid, industry))
    ids = [line.ranked.enterprise for line in every]
    look("risk", ids)
    names, lang = views.named(desk.office.ledger, ids), language_of(request)
    rows = [
        (
            entry.place,
            names[entry.enterprise].id,
            names[entry.enterprise].name,
            enterprise.industry,
            enterprise.grid,
            round(entry.probability, 4),
            round(entry.points, 1),
            "; ".join(f"{_feature(part.name, lang)} {part.points:+.1f}" for part in entry.why),
        )
        for entry, enterprise in every
    ]
    return csv_file([HEADER, *rows], f"risk-{desk.office.today()}.csv")


def _lines(ranking: Ranking, grid: str, industry: str) -> Iterator[Line]:
    for entry in ranking.ranked:
        enterprise = ranking.history.enterprises[entry.enterprise]
        if grid in ("", enterprise.grid) and industry in ("", enterprise.industry):
            yield Line(entry, enterprise)


def _figures(desk: Desk, ranking: Ranking, *, ready: bool) -> dict[str, Any]:
    """Both figures; `waiting`: they are still to be computed."""
    gains: Gains | None = desk.risk.gains(ranking) if ready and ranking.ranked else None
    return {
        "gained": gains,
        "dots": inspection_plots.dots(gains) if gains else None,
        "waiting": bool(ranking.ranked) and not ready,
        "measure": measure,
    }


def _feature(name: str, lang: str) -> str:
    label = words()["feature"][name]
    return label.en if lang == "en" else label.zh
