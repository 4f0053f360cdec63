"""Decisions: the list, and one of them as those concerned read it."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from lianzhi.chain.decision import Ground
from lianzhi.chain.statement import EVERYWHERE, to_json
from lianzhi.chain.statement_words import describe as describe_statement
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import Cursor, QueryText, done, missing, or_missing, show
from lianzhi.office import reasons
from lianzhi.office.grounds import ground_text
from lianzhi.office.views import DecisionRow, DecisionView
from lianzhi.store import desk, views_process
from lianzhi.web.console.page import Node, Reader, Senior, Worker, actor
from lianzhi.web.console.render import language_of
from lianzhi.web.console.status_list import status_list
from lianzhi.web.core.looks import Look
from lianzhi.web.core.ports import OfficePort

router = APIRouter(prefix="/decisions")

FILTERS: dict[str, str | None] = {
    "all": None,
    "awaiting": "awaiting",
    "mine": "awaiting",
    "effective": "effective",
    "reversed": "reversed",
    "partly_reversed": "partly_reversed",
    "refused": "refused",
}
Reason = Annotated[str, Typed, Form(pattern=r"\S", max_length=4000)]


@router.get("")
def decisions(
    *,
    request: Request,
    node: Node,
    user: Reader,
    look: Look,
    status: QueryText = "all",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows; `mine` are those that wait for this person."""
    listed = status_list(
        *(request, user, "decisions", FILTERS, "severe", status, cursor, views_process.decisions)
    )
    rows = listed["page"].rows
    look("decisions", [row.id for row in rows])
    names = {row.ground_key: _ground(request, node, row) for row in rows}
    template = "_decisions.html" if cursor else "decisions.html"
    return show(request, template, grounds=names, **listed)


@router.get("/{decision}")
def page(request: Request, node: Node, user: Reader, look: Look, decision: str) -> Response:
    """One decision, with its statement of reasons and what may be done about it."""
    view, language = _view(node, decision), language_of(request)
    look(view.row.id, [view.row.id])
    published = node.proceedings.published
    kind = node.proceedings.office.policy(node.now()).type_of(view.row.kind)
    of_party = kind.about == "party"
    # An authority serves its decision; a statement of reasons is what a platform owes its users.
    whole = () if of_party else reasons.statements(view, published, EVERYWHERE, language)
    return show(
        request,
        "decision.html",
        of_party=of_party,
        redress=kind.redress.get(language, ""),
        view=view,
        row=view.row,
        ground=ground_text(published, view.decision.ground, language),
        statement=describe_statement(whole[0], language) if whole else (),
        exemplary=view.decision.ground.kind == "rule" and published.exemplary(view.row.made_at),
    )


@router.get("/{decision}/statements.json")
def statements(request: Request, node: Node, user: Reader, decision: str) -> Response:
    """The statements of reasons for filing, in the language of the page."""
    view, language = _view(node, decision), language_of(request)
    whole = reasons.statements(view, node.proceedings.published, EVERYWHERE, language)
    headers = {"Content-Disposition": f'attachment; filename="{view.row.id}.json"'}
    return JSONResponse([to_json(statement) for statement in whole], headers=headers)


@router.post("/{decision}/confirm")
def confirm(node: Node, user: Senior, decision: str) -> Response:
    """Be the second person."""
    with or_missing():
        node.proceedings.decisions.confirm(decision, actor(user), node.now())
    return done(f"/decisions/{decision}", "confirmed")


@router.post("/{decision}/refuse")
def refuse(node: Node, user: Senior, decision: str, reason: Reason) -> Response:
    """Be the second person, and disagree."""
    with or_missing():
        node.proceedings.decisions.refuse(decision, reason.strip(), actor(user), node.now())
    return done(f"/decisions/{decision}", "refused")


@router.post("/{decision}/reverse")
def reverse(
    *,
    node: Node,
    user: Worker,
    decision: str,
    reason: Reason,
    measures: Annotated[list[str], Form(max_length=1000)],
) -> Response:
    """Take it back, whole or for some."""
    view = _view(node, decision)
    whole = {row.id for row in view.measures} <= set(measures)
    named = () if whole else tuple(measures)
    with or_missing():
        node.proceedings.decisions.reverse(decision, named, reason.strip(), actor(user), node.now())
    return done(f"/decisions/{decision}", "reversed")


@router.post("/{decision}/mark")
def mark(
    node: Node, user: Senior, decision: str, golden: Annotated[bool, Form()] = False
) -> Response:
    """Say that it is known to be right, so that second looks may be measured by it."""
    with or_missing():
        node.proceedings.second_looks.mark(decision, golden, actor(user), node.now())
    desk.give_back(node.engine, decision, user.name)
    return done(f"/decisions/{decision}", "marked")


def _view(node: OfficePort, decision: str) -> DecisionView:
    view = views_process.decision_view(node.engine, decision)
    if view is None:
        raise missing()
    return view


def _ground(request: Request, node: OfficePort, row: DecisionRow) -> str:
    ground = msgspec.convert(
        {"kind": row.ground_kind, "key": row.ground_key, "version": row.ground_version}, Ground
    )
    return ground_text(node.proceedings.published, ground, language_of(request)).title
