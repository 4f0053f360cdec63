"""The page of tips: a list and a form."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

router = APIRouter(prefix="/scalping/tips", include_in_schema=False)
Seller = Annotated[str, Form(max_length=256, pattern=r"\S")]


def routers() -> Sequence[APIRouter]:
    return [router]


@router.get("")
def show(request: Request) -> Response:
    state = request.app.state
    state.allow(request, "tips")
    tips = state.desks["scalping"].tips()
    page: Response = state.render(request, "scalping/tips.html", {"tips": tips}, 200)
    return page


@router.post("")
def note(request: Request, account: Seller) -> Response:
    user = request.app.state.allow(request, "tips")
    request.app.state.desks["scalping"].note([account.strip()], user.name)
    return RedirectResponse("/scalping/tips", 303)
