"""Draws: planned, revealed and drawn, with everything that somebody needs to draw again."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.acts.draw import DRAW
from lianzhi.domains.enforcement.inspection import published
from lianzhi.domains.enforcement.inspection.draw import withheld
from lianzhi.domains.enforcement.inspection.policy import on
from lianzhi.domains.enforcement.inspection.words import words
from lianzhi.domains.enforcement.nouns.draw import RecordedDraw
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.web import inspection_plots
from lianzhi.domains.enforcement.web.page import Desk, Reader, show
from lianzhi.kit import plots as measure
from lianzhi.kit.acts import offers
from lianzhi.kit.downloads import attachment
from lianzhi.kit.page import Look, missing, or_missing

router = APIRouter(prefix="/draws")
#: Assignments shown on a page; all of them are in the file.
SHOWN = 200


@router.get("")
def listed(request: Request, desk: Desk, user: Reader) -> Response:
    """Every draw, the newest first, and what is wrong with any."""
    with desk.office.reading() as connection:
        draws = tables.draw.every(connection, order=(tables.draw.c.planned_at,))
    revealed = [draw.digest for draw in draws if draw.reveal is not None]
    today = desk.office.today()
    context = {
        "draws": draws[::-1],
        "wrong": dict(withheld([draw.plan for draw in draws], revealed, today)),
        "today": today,
        "opening": DRAW.opening,
        "tiers": on(today).draw.tiers,
    }
    return show(request, "draws.html", **context)


@router.get("/{name}")
def draw_page(request: Request, desk: Desk, user: Reader, look: Look, name: str) -> Response:
    """One draw: what was committed to, what was revealed, who was drawn, and whether it holds."""
    draw = _draw(desk, name)
    drawn = draw.result.inspections[:SHOWN] if draw.result else ()
    look(name, [each.enterprise for each in drawn])
    names = views.named(desk.office.ledger, [each.enterprise for each in drawn])
    context: dict[str, Any] = {
        "draw": draw,
        "drawn": drawn,
        "names": names,
        "stratum_bars": inspection_plots.stratum_bars(draw.plan, draw.rosters),
        "plots": inspection_plots,
        "measure": measure,
        "checks": desk.draws.checks(draw),
        "worded": words(),
        "steps": views.story(desk.office.ledger, name),
        "offers": offers(DRAW.acts, draw, user, desk.office.today(), lambda step: ()),
        "today": desk.office.today(),
    }
    return show(request, "draw.html", **context)


@router.get("/{name}/{file}")
def file(desk: Desk, user: Reader, name: str, file: str) -> Response:
    """A file as `lianzhi enforcement draw verify` reads it."""
    return draw_file(_draw(desk, name), file)


def draw_file(draw: RecordedDraw, file: str) -> Response:
    """A file of a draw, for anybody: enterprises stand there as vault tokens. Raises 404."""
    files = published.planned(draw.plan, draw.rosters)
    if draw.reveal is not None and draw.result is not None:
        files |= published.revealed(draw.reveal, draw.result)
    if file not in files:
        raise missing()
    media = "text/csv; charset=utf-8" if file.endswith(".csv") else "application/json"
    return attachment(files[file], file, media)


def _draw(desk: Desk, name: str) -> RecordedDraw:
    with or_missing(), desk.office.reading() as connection:
        return tables.draw.load(connection, name)
