"""Report: one report with what can be done about it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain import receipt
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.report import Outcome
from lianzhi.chain.report_classes import ReportClass
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, missing, or_missing, show
from lianzhi.office.complaints import TOGETHER, Reach
from lianzhi.office.reports import routed
from lianzhi.office.views import ReportView
from lianzhi.stats.intervals import wilson
from lianzhi.store import views_process, views_reports
from lianzhi.web.console.page import Node, Reader, Worker
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.ports import OfficePort
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/reports")

#: What a person may answer; `upheld` comes of a measure, `routed` of naming who is competent.
ANSWERS: tuple[Outcome, ...] = ("not_upheld", "handled")
LONGEST_REASON = 2000

Reason = Annotated[str, Typed, Form(max_length=LONGEST_REASON)]
Reached = Annotated[Reach, Form()]


@router.get("/{report}")
def page(request: Request, node: Node, user: Reader, look: Look, report: str) -> Response:
    """One report, and what can be done about it."""
    return _page(request, node, look, report)


@router.post("/{report}/join")
def join(
    *,
    request: Request,
    node: Node,
    user: Worker,
    look: Look,
    report: str,
    case: Annotated[str, Form(max_length=80)],
    reach: Reached = "one",
) -> Response:
    """Put it, and those in reach of it, with an open case."""
    complaints = node.proceedings.complaints
    try:
        with or_missing():
            complaints.join(report, case, user.name, node.now(), reach)
    except IllegalStepError as error:
        return _page(request, node, look, report, error.rule)
    return done(f"/reports/{report}", "joined")


@router.post("/{report}/answer")
def answer(
    *,
    request: Request,
    node: Node,
    user: Worker,
    look: Look,
    report: str,
    outcome: Annotated[str, Form(max_length=20)],
    reason: Reason = "",
    reach: Reached = "one",
) -> Response:
    """Answer it, and those in reach of it, with a reason."""
    chosen = next((known for known in ANSWERS if known == outcome), None)
    if chosen is None:
        raise Problem(422, "this outcome is none", mend=f"use one of {', '.join(ANSWERS)}")
    complaints = node.proceedings.complaints
    try:
        with or_missing():
            complaints.answer(report, chosen, reason.strip(), user.name, node.now(), reach)
    except IllegalStepError as error:
        return _page(request, node, look, report, error.rule, reason)
    return done(f"/reports/{report}", "answered")


@router.post("/{report}/route")
def route(
    *,
    request: Request,
    node: Node,
    user: Worker,
    look: Look,
    report: str,
    category: Annotated[str, Form(alias="class", max_length=100)],
    reason: Reason = "",
    reach: Reached = "one",
) -> Response:
    """Tell its author who is competent."""
    now = node.now()
    classes = node.proceedings.classes(now).routed()
    chosen = next((known for known in classes if known.key == category), None)
    if chosen is None:
        raise Problem(422, "this class is none", mend="choose one of those that are routed on")
    route_, complaints = routed(chosen), node.proceedings.complaints
    try:
        with or_missing():
            complaints.answer(report, "routed", reason.strip(), user.name, now, reach, route_)
    except IllegalStepError as error:
        return _page(request, node, look, report, error.rule, reason)
    return done(f"/reports/{report}", "routed")


def names(node: OfficePort) -> dict[str, ReportClass]:
    """The classes in force, by key."""
    return {known.key: known for known in node.proceedings.classes(node.now()).report_class}


def find_report(node: OfficePort, report: str) -> ReportView:
    """A report; 404 where there is none."""
    view = views_process.report_view(node.engine, report)
    if view is None:
        raise missing()
    return view


def _page(
    request: Request,
    node: OfficePort,
    look: Looking,
    report: str,
    refused: str = "",
    reason: str = "",
) -> Response:
    view, classes = find_report(node, report), names(node)
    look(view.row.id, [view.row.id])
    judged = view.upheld + view.not_upheld
    context: dict[str, Any] = {
        "view": view,
        "row": view.row,
        "number": receipt.number(view.row.id),
        "classes": classes,
        "chosen": classes.get(view.row.category),
        "routes": [known for known in classes.values() if known.route is not None],
        "judged": judged,
        "share": wilson(view.upheld, judged) if judged else None,
        "reaches": views_reports.within_reach(node.engine, view.row),
        "together": TOGETHER,
        "cases": views_reports.joinable(node.engine, view.row),
        "answers": ANSWERS,
        "refused": refused,
        "reason": reason,
        "most": LONGEST_REASON,
    }
    shown = show(request, "report.html", **context)
    shown.status_code = 409 if refused else 200
    return shown
