"""Settings of one reader: language and theme, kept in the browser, and their password."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.kit.addresses import local
from lianzhi.kit.page import done, show
from lianzhi.store.passwords import MAX_PASSWORD, MIN_PASSWORD
from lianzhi.store.refusal import AccountError
from lianzhi.store.users import set_password
from lianzhi.web.console.page import Anyone, Node
from lianzhi.web.console.render import THEMES
from lianzhi.web.console.words import LANGUAGES
from lianzhi.web.core.auth import sign_in
from lianzhi.web.core.sessions import Refused, check

router = APIRouter()

_YEAR_S = 365 * 86_400
Following = Annotated[str, Form(alias="next", max_length=1000)]
Password = Annotated[str, Form(max_length=MAX_PASSWORD)]


@router.get("/settings")
def settings(request: Request, user: Anyone) -> Response:
    """The settings page."""
    return _page(request)


@router.post("/password")
def password(request: Request, node: Node, user: Anyone, old: Password, new: Password) -> Response:
    """Change one's own password, which ends all other sessions."""
    try:
        check(request, user.name, old, known=True)
        changed = set_password(node.ledger, user.name, new, node.now(), user.name)
    except Refused as refused:
        wrong = "password_wrong" if refused.error == "credentials" else "wait"
        return _page(request, refused.status, wrong=wrong, wait_s=refused.wait_s)
    except AccountError as error:
        return _page(request, 422, wrong=error.code)
    sign_in(request, changed)
    return done("/settings", "password")


@router.post("/language")
def language(request: Request, to: Annotated[str, Form()], following: Following = "/") -> Response:
    """Speak another language; also before anyone has signed in."""
    return _keep(request, "lang", to if to in LANGUAGES else LANGUAGES[0], following)


@router.post("/theme")
def theme(request: Request, to: Annotated[str, Form()], following: Following = "/") -> Response:
    """Light, dark, or as the system has it."""
    return _keep(request, "theme", to if to in THEMES else THEMES[0], following)


def _page(request: Request, status: int = 200, **context: Any) -> Response:
    lengths = {"shortest": MIN_PASSWORD, "longest": MAX_PASSWORD}
    page = show(request, "settings.html", **{"wrong": "", "wait_s": 0} | lengths | context)
    page.status_code = status
    return page


def _keep(request: Request, name: str, value: str, following: str) -> Response:
    answer = RedirectResponse(local(following), 303)
    https = request.app.state.settings.https
    answer.set_cookie(name, value, _YEAR_S, secure=https, httponly=True, samesite="lax")
    return answer
