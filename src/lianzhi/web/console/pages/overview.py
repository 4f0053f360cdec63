"""Overview: what is forming, what waits, what was done and whether it was right, is it sound."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.chain import receipt
from lianzhi.documents.format import DAY, MINUTE
from lianzhi.domains.monitor import Second
from lianzhi.jobs.forms import Pulse
from lianzhi.kit.addresses import address
from lianzhi.kit.format import clock
from lianzhi.kit.page import QueryText, show
from lianzhi.stats.intervals import wilson
from lianzhi.store import desk, views, views_process
from lianzhi.store.users import User
from lianzhi.web.console.page import Anyone, Node, Reader, catalogue
from lianzhi.web.console.render import first_page
from lianzhi.web.core.auth import require
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.ports import NodePort

router = APIRouter()

#: "Lately" on the overview: what was done in this time.
LATELY = 7 * DAY
#: The traffic chart goes back so far.
SHOWN = 5 * MINUTE


@router.get("/", name="overview")
def overview(request: Request, node: Node, user: Anyone, look: Look) -> Response:
    """The whole page; who reads nothing here goes on to where their work is."""
    if not user.may("read") and (first := first_page(request, user)):
        return RedirectResponse(first, 303)
    require("read")(user)
    return show(request, "overview.html", **_live(request, node, user, look))


@router.get("/live")
def live(request: Request, node: Node, user: Reader, look: Look) -> Response:
    """The part of it that follows the traffic."""
    return show(request, "_live.html", **_live(request, node, user, look))


@router.get("/search")
def search(node: Node, user: Reader, q: QueryText = "") -> Response:
    """To the report of this number or the case of this id, else to the cases that fit."""
    sought = q.strip().removeprefix("@")
    report = receipt.read(sought)
    if report is not None and views_process.report_view(node.engine, report) is not None:
        return RedirectResponse(f"/reports/{report}", 303)
    if sought and views.case(node.engine, sought) is not None:
        return RedirectResponse(f"/cases/{sought}", 303)
    return RedirectResponse(address("/cases", status="all", q=sought), 303)


def _live(request: Request, node: NodePort, user: User, look: Looking) -> dict[str, Any]:
    now, pulse = node.now(), node.live.pulse()
    tally = views.tally(node.engine, user.name, now=now, since=now - LATELY)
    forming = [trend for trend in pulse.forming if trend.stage != "calm"]
    look("overview", accounts=[trend.about for trend in forming])
    closed = sum(tally.outcomes.values())
    false = tally.outcomes.get("false_positive", 0)
    return {
        "pulse": pulse,
        "forming": forming,
        "cases_of": views.open_cases(node.engine, [trend.about for trend in forming]),
        "tally": tally,
        "waits": desk.backlog(node.engine),
        "appeals": desk.answered_appeals(node.engine, now - LATELY),
        "closed": closed,
        "false_positive": false,
        "false_share": wilson(false, closed) if closed else None,
        "record": views.record_status(node.engine, last=1),
        "held": node.quarantine.count(),
        "lexicon_trouble": node.lexicons.trouble is not None,
        "figures": _figures(request, pulse),
    }


def _figures(request: Request, pulse: Pulse) -> dict[str, Any]:
    """The traffic chart's data and words."""
    gettext, zone = catalogue(request).gettext, request.app.state.zone
    known = {second.at: second for second in pulse.seconds}
    last = max(known, default=0)
    shown = [
        known.get(at) or Second(at, 0, 0, 0) for at in range(last - SHOWN, last + 1, 1000) if last
    ]
    return {
        "at": [clock(second.at, zone) for second in shown],
        "events": [second.events for second in shown],
        "strangers": [second.strangers for second in shown],
        "harmful": [second.harmful for second in shown],
        "words": {key: gettext(f"chart.{key}") for key in ("events", "strangers", "harmful")},
    }
