"""Desk: the next piece of work for who sits at it, locks, and second looks."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.chain.decision import drawn
from lianzhi.chain.measure import KINDS
from lianzhi.store import desk, views, views_process
from lianzhi.web.auth import User
from lianzhi.web.console.format import local
from lianzhi.web.console.page import Node, Reader, Worker, actor, done, missing, show, told
from lianzhi.web.console.quotes import quotes
from lianzhi.web.looks import Look
from lianzhi.web.ports import NodePort

router = APIRouter(prefix="/desk")

MINUTE = 60_000


@router.get("")
def overview(request: Request, node: Node, user: Reader) -> Response:
    """What waits for me, how much I have done today, and when to rest."""
    now = node.now()
    policy = node.proceedings.office.policy(now)
    with node.engine.connect() as connection:
        done_today = desk.done_between(
            connection, user.name, policy.automation.day_begins(now), now
        )
        rests = desk.rest_until(
            connection, user.name, now, policy.desk, policy.automation.utc_offset_hours
        )
    return show(
        request,
        "desk.html",
        done_today=done_today,
        most=policy.desk.cases_per_day,
        rests=rests,
        mine=desk.leased(node.engine, user.name, now),
        counts=desk.waiting(node.engine, user.name, now),
    )


@router.post("/next")
def following(node: Node, user: Reader) -> Response:
    """Take the next piece of work: an appeal for who hears them, else a second look or a case."""
    now = node.now()
    address = _next(node, user, now)
    return RedirectResponse(address, 303)


@router.post("/take")
def take(
    *,
    node: Node,
    user: Reader,
    item: Annotated[str, Form(max_length=200)],
    following: Annotated[str, Form(alias="next", max_length=300)] = "/desk",
) -> Response:
    """Lock something for me."""
    now = node.now()
    until = now + node.proceedings.office.policy(now).desk.lease_minutes * MINUTE
    desk.take(node.engine, item, user.name, now, until)
    return RedirectResponse(local(following), 303)


@router.post("/give-back")
def give_back(
    *,
    node: Node,
    user: Reader,
    item: Annotated[str, Form(max_length=200)],
    following: Annotated[str, Form(alias="next", max_length=300)] = "/desk",
) -> Response:
    """Let others have it."""
    desk.give_back(node.engine, item, user.name)
    return RedirectResponse(local(following), 303)


@router.get("/looks/{decision}")
def judge_again(request: Request, node: Node, user: Worker, look: Look, decision: str) -> Response:
    """A case to judge again, as it was, without what was decided."""
    decided = views_process.decision_view(node.engine, decision)
    view = None if decided is None else views.case(node.engine, decided.row.case)
    if decided is None or view is None:
        raise missing()
    look(decision, [decision])
    until = decided.row.made_at
    evidence = [row for row in view.evidence if row.at <= until]
    now = node.now()
    lease = now + node.proceedings.office.policy(now).desk.lease_minutes * MINUTE
    desk.take(node.engine, decision, user.name, now, lease)
    return show(
        request,
        "look.html",
        decision=decision,
        case=view.row,
        quotes=quotes(evidence),
        keys=[key for key in KINDS if key != "transfer"],
        parts=[part for part in view.parts if part.events],
    )


@router.post("/looks/{decision}")
def hold(
    *,
    node: Node,
    user: Worker,
    decision: str,
    key: Annotated[str, Form(max_length=40)],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Judge it."""
    with told():
        node.proceedings.second_looks.hold(
            decision, key in KINDS, key, reason.strip(), actor(user), node.now()
        )
    desk.give_back(node.engine, decision, user.name)
    return done("/desk", "looked")


def _next(node: NodePort, user: User, now: int) -> str:
    policy = node.proceedings.office.policy(now)
    until = now + policy.desk.lease_minutes * MINUTE
    if user.may("appeals") and (appeal := desk.next_appeal(node.engine, user.name, now)):
        desk.take(node.engine, appeal, user.name, now, until)
        return f"/appeals/{appeal}"
    if not user.may("work"):
        return "/desk"
    with node.engine.connect() as connection:
        done_today = desk.done_between(
            connection, user.name, policy.automation.day_begins(now), now
        )
    golden = drawn(f"{user.name}/{now // 86_400_000}/{done_today}", policy.desk.golden_share)
    for known in (True, False):
        if known and not golden:
            continue
        if found := desk.next_look(node.engine, user.name, now, known):
            return f"/desk/looks/{found}"
    if case := desk.next_case(node.engine, user.name, now):
        desk.take(node.engine, case, user.name, now, until)
        return f"/cases/{case}"
    return "/desk"
