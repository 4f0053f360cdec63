"""The page of tips: a list and a form."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

router = APIRouter(prefix="/scalping/tips", include_in_schema=False)


@router.get("")
def tips(request: Request) -> Response:
    """The tips, newest first."""
    state = request.app.state
    state.allow(request, "tips")
    context = {"tips": state.desks["scalping"].tips()}
    page: Response = state.render(request, "scalping/tips.html", context, 200)
    return page


@router.post("")
def note(
    request: Request, account: Annotated[str, Form(max_length=256, pattern=r"\S")]
) -> Response:
    """Note a seller."""
    user = request.app.state.allow(request, "tips")
    request.app.state.desks["scalping"].note([account.strip()], user.name)
    return RedirectResponse("/scalping/tips", 303)


def routers() -> list[APIRouter]:
    """The domain's addresses."""
    return [router]
