"""/receipt/{token}: what was sent, what happens next, and later the outcome. Names nobody."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain import receipt as receipts
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.report_classes import ReportClass
from lianzhi.chain.statement import says_something
from lianzhi.kit.form_values import typed
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
    language,
    show,
    show_again,
    to_receipt,
    too_long,
    unavailable,
)

router = APIRouter()

LONGEST_REASON = 4000


@router.get("/receipt/{token}")
def page(request: Request, node: Node, token: str, lang: Lang = "") -> Response:
    """The receipt of a report or an appeal; the address can be kept."""
    locale = language(request, lang)
    identity = tokens.value_of(request.app.state.settings.secret, "receipt", token) or ""
    if identity.startswith("a_"):
        return _appeal(request, node, identity, locale)
    view = views_process.report_view(node.engine, identity) if identity else None
    if view is None:
        return unavailable(request, locale)
    return show(request, "receipt.html", locale, _context(request, node, token, view, locale))


@router.post("/receipt/{token}")
def contest(
    *,
    request: Request,
    node: Node,
    token: str,
    reason: Annotated[str, Form()] = "",
    lang: Lang = "",
) -> Response:
    """File an appeal against the answer, and redirect to its receipt."""
    locale = language(request, lang)
    identity = tokens.value_of(request.app.state.settings.secret, "receipt", token) or ""
    view = views_process.report_view(node.engine, identity) if identity else None
    if view is None:
        return unavailable(request, locale)
    reason = typed(reason)
    context = _context(request, node, token, view, locale, reason)
    sends: Sends = request.app.state.sends
    if context["contest_by"] is None:  # the same tap was faster, or it is too late
        return to_receipt(request, identity, locale)
    missing = None if says_something(reason) else Again("missing")
    if again := missing or too_long(reason, LONGEST_REASON) or sends.wait(identity):
        return show_again(request, "receipt.html", locale, context, again)
    try:
        appeal = node.proceedings.redress.contest_report(identity, reason, node.now())
    except IllegalStepError:  # the same tap was faster
        appeal = identity
    return to_receipt(request, appeal, locale)


def _context(
    request: Request, node: OfficePort, token: str, view: ReportView, locale: str, reason: str = ""
) -> dict[str, Any]:
    row, now = view.row, node.now()
    classes = node.proceedings.classes(now).report_class
    way = node.proceedings.redress.contest_route(row.id, now)
    return {
        "row": row,
        "number": receipts.number(row.id),
        "chosen": next((known for known in classes if known.key == row.category), None),
        "route": route_label(classes, row.route, locale),
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


def route_label(classes: tuple[ReportClass, ...], route: str, language: str) -> str:
    """Name of the competent body in one language; as recorded, where no class in force has it."""
    for known in classes:
        if known.route is not None and routed(known) == route:
            return known.route.say(language)
    return route


def _appeal(request: Request, node: OfficePort, identity: str, locale: str) -> Response:
    view = views_process.appeal_view(node.engine, identity)
    if view is None:
        return unavailable(request, locale)
    context = {"row": view.row, "answer": view.answer}
    return show(request, "appeal_receipt.html", locale, context)
