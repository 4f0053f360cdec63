"""Steps of a file: what its forms send, each with fields of its own, and those of words alone."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.web.acts import ACTS
from lianzhi.domains.enforcement.web.case import Short, Words, Yuan, back, file_of
from lianzhi.domains.enforcement.web.given import facts_of, fields, yuan
from lianzhi.domains.enforcement.web.page import Desk, Hand, Inspector, Leader, Legal
from lianzhi.kit.form_values import Day
from lianzhi.kit.page import Given, missing

router = APIRouter(prefix="/penalties")


@router.post("/{penalty}/notice")
def notice(desk: Desk, user: Inspector, penalty: str, form: Given) -> Response:
    """Give the advance notice."""
    found = file_of(desk, penalty)
    said = fields(form)
    facts = facts_of(form, desk.office.rules.discretion, found.item)
    desk.penalties.notice(
        penalty,
        {**found.facts, **facts},
        said.fine,
        user.name,
        said.words,
        sanctions=said.sanctions,
        grave=said.grave,
    )
    return back(penalty, "noticed")


@router.post("/{penalty}/order")
def order(
    desk: Desk, user: Inspector, penalty: str, day: Annotated[Day, Form()], words: Words
) -> Response:
    """Order it to be put right by a day."""
    file_of(desk, penalty)
    if day is None:
        raise missing()
    desk.penalties.order(penalty, day, user.name, words)
    return back(penalty, "order")


@router.post("/{penalty}/hearing_end")
def end_hearing(
    desk: Desk, user: Inspector, penalty: str, words: Words, absent: Annotated[bool, Form()] = False
) -> Response:
    """Note that the party takes its wish for a hearing back, or stayed away."""
    file_of(desk, penalty)
    desk.penalties.end_hearing(penalty, absent, user.name, words)
    return back(penalty, "hearing_end")


@router.post("/{penalty}/hearing_call")
def call_hearing(
    desk: Desk, user: Inspector, penalty: str, day: Annotated[Day, Form()]
) -> Response:
    """Tell time and place of the hearing."""
    file_of(desk, penalty)
    if day is None:
        raise missing()
    desk.penalties.call_hearing(penalty, day, user.name)
    return back(penalty, "hearing_call")


@router.post("/{penalty}/hear")
def hear(desk: Desk, user: Inspector, penalty: str, chair: Short, words: Words) -> Response:
    """Put the record of the hearing into the file."""
    file_of(desk, penalty)
    desk.penalties.hear(penalty, chair, user.name, words)
    return back(penalty, "hear")


@router.post("/{penalty}/review")
def review(
    desk: Desk, user: Legal, penalty: str, words: Words, passed: Annotated[bool, Form()] = False
) -> Response:
    """Pass or fail the case at legal review."""
    file_of(desk, penalty)
    desk.penalties.review(penalty, passed, user.name, words)
    return back(penalty, "review")


@router.post("/{penalty}/decide")
def decide(desk: Desk, user: Leader, penalty: str, fine: Yuan, words: Words) -> Response:
    """Decide by the tables."""
    file_of(desk, penalty)
    desk.penalties.decide(penalty, fine, user.name, words)
    return back(penalty, "decide")


@router.post("/{penalty}/serve")
def serve(
    desk: Desk,
    user: Inspector,
    penalty: str,
    way: Short,
    receipt: Short,
    day: Annotated[Day, Form()] = None,
) -> Response:
    """Note that the decision was served."""
    file_of(desk, penalty)
    desk.penalties.serve(penalty, way, user.name, receipt, day)
    return back(penalty, "serve")


@router.post("/{penalty}/pay")
def pay(
    desk: Desk,
    user: Inspector,
    penalty: str,
    amount: Short = "",
    day: Annotated[Day, Form()] = None,
) -> Response:
    """Note money received."""
    file_of(desk, penalty)
    desk.penalties.pay(penalty, yuan(amount, "amount"), user.name, day)
    return back(penalty, "pay")


@router.post("/{penalty}/contest")
def contest(
    *,
    desk: Desk,
    user: Inspector,
    penalty: str,
    words: Words,
    route: Annotated[Literal["reconsideration", "litigation"], Form()] = "reconsideration",
    day: Annotated[Day, Form()] = None,
) -> Response:
    """Note that the party has gone to the authority above, or to court."""
    file_of(desk, penalty)
    desk.penalties.contest(penalty, user.name, words, day, route)
    return back(penalty, "contest")


@router.post("/{penalty}/answer")
def answer(
    *,
    desk: Desk,
    user: Leader,
    penalty: str,
    words: Words,
    fine: Yuan = 0,
    upheld: Annotated[bool, Form()] = False,
) -> Response:
    """Note what came of the reconsideration or suit."""
    file_of(desk, penalty)
    desk.penalties.answer(penalty, upheld, user.name, words, fine)
    return back(penalty, "answer")


@router.post("/{penalty}/revisit")
def revisit(
    desk: Desk, user: Inspector, penalty: str, words: Words, again: Annotated[bool, Form()] = False
) -> Response:
    """Note the revisit."""
    file_of(desk, penalty)
    desk.penalties.revisit(penalty, again, user.name, words)
    return back(penalty, "revisit")


_Worded = Callable[[Penalties, str, str, str], None]
#: Acts that say words, and nothing else.
WORDED: dict[str, _Worded] = {
    "preserve": Penalties.preserve,
    "settle": Penalties.settle_preservation,
    "release": Penalties.release_preserved,
    "waive": Penalties.waive,
    "consider": Penalties.consider,
    "discuss": Penalties.discuss,
    "unpublish": Penalties.unpublish,
    "close": Penalties.close,
    "drop": Penalties.drop,
}
#: Acts that say words, and the day on which it was, if that was not today.
DATED: dict[str, Callable[[Penalties, str, str, str, dt.date | None], None]] = {
    "rectify": Penalties.rectify,
    "defend": Penalties.defend,
}
#: Acts that say nothing.
PLAIN: dict[str, Callable[[Penalties, str, str], None]] = {
    "submit": Penalties.submit,
    "publish": Penalties.publish,
    "archive": Penalties.archive,
    "hearing_request": Penalties.request_hearing,
}


@router.post("/{penalty}/{act}")
def step(
    *,
    desk: Desk,
    user: Hand,
    penalty: str,
    act: Literal[
        "preserve", "settle", "release", "waive", "consider", "discuss", "unpublish", "close",
        "drop", "rectify", "defend", "submit", "publish", "archive",
        "hearing_request",
    ],
    words: Words = "",
    day: Annotated[Day, Form()] = None,
) -> Response:  # fmt: skip
    """Take a step that needs words and a day at most."""
    file_of(desk, penalty)
    if not user.may(ACTS[act][0]):
        raise HTTPException(403)
    if act in WORDED:
        WORDED[act](desk.penalties, penalty, user.name, words)
    elif act in DATED:
        DATED[act](desk.penalties, penalty, user.name, words, day)
    else:
        PLAIN[act](desk.penalties, penalty, user.name)
    return back(penalty, act)
