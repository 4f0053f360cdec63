"""/receipt/{token}: what was sent, what happens next, and later what came of it. Names nobody."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain import receipt as receipts
from lianzhi.chain.report_classes import ReportClass
from lianzhi.jobs.proceedings import routed
from lianzhi.store import views_process
from lianzhi.web import tokens
from lianzhi.web.console.page import Node
from lianzhi.web.ports import NodePort
from lianzhi.web.public.page import Lang, gone, language, show

router = APIRouter()


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
    row, classes = view.row, node.proceedings.classes(node.now()).report_class
    chosen = next((one for one in classes if one.key == row.category), None)
    context = {
        "row": row,
        "number": receipts.number(row.id),
        "chosen": chosen,
        "route": route_told(classes, row.route, spoken),
        "reason": view.answer,
        "mine": row.about is not None and row.about == row.reporter,
        "minor": row.minor,
    }
    return show(request, "receipt.html", spoken, context)


def route_told(classes: tuple[ReportClass, ...], route: str, language: str) -> str:
    """Who is competent, in one language; as recorded, where no class in force says so."""
    for one in classes:
        if one.route is not None and routed(one) == route:
            return one.route.say(language)
    return route


def _appeal(request: Request, node: NodePort, identity: str, spoken: str) -> Response:
    view = views_process.appeal_view(node.engine, identity)
    if view is None:
        return gone(request, spoken)
    context = {"row": view.row, "answer": view.answer}
    return show(request, "appeal_receipt.html", spoken, context)
