"""/receipt/{token}: what was sent, what happens next, and later what came of it. Names nobody."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain import receipt as receipts
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.report_classes import ReportClass
from lianzhi.chain.statement import says_something
from lianzhi.domains.typed import typed
from lianzhi.office.reports import routed
from lianzhi.office.views import ReportView
from lianzhi.store import views_process
from lianzhi.web.console.page import Node
from lianzhi.web.core import tokens
from lianzhi.web.core.ports import OfficePort
from lianzhi.web.public.page import (
    Again,
    Lang,
    Sends,
    form_token,
    gone,
    language,
    show,
    show_again,
    to_receipt,
    too_long,
)

router = APIRouter()

LONGEST_REASON = 4000


@router.get("/receipt/{token}")
def page(request: Request, node: Node, token: str, lang: Lang = "") -> Response:
    """The receipt of a report or an appeal; the address can be kept."""
    spoken = language(request, lang)
    identity = tokens.value_of(request.app.state.settings.secret, "receipt", token) or ""
    if identity.startswith("a_"):
        return _appeal(request, node, identity, spoken)
    view = views_process.report_view(node.engine, identity) if identity else None
    if view is None:
        return gone(request, spoken)
    return show(request, "receipt.html", spoken, _told(request, node, token, view, spoken))


@router.post("/receipt/{token}")
def contest(
    *,
    request: Request,
    node: Node,
    token: str,
    reason: Annotated[str, Form()] = "",
    lang: Lang = "",
) -> Response:
    """Ask for another answer, and on to the receipt of that."""
    spoken = language(request, lang)
    identity = tokens.value_of(request.app.state.settings.secret, "receipt", token) or ""
    view = views_process.report_view(node.engine, identity) if identity else None
    if view is None:
        return gone(request, spoken)
    reason = typed(reason)
    told = _told(request, node, token, view, spoken, reason)
    sends: Sends = request.app.state.sends
    if told["contest_by"] is None:  # the same tap was faster, or it is too late
        return to_receipt(request, identity, spoken)
    missing = None if says_something(reason) else Again("missing")
    if again := missing or too_long(reason, LONGEST_REASON) or sends.wait(identity):
        return show_again(request, "receipt.html", spoken, told, again)
    try:
        made = node.proceedings.redress.contest_report(identity, reason, node.now())
    except IllegalStepError:  # the same tap was faster
        made = identity
    return to_receipt(request, made, spoken)


def _told(
    request: Request, node: OfficePort, token: str, view: ReportView, spoken: str, reason: str = ""
) -> dict[str, Any]:
    row, now = view.row, node.now()
    classes = node.proceedings.classes(now).report_class
    way = node.proceedings.redress.contest_route(row.id, now)
    return {
        "row": row,
        "number": receipts.number(row.id),
        "chosen": next((one for one in classes if one.key == row.category), None),
        "route": route_told(classes, row.route, spoken),
        "reason": view.answer,
        "mine": row.about is not None and row.about == row.reporter,
        "minor": row.minor,
        "contest_by": None if way.refused else way.until,
        "appeal": way.appeal
        and tokens.sign(request.app.state.settings.secret, "receipt", way.appeal),
        "csrf": form_token(request, token),
        "most": LONGEST_REASON,
        "words": reason,
    }


def route_told(classes: tuple[ReportClass, ...], route: str, language: str) -> str:
    """Who is competent, in one language; as recorded, where no class in force says so."""
    for one in classes:
        if one.route is not None and routed(one) == route:
            return one.route.say(language)
    return route


def _appeal(request: Request, node: OfficePort, identity: str, spoken: str) -> Response:
    view = views_process.appeal_view(node.engine, identity)
    if view is None:
        return gone(request, spoken)
    context = {"row": view.row, "answer": view.answer}
    return show(request, "appeal_receipt.html", spoken, context)
