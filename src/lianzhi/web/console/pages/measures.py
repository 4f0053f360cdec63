"""Measures: those in force, those to carry out by hand, and those that ended."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.measure import KINDS
from lianzhi.documents.forms import Language
from lianzhi.kit.addresses import local
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import Cursor, QueryText, done, missing, or_missing, show
from lianzhi.store import views_process
from lianzhi.web.console.page import Node, Reader, Senior, Worker, actor, narrowed
from lianzhi.web.console.render import language_of
from lianzhi.web.core.download import transfer_pack
from lianzhi.web.core.looks import Look

router = APIRouter(prefix="/measures")

FILTERS: dict[str, str | None] = {
    "running": "running",
    "by_hand": "by_hand",
    "undelivered": "undelivered",
    "suppressed": "suppressed",
    "shadowed": "shadowed",
    "all": None,
}
Text = Annotated[str, Typed, Form(max_length=2000)]


@router.get("")
def measures(
    *,
    request: Request,
    node: Node,
    user: Reader,
    look: Look,
    status: QueryText = "running",
    key: QueryText = "",
    about: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    own = [name for name, known in (("status", status in FILTERS), ("key", key in KINDS)) if known]
    narrow = narrowed(request, "measures", own)
    status = status if status in FILTERS else "" if narrow.filters else "running"
    key = key if key in KINDS else ""
    page = views_process.measures(
        node.engine,
        status=FILTERS.get(status),
        key=key or None,
        about=about.strip() or None,
        cursor=cursor or None,
        where=narrow.where,
    )
    look("measures", [row.id for row in page.rows])
    context = {"narrow": narrow, "page": page, "status": status, "key": key, "about": about.strip()}
    template = "_measures.html" if cursor else "measures.html"
    return show(request, template, filters=tuple(FILTERS), keys=KINDS, **context)


@router.post("/{measure}/transfer")
def transfer(request: Request, node: Node, user: Senior, look: Look, measure: str) -> Response:
    """Download what a transfer hands over, in the reader's language; it goes on the record."""
    lang: Language = "zh" if language_of(request) == "zh" else "en"
    if views_process.measure_by_id(node.engine, measure) is None:
        raise missing()
    look(measure, [measure])
    return transfer_pack(request, node, measure, lang, user.name)


@router.post("/{measure}/lift")
def lift(
    *,
    node: Node,
    user: Worker,
    measure: str,
    reason: Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)],
    following: Annotated[str, Form(alias="next", max_length=300)] = "/measures",
) -> Response:
    """End a measure early; the decision and its strike stand."""
    with or_missing():
        node.proceedings.measures.lift(measure, reason.strip(), actor(user), node.now())
    return done(local(following), "measure_lifted")


@router.post("/{measure}/done")
def carried_out(
    *,
    node: Node,
    user: Worker,
    measure: str,
    receipt: Text = "",
    following: Annotated[str, Form(alias="next", max_length=300)] = "/measures?status=by_hand",
) -> Response:
    """Record that a person carried a measure out, or undid it."""
    with or_missing():
        node.proceedings.measures.applied(measure, user.name, node.now(), receipt.strip())
    return done(local(following), "carried_out")


@router.post("/{measure}/answered")
def answered(
    *,
    node: Node,
    user: Worker,
    measure: str,
    answer: Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)],
    following: Annotated[str, Form(alias="next", max_length=300)] = "/measures?status=by_hand",
) -> Response:
    """Record another authority's answer to a transfer."""
    with or_missing():
        node.proceedings.measures.answered(measure, answer.strip(), user.name, node.now())
    return done(local(following), "answer_noted")
