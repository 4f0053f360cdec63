"""Forgetting: a person forgets a remembered group, on the page of its case."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.kit.form_values import Typed

router = APIRouter(prefix="/cases/{case}", include_in_schema=False)


@router.post("/forget")
def forget(
    request: Request,
    case: str,
    reason: Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)],
) -> Response:
    """Forget the group of a case for good, with the reason."""
    user, desk = request.app.state.allow(request, "work"), request.app.state.desks["astroturf"]
    try:
        desk.forget(case, reason, user.name, desk.now())
    except KeyError:
        raise HTTPException(404) from None
    return RedirectResponse(f"/cases/{case}?done=forgotten", 303)


def routers() -> list[APIRouter]:
    """The domain's addresses."""
    return [router]
