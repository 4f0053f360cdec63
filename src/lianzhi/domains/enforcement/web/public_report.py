"""/public/report: a report by somebody without an account; /public/requests: what became of it.

Nobody has to say who they are. Who leaves a way to reach them is known to the vault alone. What was
sent is followed by its number, and its page tells no more of it than Open311 does.
"""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.dispatch.requests.request import Request as Report_
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.queries import request_views
from lianzhi.domains.enforcement.refusals import explain
from lianzhi.domains.enforcement.web.observer_report import take
from lianzhi.domains.enforcement.web.page import Desk
from lianzhi.domains.enforcement.web.public import Lang, page_language, show
from lianzhi.domains.enforcement.web.requests import Report, placing, reported, typed
from lianzhi.kit.addresses import address
from lianzhi.kit.page import Given, QueryText
from lianzhi.office.refusal import Refusal

router = APIRouter(prefix="/public")
#: Most characters of a way to reach somebody.
MOST_CONTACT = 200
_PATH = "/enforcement/public/report"
Number = Annotated[str, Query(max_length=40)]


@router.get("/report")
def form(request: Request, desk: Desk, lang: Lang = "") -> Response:
    """The form for a report by anybody."""
    return _form(request, desk, lang, Report())


@router.post("/report")
def send(request: Request, desk: Desk, given: Given, lang: Lang = "") -> Response:
    """Take it in, once however often it is sent, and on to its page; else the form once more."""
    report, contact = typed(given)._replace(channel="app"), str(given.get("contact", "")).strip()
    try:
        _plausible(given.get("website"), contact)
        reported(report)
        if wait := request.app.state.sends.wait_from(request.client.host if request.client else ""):
            return _wait(request, desk, lang, report, contact, wait.count)
        number = take(desk, report, "public", str(given.get("once", "")), contact)
    except Refusal as error:
        refused = explain(error, page_language(request, lang)) or {}
        return _form(request, desk, lang, report, contact, refused["detail"], 422)
    following = "/enforcement/public/requests"
    return RedirectResponse(address(following, number=number, sent="1", lang=lang), 303)


@router.get("/requests")
def follow(
    request: Request, desk: Desk, number: Number = "", sent: QueryText = "", lang: Lang = ""
) -> Response:
    """What became of a request: its status, and what was published of it."""
    number = number.strip()
    with desk.office.reading() as connection:
        requests = request_views.by_ids(connection, [number]) if number else []
    service_request = requests[0] if requests else None
    return show(
        request,
        "follow.html",
        lang,
        404 if number and service_request is None else 200,
        number=number,
        service_request=service_request,
        sent=bool(sent and service_request),
        due=_due(desk, service_request) if service_request else None,
        words=request_views.published(desk.office.ledger, requests).get(number, ""),
        policy=desk.requests.policy,
    )


def _plausible(trap: object, contact: str) -> None:
    """Raises RefusedError for what only a program fills in, and for too long a contact."""
    if trap:
        raise RefusedError("trap", "website is filled in; leave it empty")
    if len(contact) > MOST_CONTACT:
        raise RefusedError("too_long", f"contact: at most {MOST_CONTACT}", most=MOST_CONTACT)


def _due(desk: Office, service_request: Report_) -> int | None:
    """By when the promise that runs is to be kept; None while none does."""
    clocks = desk.requests.clocks(service_request) if service_request.is_open else ()
    return next((clock.due for clock in clocks if clock.stopped is None), None)


def _wait(
    request: Request, desk: Office, lang: str, report: Report, contact: str, minutes: int
) -> Response:
    error = RefusedError("wait", "too many reports from this address", minutes=minutes)
    refused = explain(error, page_language(request, lang)) or {}
    page = _form(request, desk, lang, report, contact, refused["detail"], 429)
    page.headers["Retry-After"] = str(minutes * 60)
    return page


def _form(
    request: Request,
    desk: Office,
    lang: str,
    report: Report,
    contact: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    """The form; one that is shown once more offers no other language, which would lose the text."""
    return show(
        request,
        "report.html",
        lang,
        status,
        **placing(request, desk, report, False),
        **({"others": []} if refused else {}),
        csrf=request.app.state.form_token(request, _PATH),
        once=str(uuid.uuid4()),
        contact=contact,
        refused=refused,
    )
