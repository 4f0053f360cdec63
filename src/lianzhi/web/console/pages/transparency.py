"""Transparency: the public report of a period that is over, for anybody, where the operator says
so. Small counts are not told, nor what they could be computed from; see `chain.disclosure`."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import QueryText, missing, show
from lianzhi.kit.periods import Period, ended
from lianzhi.store import views
from lianzhi.web.console.figure_text import Names
from lianzhi.web.console.page import Node
from lianzhi.web.console.render import language_of
from lianzhi.web.console.sheets import report_table
from lianzhi.web.core.scorecards import Scorecards

router = APIRouter()


@router.get("/transparency")
def transparency(request: Request, node: Node, period: QueryText = "") -> Response:
    """The report of one period, by default the last that is over."""
    periods, chosen = _chosen(request, node, period)
    scorecards: Scorecards = request.app.state.scorecards
    report = None if chosen is None else scorecards.report(chosen.since, chosen.until)
    choices = [(each.name, each.name) for each in periods]
    context = {"periods": choices, "period": chosen, "report": report}
    return show(request, "transparency.html", **context, names=_names(request, node))


@router.get("/transparency.csv")
def sheet(request: Request, node: Node, period: QueryText = "") -> Response:
    """The report of the period as CSV."""
    _, chosen = _chosen(request, node, period)
    if chosen is None:
        raise missing()
    scorecards: Scorecards = request.app.state.scorecards
    report = scorecards.report(chosen.since, chosen.until)
    table = report_table(report, _names(request, node))
    return csv_file(table, f"transparency-{chosen.name}.csv")


def _chosen(request: Request, node: Node, name: str) -> tuple[list[Period], Period | None]:
    """The periods that may be asked for, and the one asked for; 404 where nothing is published."""
    settings = request.app.state.settings
    if not settings.public_reports:
        raise missing()
    first = views.record_begins(node.engine)
    zone = request.app.state.zone
    periods = [] if first is None else ended(settings.public_period, first, node.now(), zone)
    if not name:
        return periods, periods[0] if periods else None
    chosen = next((known for known in periods if known.name == name), None)
    if chosen is None:
        raise missing()
    return periods, chosen


def _names(request: Request, node: Node) -> Names:
    return Names(language_of(request), node.proceedings.classes(node.now()))
