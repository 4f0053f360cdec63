"""Acts on a request: who may take which step, what a form of it says, and what forbids it now."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.roles import Permission
from lianzhi.dispatch.requests.request import Request as Report
from lianzhi.dispatch.requests.steps import check_step
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.web.page import Desk
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, missing, or_missing

router = APIRouter(prefix="/requests")
Short = Annotated[str, Typed, Form(max_length=200)]


class Said(NamedTuple):
    """What a form says; what an act does not ask for is empty."""

    words: str
    reason: str
    to: str
    turn_to: str
    outcome: str
    into: str
    priority: str
    category: str


def _said(
    *,
    words: Annotated[str, Typed, Form(max_length=4000)] = "",
    reason: Short = "",
    to: Short = "",
    turn_to: Short = "",
    outcome: Short = "",
    into: Short = "",
    priority: Short = "",
    category: Short = "",
) -> Said:
    return Said(words, reason, to, turn_to, outcome, into, priority, category)


class Act(NamedTuple):
    """One step that people take."""

    needs: Permission
    step: str
    do: Callable[[Requests, str, str, Said], None]
    least: Mapping[str, str] = MappingProxyType({})
    """What any form of it says, for asking the rules whether it may be taken at all."""
    reasons: tuple[str, ...] = ()
    """Keys of the reasons to choose from."""
    also: tuple[Permission, ...] = ()
    """Other permissions that will do."""

    @property
    def allowed(self) -> tuple[Permission, ...]:
        """Who holds one of these may take it."""
        return (self.needs, *self.also)


def _dispatch(desk: Requests, of: str, by: str, said: Said) -> None:
    desk.dispatch(of, said.to, by, priority=said.priority, category=said.category)


#: In the order of a request's life.
ACTS: dict[str, Act] = {
    "accept": Act("dispatch", "accepted", lambda desk, of, by, said: desk.accept(of, by)),
    "dispatch": Act("dispatch", "dispatched", _dispatch, {"to": "-"}),
    "dispose": Act(
        "enforce",
        "disposed",
        lambda desk, of, by, said: desk.dispose(of, said.outcome, said.words, by, said.turn_to),
        {"outcome": "resolved"},
    ),
    "take_over": Act("enforce", "taken_over", lambda desk, of, by, said: desk.take_over(of, by)),
    "hand_over": Act(
        "enforce",
        "handed_over",
        lambda desk, of, by, said: desk.hand_over(of, said.to, said.words, by),
        {"to": "-", "note": "-"},
        also=("dispatch",),
    ),
    "hand_back": Act(
        "enforce",
        "handed_back",
        lambda desk, of, by, said: desk.hand_back(of, said.reason, by, said.words),
        {"reason": "-"},
        ("not_ours", "no_hands", "wrong_place"),
    ),
    "suspend": Act(
        "dispatch",
        "suspended",
        lambda desk, of, by, said: desk.suspend(of, said.reason, by, said.words),
        {"reason": "-"},
        ("more_needed", "appointment"),
    ),
    "resume": Act("dispatch", "resumed", lambda desk, of, by, said: desk.resume(of, by)),
    "decline": Act(
        "dispatch",
        "declined",
        lambda desk, of, by, said: desk.decline(of, said.reason, said.turn_to, by, said.words),
        {"reason": "-", "turn_to": "-"},
        ("outside", "in_court", "answered", "unclear"),
    ),
    "merge": Act(
        "dispatch",
        "merged",
        lambda desk, of, by, said: desk.merge(of, said.into, by),
        {"into": "-"},
    ),
    "confirm": Act("dispatch", "confirmed", lambda desk, of, by, said: desk.confirm(of, by)),
    "reopen": Act(
        "dispatch",
        "reopened",
        lambda desk, of, by, said: desk.reopen(of, said.reason, by, said.words),
        {"reason": "-"},
        ("not_mended", "back", "unanswered"),
    ),
    "publish": Act(
        "dispatch",
        "published",
        lambda desk, of, by, said: desk.publish(of, said.words, by),
    ),
    "unpublish": Act("dispatch", "unpublished", lambda desk, of, by, said: desk.unpublish(of, by)),
}


class Offer(NamedTuple):
    """An act: open to the reader, or forbidden by a rule."""

    key: str
    rule: str = ""
    """Key of the rule that forbids it; empty: it may be taken."""
    when: tuple[str, ...] = ()
    """Statuses in which it may be taken, where the status forbids it."""
    reasons: tuple[str, ...] = ()


def offers(desk: Office, one: Report, user: Any) -> list[Offer]:
    """Every act that the reader's role allows; those that may be taken now come first."""
    found = [
        _offer(desk, one, key, act) for key, act in ACTS.items() if any(map(user.may, act.allowed))
    ]
    fit = [offer for offer in found if _timely(offer.key, one)]
    return sorted(fit, key=lambda offer: bool(offer.rule))


def _timely(key: str, one: Report) -> bool:
    """Whether an act has something to act on."""
    return key != "unpublish" or one.published


def _offer(desk: Office, one: Report, key: str, act: Act) -> Offer:
    said = {"request": one.id, "by": "-", **act.least}
    try:
        check_step(desk.requests.policy, one, f"request.{act.step}", desk.office.now(), said)
    except IllegalStepError as error:
        return Offer(key, error.rule, tuple(sorted(error.allowed)))
    return Offer(key, reasons=act.reasons)


@router.post("/{identity}/{act}")
def step(
    request: Request, desk: Desk, identity: str, act: str, said: Annotated[Said, Depends(_said)]
) -> Response:
    """Take a step; the rules are asked again as it is taken."""
    if act not in ACTS:
        raise missing()
    asked = ACTS[act]
    user = request.app.state.allow(request, *asked.allowed)
    if asked.reasons and said.reason not in asked.reasons:
        raise RefusedError("choose", f"reason is {said.reason!r}", among=", ".join(asked.reasons))
    with or_missing():
        asked.do(desk.requests, identity, user.name, said)
    return done(f"/enforcement/requests/{identity}", act)
