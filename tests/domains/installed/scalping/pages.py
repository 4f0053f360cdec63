"""The page of tips: a list and a form."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import desk_of, done, show, user_with
from scalping.tips import Tip

router = APIRouter(prefix="/scalping/tips", include_in_schema=False)
Desk, User = Annotated[Any, desk_of("scalping")], Annotated[Any, user_with("tips")]
Seller = Annotated[str, Typed, Form(max_length=256, min_length=1)]


@router.get("")
def show_tips(request: Request, desk: Desk, user: User) -> Response:
    return show(request, "scalping/tips.html", tips=desk.rows())


@router.post("")
def note(desk: Desk, user: User, account: Seller) -> Response:
    desk.note([Tip(account)], user.name)
    return done("/scalping/tips", "noted")


ROUTERS = [router]
