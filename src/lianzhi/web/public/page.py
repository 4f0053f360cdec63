"""What the public pages share: their language, their frame, their limits."""

import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from lianzhi.kit.addresses import address
from lianzhi.web.console.render import environment, styles
from lianzhi.web.console.words import LANGUAGES, NAMES, choose
from lianzhi.web.core import tokens
from lianzhi.web.core.limits import Buckets
from lianzhi.web.core.ports import OfficePort
from lianzhi.web.core.settings import Settings

Lang = Annotated[str, Query(max_length=8)]
HOUR_S = 3600
#: Status of a problem -> which words tell it; all others are ours to mend.
WHY = {
    **dict.fromkeys((400, 404, 405), "gone"),
    **dict.fromkeys((403, 409, 413, 422), "refused"),
    429: "wait",
}


class Again(msgspec.Struct, frozen=True):
    """Why a form is shown again with its text: it was not accepted yet."""

    why: Literal["missing", "long", "wait"]
    count: int = 0
    """By how many characters it is too long, or for how many minutes to wait."""


class Sends:
    """How much one account, or one address, may send from public pages."""

    def __init__(self, settings: Settings) -> None:
        most = settings.sends_of_person
        self._person = Buckets(most / HOUR_S, most)
        most = settings.sends_of_address
        self._address = Buckets(most / HOUR_S, most)

    def wait(self, account: str) -> Again | None:
        """Why a submission of an account has to wait; None: it may be sent now, and is counted."""
        return _wait(self._person, account)

    def wait_from(self, address: str) -> Again | None:
        """Why a submission from an address without an account has to wait; None: it need not."""
        return _wait(self._address, address)


def _wait(buckets: Buckets, key: str) -> Again | None:
    seconds = buckets.take(key, time.monotonic())
    return Again("wait", int(seconds // 60) + 1) if seconds else None


def language(request: Request, wanted: str, of_link: str | None = None) -> str:
    """The language asked for, else the link's, else the browser's."""
    chosen = next((known for known in (wanted, of_link) if known in LANGUAGES), None)
    return choose(chosen, request.headers.get("accept-language"))


def show(
    request: Request, template: str, lang: str, context: dict[str, Any], status: int = 200
) -> Response:
    """A page, without any cookie."""
    node: OfficePort = request.app.state.node
    query = {key: value for key, value in request.query_params.items() if key != "lang"}
    frame = {
        "lang": lang,
        "theme": "auto",
        "styles": styles(request),
        "deployment": request.app.state.deployment,
        "now": node.now(),
        "zone": request.app.state.zone,
        "path": request.scope["path"],
        "again": None,
        "lines": node.proceedings.help_lines(node.now()).ordered(bool(context.get("minor"))),
        "others": [
            (code, name, address(request.scope["path"], **query, lang=code))
            for code, name in NAMES.items()
            if code != lang
        ],
    }
    text = environment(lang).get_template(f"public/{template}").render({**frame, **context})
    headers = {"Vary": "Accept-Language", "Cache-Control": "no-store"}
    return HTMLResponse(text, status, headers)


def unavailable(request: Request, lang: str) -> Response:
    """404 for a link that is invalid, has expired or was withdrawn."""
    return show(request, "trouble.html", lang, {"why": "gone"}, 404)


def trouble(request: Request, problem: Mapping[str, Any]) -> Response:
    """Error page for a problem, with a link back to the same page."""
    status = problem["status"]
    context = {"why": WHY.get(status, "broken"), "problem": problem}
    wanted = request.query_params.get("lang", "")
    return show(request, "trouble.html", language(request, wanted), context, status)


def too_long(text: str, most: int) -> Again | None:
    """Why this can't be sent, where it has more than `most` characters."""
    return Again("long", len(text) - most) if len(text) > most else None


def show_again(
    request: Request, template: str, lang: str, context: dict[str, Any], again: Again
) -> Response:
    """The form with its text, and what to do: 429 where that is to wait, else 422.

    No other language is offered: the way there would lose the text.
    """
    waiting = again.why == "wait"
    context = context | {"again": again, "others": []}
    page = show(request, template, lang, context, 429 if waiting else 422)
    if waiting:
        page.headers["Retry-After"] = str(again.count * 60)
    return page


def to_receipt(request: Request, identity: str, lang: str) -> Response:
    """Redirect to the receipt, in the same language."""
    token = tokens.sign(request.app.state.settings.secret, "receipt", identity)
    return RedirectResponse(address(f"/receipt/{token}", lang=lang), 303)


def form_token(request: Request, token: str) -> str:
    """CSRF token of the form on the page of this token, or at this open address."""
    return tokens.form_token(request.app.state.settings.secret, token)
