"""Redress: appeals that wait, and the page on which another person answers."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.appeal import ELSEWHERE, OUTCOMES
from lianzhi.chain.life import IllegalStepError
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import Cursor, QueryText, done, missing, show
from lianzhi.office.grounds import ground_text
from lianzhi.store import desk, views, views_process
from lianzhi.store.users import User
from lianzhi.web.console.leases import lease_of, may_answer
from lianzhi.web.console.page import Hearer, Node, Reader, actor
from lianzhi.web.console.quotes import quotes
from lianzhi.web.console.render import language_of
from lianzhi.web.console.status_list import status_list
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.ports import OfficePort
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/appeals")

FILTERS: dict[str, str | None] = {
    "waiting": "waiting",
    "mine": "waiting",
    "answered": "answered",
    "all": None,
}


@router.get("")
def appeals(
    *,
    request: Request,
    user: Reader,
    look: Look,
    status: QueryText = "waiting",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows; `mine` are those that wait for this person."""
    listed = status_list(
        *(request, user, "appeals", FILTERS, "appeals", status, cursor, views_process.appeals)
    )
    look("appeals", [row.id for row in listed["page"].rows])
    return show(request, "_appeals.html" if cursor else "appeals.html", **listed)


@router.get("/{appeal}")
def page(request: Request, node: Node, user: Reader, look: Look, appeal: str) -> Response:
    """The appeal beside what was decided; it locks nothing, see `leases`."""
    return _page(request, node, user, appeal, "", "", look)


@router.post("/{appeal}/answer")
def answer(
    *,
    request: Request,
    node: Node,
    user: Hearer,
    look: Look,
    appeal: str,
    outcome: Annotated[str, Form(max_length=40)],
    reason: Annotated[str, Typed, Form(max_length=4000)] = "",
    measures: Annotated[list[str], Form(max_length=1000)] = [],  # noqa: B006
) -> Response:
    """Answer, with reasons; another person than those who decided."""
    if outcome not in OUTCOMES:
        raise Problem(422, "this outcome is none", mend=f"use one of {', '.join(OUTCOMES)}")
    now = node.now()
    try:
        node.proceedings.redress.answer(appeal, outcome, measures, reason.strip(), actor(user), now)
    except KeyError:
        raise missing() from None
    except IllegalStepError as error:
        return _page(request, node, user, appeal, error.rule, reason, look)
    desk.give_back(node.engine, appeal, user.name)
    return done(f"/appeals/{appeal}", "answered")


def _page(
    request: Request,
    node: OfficePort,
    user: User,
    appeal: str,
    refused: str,
    reason: str,
    look: Looking,
) -> Response:
    view = views_process.appeal_view(node.engine, appeal)
    if view is None:
        raise missing()
    look(view.row.id, [view.row.id])
    case = views.case(node.engine, view.row.case)
    if case is None:
        raise missing()
    answers = may_answer(user, view.row)
    own = [
        row
        for row in view.decision.measures
        if row.subject == view.row.person and row.status not in ("shadowed", "suppressed")
    ]
    acts = [row for row in case.evidence if row.actor == view.row.person]
    shown = show(
        request,
        "appeal.html",
        of_party=view.row.route in ELSEWHERE,
        view=view,
        row=view.row,
        case=case.row,
        own=own,
        quotes=quotes(acts),
        why=f"/cases/{case.row.id}/why",
        ground=ground_text(
            node.proceedings.published, view.decision.decision.ground, language_of(request)
        ),
        outcomes=OUTCOMES,
        decided=user.name in {view.row.decided_by, view.row.confirmed_by},
        lease=lease_of(node, user, appeal, f"/appeals/{appeal}", open_=answers),
        refused=refused,
        reason=reason,
    )
    shown.status_code = 409 if refused else 200
    return shown
