"""Desk: the next piece of work for who sits at it, locks, and second looks."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Engine

from lianzhi.chain.decision import drawn
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import KINDS
from lianzhi.chain.roles import Permission
from lianzhi.documents.format import DAY
from lianzhi.kit.addresses import address, local
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, missing, or_missing, show
from lianzhi.store import desk, views, views_process
from lianzhi.store.users import User
from lianzhi.web.console.leases import lease_of, may_take, take
from lianzhi.web.console.page import Node, Reader, Worker, actor
from lianzhi.web.console.quotes import quotes
from lianzhi.web.core.looks import Look
from lianzhi.web.core.ports import OfficePort

router = APIRouter(prefix="/desk")

Find = Callable[[Engine, str, int], str | None]
"""From a person's name and the time to the next piece of work of one kind."""

#: What may wait: the permission that it takes, and the list that shows it.
WAITS: Mapping[str, tuple[Permission, str, Mapping[str, str]]] = {
    "mine": ("work", "/cases", {"status": "mine"}),
    "unassigned": ("work", "/cases", {"status": "unassigned"}),
    "second": ("severe", "/decisions", {"status": "mine"}),
    "looks": ("work", "", {}),
    "appeals": ("appeals", "/appeals", {"status": "mine"}),
    "overdue": ("appeals", "/appeals", {"status": "mine"}),
    "reports": ("work", "/reports", {}),
    "by_hand": ("work", "/measures", {"status": "by_hand"}),
    "revisits": ("work", "/revisits", {}),
}
#: How often the next piece is looked for, while others are faster.
TRIES = 5


@router.get("")
def overview(request: Request, node: Node, user: Reader) -> Response:
    """What waits for me, how much I have done today, and when to rest."""
    now = node.now()
    policy = node.proceedings.office.policy(now)
    return show(
        request,
        "desk.html",
        done_today=_done_today(node, user, now),
        most=policy.desk.cases_per_day,
        rests=_rests(node, user, now),
        mine=desk.leased(node.engine, user.name, now),
        waits=_waits(node, user, now),
    )


@router.post("/next")
def following(node: Node, user: Reader) -> Response:
    """Take the next piece of work: an appeal for who hears them, else a second look or a case.

    Whoever is due a rest is told so on the desk instead.
    """
    now = node.now()
    rests = _rests(node, user, now)
    return RedirectResponse("/desk" if rests else _next(node, user, now), 303)


@router.post("/take")
def start(
    *,
    request: Request,
    node: Node,
    user: Reader,
    item: Annotated[str, Form(max_length=200)],
    following: Annotated[str, Form(alias="next", max_length=300)] = "/desk",
) -> Response:
    """Start work on an item, so that others see who works on it.

    A page that sends this by itself gets the part that tells who works on it.
    """
    if not may_take(node, user, item):
        raise missing()
    take(node, user, item)
    page = local(following)
    if "hx-request" in request.headers:
        return show(request, "_lease.html", lease=lease_of(node, user, item, page))
    return RedirectResponse(page, 303)


@router.post("/give-back")
def give_back(
    *,
    node: Node,
    user: Reader,
    item: Annotated[str, Form(max_length=200)],
    following: Annotated[str, Form(alias="next", max_length=300)] = "/desk",
) -> Response:
    """End one's own lease of an item."""
    desk.give_back(node.engine, item, user.name)
    return RedirectResponse(local(following), 303)


@router.get("/looks/{decision}")
def judge_again(request: Request, node: Node, user: Worker, look: Look, decision: str) -> Response:
    """A case to judge again, as it was, without what was decided."""
    decided = views_process.decision_view(node.engine, decision)
    view = None if decided is None else views.case(node.engine, decided.row.case)
    if decided is None or view is None:
        raise missing()
    if not desk.may_look(node.engine, user.name, decision):
        raise IllegalStepError("review.held", decided.row.status, rule="look_due")
    lease = lease_of(node, user, decision, f"/desk/looks/{decision}")
    if lease.other:
        raise IllegalStepError("review.held", decided.row.status, rule="not_leased")
    look(decision, [decision])
    until = decided.row.made_at
    evidence = [row for row in view.evidence if row.at <= until]
    return show(
        request,
        "look.html",
        decision=decision,
        lease=lease,
        case=view.row,
        quotes=quotes(evidence),
        why="",  # a second look owes nothing to what was concluded before
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
    reason: Annotated[str, Typed, Form(max_length=2000)] = "",
) -> Response:
    """Record a second judgement of a decision."""
    with or_missing():
        node.proceedings.second_looks.hold(
            decision, key in KINDS, key, reason.strip(), actor(user), node.now()
        )
    desk.give_back(node.engine, decision, user.name)
    return done("/desk", "looked")


def _waits(node: OfficePort, user: User, now: int) -> list[tuple[str, str, int]]:
    """What waits that the person may do: its name, the list of just that, how much."""
    names = [name for name, (needs, *_) in WAITS.items() if user.may(needs)]
    counts = desk.waiting(node.engine, user.name, now, names)
    waiting = []
    for name in names:
        _, page, narrowed = WAITS[name]
        due = {"on": "due", "until": now} if name == "overdue" else {}
        waiting.append((name, address(page, **narrowed, **due) if page else "", counts[name]))
    return waiting


def _done_today(node: OfficePort, user: User, now: int) -> int:
    begins = node.proceedings.office.policy(now).automation.day_begins(now)
    with node.engine.connect() as connection:
        return desk.done_between(connection, user.name, begins, now)


def _rests(node: OfficePort, user: User, now: int) -> int | None:
    policy = node.proceedings.office.policy(now)
    offset = policy.automation.utc_offset_hours
    with node.engine.connect() as connection:
        return desk.rest_until(connection, user.name, now, policy.desk, offset)


def _next(node: OfficePort, user: User, now: int) -> str:
    """Where the next piece of work is, locked for the person; the desk when there is none."""
    engine, name = node.engine, user.name
    for page, find in _turns(node, user, now):
        for _ in range(TRIES):
            item = find(engine, name, now)
            if item is None:
                break
            if not take(node, user, item):
                return f"{page}/{item}"
    return "/desk"


def _turns(node: OfficePort, user: User, now: int) -> Iterator[tuple[str, Find]]:
    """What is looked for in turn: the page of what is found, and how it is found.

    Second looks come by lot, so that neither they nor the cases stand behind all of the others.
    """
    if user.may("appeals"):
        yield "/appeals", desk.next_appeal
    if not user.may("work"):
        return
    policy = node.proceedings.office.policy(now)
    turn = f"{user.name}/{now // DAY}/{_done_today(node, user, now)}"
    known, sampled = partial(desk.next_look, golden=True), partial(desk.next_look, golden=False)
    if drawn(turn, policy.desk.golden_share):
        yield "/desk/looks", known
    if drawn(f"{turn}/sample", policy.desk.second_review_share):
        yield "/desk/looks", sampled
    yield "/cases", desk.next_case
    yield "/desk/looks", sampled
