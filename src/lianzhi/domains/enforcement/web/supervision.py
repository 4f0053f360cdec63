"""Supervision: what the monitors ask, unlike treatment drawn, and certificates."""

import datetime as dt
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.acts.officer import OFFICER
from lianzhi.domains.enforcement.desk.reviews import KINDS
from lianzhi.domains.enforcement.desk.watch import Standing, Watched
from lianzhi.domains.enforcement.inspection.like_cases import Pair
from lianzhi.domains.enforcement.nouns.register import Officer
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.supervision import funnel_plot
from lianzhi.domains.enforcement.supervision.alert import Alert
from lianzhi.domains.enforcement.supervision.look import GAPS
from lianzhi.domains.enforcement.supervision.monitors import MONITORS
from lianzhi.domains.enforcement.supervision.sample import days_of, quarter
from lianzhi.domains.enforcement.supervision.sheets import Kind
from lianzhi.domains.enforcement.web.page import Desk, Supervisor, Watcher, show
from lianzhi.kit.page import Cursor, Look, done, missing

router = APIRouter(prefix="/supervision")
ROWS = 50
#: Certificates that end within so many days are told.
SOON = 60
_PAIRS = 6
#: Where the pages of nouns are; the others have none of their own.
PLACES = {
    "penalty": "/enforcement/penalties/{}",
    "inspection": "/enforcement/inspections/{}",
    "request": "/enforcement/requests/{}",
    "permit": "/enforcement/supervision/files/permit/{}",
}


class Lapse(NamedTuple):
    """An officer whose certificate is missing, over or ends soon."""

    officer: Officer
    days: int | None
    """Days that it is still good, below 0 since it ended; None: there is none."""


@router.get("")
def overview(request: Request, desk: Desk, user: Watcher) -> Response:
    """Everything at a glance."""
    standing = desk.watch.last()
    with desk.office.reading() as connection:
        officers = views.officers(connection)
    lapses = _lapses(officers, desk.office.today())
    samples = desk.reviews.samples()
    context = {
        **_monitor_context(standing),
        "lapses": lapses,
        "certify": OFFICER.get("certify"),
        "today": desk.office.today(),
        "good": len(officers) - len(lapses),
        "samples": [(each, desk.reviews.mean_marks(each)) for each in samples],
        "quarters": _quarters(desk.office.today(), {(each.kind, each.quarter) for each in samples}),
    }
    return show(request, "supervision.html", **context)


@router.post("/anew")
def run_monitors(desk: Desk, user: Supervisor) -> Response:
    """Run the monitors now."""
    desk.watch.last(recompute=True)
    return done("/enforcement/supervision", "anew")


@router.get("/computing")
def computing(desk: Desk, user: Watcher) -> Response:
    """For a page that waits: nothing while it is computed, then to load again."""
    there = desk.watch.last().watched is not None
    return Response(status_code=204, headers={"HX-Refresh": "true"} if there else {})


@router.get("/monitors/{monitor}")
def monitor(
    *,
    request: Request,
    desk: Desk,
    user: Watcher,
    look: Look,
    monitor: str,
    cursor: Cursor = "",
) -> Response:
    """The questions of one monitor, those furthest out first."""
    if all(each.__name__ != monitor for each in MONITORS):
        raise missing()
    standing = desk.watch.last()
    if standing.watched is None:
        return show(request, "computing.html")
    watched = standing.watched
    result = next(each for each in watched.report.monitors if each.monitor == monitor)
    start = int(cursor) if cursor.isdecimal() and len(cursor) < 8 else 0
    alerts = result.alerts[start : start + ROWS]
    parties = [name for alert in alerts if alert.noun == "enterprise" for name in alert.ids]
    look("supervision", [name for alert in alerts for name in alert.ids])
    context = {
        **watched_context(watched, standing.computing),
        "result": result,
        "policy": watched.look.policy.monitors[monitor],
        "alerts": alerts,
        "names": views.named(desk.office.ledger, parties),
        "cursor": f"{start + ROWS}" if start + ROWS < len(result.alerts) else "",
        "places": PLACES,
    }
    return show(request, "_alerts.html" if start else "monitor.html", **context)


def _monitor_context(standing: Standing) -> dict[str, Any]:
    """What the monitors ask, and unlike treatment; nothing where it is being computed."""
    watched = standing.watched
    if watched is None:
        return {"computing": True}
    monitors = watched.report.monitors
    return {
        **watched_context(watched, standing.computing),
        "loud": [each for each in monitors if each.alerts],
        "quiet": [each for each in monitors if not each.alerts],
        "most": max((len(each.alerts) for each in monitors), default=0),
        "funnel": funnel_plot.funnel(_inspectors(watched)),
        "pairs": _pairs(watched),
    }


def watched_context(watched: Watched, computing: bool) -> dict[str, Any]:
    """What templates ask about the last run of the monitors."""
    terms = watched.look.policy
    return {
        "computing": computing,
        "at": watched.at,
        "entries": watched.entries,
        "terms": terms.monitors,
        "question": lambda alert, language: _question(watched, alert, language),
    }


def _question(watched: Watched, alert: Alert, language: str) -> str:
    return watched.look.policy.question(alert, language)


def _inspectors(watched: Watched) -> tuple[Any, ...]:
    try:
        return watched.look.strictness.compared
    except GAPS:
        return ()


def _pairs(watched: Watched) -> tuple[Pair, ...]:
    try:
        return watched.look.fines.pairs[:_PAIRS]
    except ValueError:
        return ()


def _lapses(officers: list[Officer], today: dt.date) -> list[Lapse]:
    lapses = [
        Lapse(officer, None if officer.until is None else (officer.until - today).days)
        for officer in officers
    ]
    shown = [lapse for lapse in lapses if lapse.days is None or lapse.days <= SOON]
    return sorted(
        shown, key=lambda lapse: (lapse.days is not None, lapse.days or 0, lapse.officer.id)
    )


def _quarters(today: dt.date, drawn: set[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """The last four quarters that are over and not drawn yet."""
    quarters: list[tuple[Kind, str]] = []
    day = today
    for _ in range(4):
        day = days_of(quarter(day))[0] - dt.timedelta(1)
        quarters += [(kind, quarter(day)) for kind in KINDS]
    return [each for each in quarters if each not in drawn]
