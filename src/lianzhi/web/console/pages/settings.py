"""Settings of one reader: language and theme, kept in the browser."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.web.console.format import local
from lianzhi.web.console.page import Reader, show
from lianzhi.web.console.render import THEMES
from lianzhi.web.console.words import LANGUAGES

router = APIRouter()

_YEAR_S = 365 * 86_400
Following = Annotated[str, Form(alias="next", max_length=1000)]


@router.get("/settings")
def settings(request: Request, user: Reader) -> Response:
    """The page."""
    return show(request, "settings.html")


@router.post("/language")
def language(request: Request, to: Annotated[str, Form()], following: Following = "/") -> Response:
    """Speak another language; also before anyone has signed in."""
    return _keep(request, "lang", to if to in LANGUAGES else LANGUAGES[0], following)


@router.post("/theme")
def theme(request: Request, to: Annotated[str, Form()], following: Following = "/") -> Response:
    """Light, dark, or as the system has it."""
    return _keep(request, "theme", to if to in THEMES else THEMES[0], following)


def _keep(request: Request, name: str, value: str, following: str) -> Response:
    answer = RedirectResponse(local(following), 303)
    https = request.app.state.settings.https
    answer.set_cookie(name, value, _YEAR_S, secure=https, httponly=True, samesite="lax")
    return answer
