"""Hands and dues: who has a file, and how what is owed on it is paid later."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from lianzhi.domains.enforcement.web.case import Short, Words, back, file_of
from lianzhi.domains.enforcement.web.given import parts_of
from lianzhi.domains.enforcement.web.page import Desk, Inspector, Leader
from lianzhi.kit.form_values import Day
from lianzhi.kit.page import Given

router = APIRouter(prefix="/penalties")


@router.post("/{penalty}/assign")
def assign(desk: Desk, user: Leader, penalty: str, to: Short) -> Response:
    """Give the file to an officer."""
    file_of(desk, penalty)
    desk.hands.assign(penalty, to, user.name)
    return back(penalty, "assign")


@router.post("/{penalty}/recuse")
def recuse(
    *, desk: Desk, user: Leader, penalty: str, officer: Short, words: Words, instead: Short = ""
) -> Response:
    """Take somebody with an interest out of the case."""
    file_of(desk, penalty)
    desk.hands.recuse(penalty, officer, instead, user.name, words)
    return back(penalty, "recuse")


@router.post("/{penalty}/transfer")
def transfer(desk: Desk, user: Leader, penalty: str, to: Short, words: Words) -> Response:
    """Hand a suspected crime to the organs of justice."""
    file_of(desk, penalty)
    desk.hands.transfer(penalty, to, user.name, words)
    return back(penalty, "transfer")


@router.post("/{penalty}/defer")
def defer(desk: Desk, user: Leader, penalty: str, form: Given) -> Response:
    """Approve paying later, or by instalments."""
    file_of(desk, penalty)
    desk.dues.defer(penalty, parts_of(form), user.name, str(form.get("words", ""))[:20_000])
    return back(penalty, "defer")


@router.post("/{penalty}/demand")
def demand(
    *,
    desk: Desk,
    user: Inspector,
    penalty: str,
    words: Words,
    receipt: Short,
    day: Annotated[Day, Form()] = None,
) -> Response:
    """Note that what is overdue was demanded."""
    file_of(desk, penalty)
    desk.dues.demand(penalty, user.name, words, receipt, day)
    return back(penalty, "demand")
