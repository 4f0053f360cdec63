"""Scorecard: what a period amounted to, and whether it was right."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import QueryText, show
from lianzhi.kit.periods import LAST_DAYS, Period, last_days, named
from lianzhi.web.console.board import Board
from lianzhi.web.console.figure_text import Names
from lianzhi.web.console.page import Node, Reader, catalogue
from lianzhi.web.console.render import language_of
from lianzhi.web.console.sheets import scorecard_table
from lianzhi.web.core.problems import Problem
from lianzhi.web.core.scorecards import Scorecards

router = APIRouter()

USUAL = 30


@router.get("/scorecard")
def scorecard(
    request: Request, node: Node, user: Reader, days: QueryText = "", month: QueryText = ""
) -> Response:
    """The last days, or a calendar month."""
    period = _period(request, node.now(), days, month)
    scorecards: Scorecards = request.app.state.scorecards
    card, words = scorecards.card(period.since, period.until), catalogue(request)
    board = Board(card, period, _names(request, node), words)
    context = {
        "card": card,
        "period": period,
        "days": [(n, words.gettext("scorecard.days") % {"n": n}) for n in LAST_DAYS],
        "empty": not any(figure.n for figure in card.figures),
        "right": board.right(),
        "sections": board.sections(),
        "grid": board.grid(),
        "charts": board.charts(),
        "speed": board.speed(),
        "public": request.app.state.settings.public_reports,
    }
    return show(request, "scorecard.html", **context)


@router.get("/scorecard.csv")
def sheet(
    request: Request, node: Node, user: Reader, days: QueryText = "", month: QueryText = ""
) -> Response:
    """Figures of the period as CSV."""
    period = _period(request, node.now(), days, month)
    scorecards: Scorecards = request.app.state.scorecards
    card = scorecards.card(period.since, period.until)
    return csv_file(scorecard_table(card, _names(request, node)), f"scorecard-{period.name}.csv")


def _names(request: Request, node: Node) -> Names:
    return Names(language_of(request), node.proceedings.classes(node.now()))


def _period(request: Request, now: int, days: str, month: str) -> Period:
    if month:
        period = named(month, request.app.state.zone)
        if period is None or period.since > now:
            raise Problem(
                422,
                f"there is no scorecard of {month[:20]}",
                field="query.month",
                value=month,
                mend="give a month that has begun, such as 2026-11",
            )
        return period
    chosen = next((known for known in LAST_DAYS if str(known) == days), USUAL)
    return last_days(chosen, now)
