"""Decide: the form on which a person decides a case, with the reasons that people will read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.views import CaseView
from lianzhi.kit.form_values import typed
from lianzhi.kit.page import done, show
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import desk, views_process
from lianzhi.store.users import User
from lianzhi.web.console import deciding, leases
from lianzhi.web.console.page import Node, Worker, actor, case_of
from lianzhi.web.console.quotes import quotes
from lianzhi.web.console.render import language_of
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/cases/{case}/decide")

#: Who may carry a measure out, the usual way first.
MODES = ("queued", "manual", "shadow")


async def _form(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_form)]


@router.get("")
def form(request: Request, node: Node, user: Worker, look: Look, case: str) -> Response:
    """The form; it locks nothing, see `leases`."""
    view = case_of(node, case)
    return _page(request, node, user, look, view, refused="", sent=FormData())


@router.post("")
def decide(
    request: Request, node: Node, user: Worker, look: Look, case: str, sent: Sent
) -> Response:
    """Decide; a refusal shows the form again with what was filled in, and the rule."""
    view, now = case_of(node, case), node.now()
    policy = node.proceedings.office.policy(now)
    seen = str(sent.get("seen") or "")
    asking = DecisionRequest(
        orders=deciding.orders_of(sent, view, node.engine, policy, now),
        facts=typed(str(sent.get("facts") or ""))[: deciding.LONGEST],
        ground=str(sent.get("ground") or "")[:200],
        seen=int(seen) if seen.isdecimal() and len(seen) < 7 else None,
    )
    if not asking.orders and not sent.get("nothing"):
        raise Problem(
            422,
            "nothing is chosen",
            mend="choose a measure and whom it concerns, or tick that nothing is to be done",
        )
    try:
        decision = node.proceedings.decisions.decide(case, asking, actor(user), now)
    except IllegalStepError as error:
        return _page(request, node, user, look, view, refused=error.rule, sent=sent)
    desk.give_back(node.engine, case, user.name)
    return done(f"/decisions/{decision}", "decided")


def _page(
    request: Request,
    node: NodePort,
    user: User,
    look: Looking,
    view: CaseView,
    *,
    refused: str,
    sent: FormData,
) -> Response:
    look(view.row.id, [view.row.id])
    now = node.now()
    policy, published = node.proceedings.office.policy(now), node.proceedings.published
    rules, bases = published.choices(view.state.since, now)
    people = [part.token for part in view.parts]
    process = views_process.process(node.engine, view.row.id, people, policy.strikes, now)
    context: dict[str, Any] = {
        "case": view.row,
        "view": view,
        "offer": deciding.offer(node.engine, view, policy, user.may("severe"), now),
        "hours": deciding.HOURS,
        "modes": [m for m in MODES if m != "queued" or node.proceedings.office.post.reachable],
        "rules": rules,
        "bases": bases,
        "language": language_of(request),
        "exemplary": published.exemplary(now),
        "quotes": [quote for quote in quotes(view.evidence) if any(r.account for r in quote.rows)],
        "points": process.points,
        "decisions": process.decisions,
        "seen": view.state.decisions,
        "lease": leases.lease_of(
            node,
            user,
            view.row.id,
            f"/cases/{view.row.id}/decide",
            open_=view.row.status != "closed",
        ),
        "refused": refused,
        "said": sent,
        "longest": deciding.LONGEST,
        "proposed_ground": next(
            (p.ground for p in view.state.proposals if p.ground),
            policy.type_of(view.row.kind).ground,
        ),
        "severe": {
            key: rule.persons for key, rule in policy.measures.items() if rule.severe != "never"
        },
        "contest_days": policy.appeals.within_days,
    }
    page = show(request, "decide.html", **context)
    page.status_code = 409 if refused else 200
    return page
