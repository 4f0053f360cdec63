"""What the public pages share: their language, their frame, their limits."""

import time
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lianzhi.web import tokens
from lianzhi.web.console.format import address
from lianzhi.web.console.render import environment
from lianzhi.web.console.words import LANGUAGES, NAMES, choose
from lianzhi.web.limits import Buckets
from lianzhi.web.ports import NodePort
from lianzhi.web.security import client_of
from lianzhi.web.settings import Settings

Lang = Annotated[str, Query(max_length=8)]
HOUR_S = 3600


class Sends:
    """How much may be sent from public pages: by one address, and by one account."""

    def __init__(self, settings: Settings) -> None:
        self._client = _hourly(settings.sends_of_client)
        self._person = _hourly(settings.sends_of_person)

    def wait(self, request: Request, account: str) -> float:
        """Seconds until this may be sent; 0: now, and it counts."""
        now = time.monotonic()
        return self._client.take(client_of(request.scope), now) or self._person.take(account, now)


def _hourly(most: int) -> Buckets:
    return Buckets(most / HOUR_S, most)


def language(request: Request, wanted: str, of_link: str | None = None) -> str:
    """The language asked for, else the link's, else the browser's."""
    chosen = next((one for one in (wanted, of_link) if one in LANGUAGES), None)
    return choose(chosen, request.headers.get("accept-language"))


def show(
    request: Request, template: str, lang: str, context: dict[str, Any], status: int = 200
) -> Response:
    """A page, without any cookie."""
    node: NodePort = request.app.state.node
    asked = {key: value for key, value in request.query_params.items() if key != "lang"}
    frame = {
        "lang": lang,
        "theme": "auto",
        "deployment": request.app.state.deployment,
        "now": node.now(),
        "zone": request.app.state.zone,
        "path": request.scope["path"],
        "lines": node.proceedings.help_lines(node.now()).told(bool(context.get("minor"))),
        "others": [
            (code, name, address(request.scope["path"], **asked, lang=code))
            for code, name in NAMES.items()
            if code != lang
        ],
    }
    text = environment(lang).get_template(f"public/{template}").render({**frame, **context})
    headers = {"Vary": "Accept-Language", "Cache-Control": "no-store"}
    return HTMLResponse(text, status, headers)


def gone(request: Request, lang: str) -> Response:
    """404 for a link that is none, has expired or was taken back."""
    return show(request, "gone.html", lang, {"why": "gone"}, 404)


def wait(request: Request, lang: str, seconds: float) -> Response:
    """429 with the minutes to wait."""
    minutes = int(seconds // 60) + 1
    page = show(request, "gone.html", lang, {"why": "wait", "minutes": minutes}, 429)
    page.headers["Retry-After"] = str(minutes * 60)
    return page


def to_receipt(request: Request, made: str, lang: str) -> Response:
    """On to the address where the outcome can be read, in the same language."""
    token = tokens.sign(request.app.state.settings.secret, "receipt", made)
    return RedirectResponse(address(f"/receipt/{token}", lang=lang), 303)


def form_token(request: Request, token: str) -> str:
    """What the form on the page of this token carries."""
    return tokens.form_token(request.app.state.settings.secret, token)
