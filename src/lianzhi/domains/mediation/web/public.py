"""/public/dispute: a dispute filed by a party without an account; /public/state: how it stands.

The state tells the steps of the procedure and their days, and nothing of what the parties said in
mediation: it reads no text of the dispute, and no note, offer or term.
"""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.domains.mediation.desk.filings import MOST_NAME, MOST_WORDS, Sent, number_of
from lianzhi.domains.mediation.refusals import RefusedError, explain
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.domains.mediation.web.page import Desk
from lianzhi.kit.addresses import address
from lianzhi.kit.form_values import day, typed
from lianzhi.kit.page import Given, QueryText, language_of
from lianzhi.office.refusal import Refusal

router = APIRouter(prefix="/public")
Lang = Annotated[str, Query(max_length=8)]
Number = Annotated[str, Query(max_length=40)]
_PATH = "/mediation/public/dispute"


@router.get("/dispute")
def form(request: Request, desk: Desk, lang: Lang = "") -> Response:
    """The form for a dispute by anybody."""
    return _form(request, desk, lang, Sent(), str(uuid.uuid4()))


@router.post("/dispute")
def send(request: Request, desk: Desk, given: Given, lang: Lang = "") -> Response:
    """Take it in, once however often it is sent, and on to its state; else the form once more."""
    sent, once = _sent(given), str(given.get("once", ""))
    language = _language(request, lang)
    try:
        if given.get("website"):
            raise RefusedError("filing_trap", "website is filled in; leave it empty")
        if wait := request.app.state.sends.wait_from(request.client.host if request.client else ""):
            refused = RefusedError("filing_wait", "too many from this address", minutes=wait.count)
            page = _form(request, desk, lang, sent, once, refused, 429)
            page.headers["Retry-After"] = str(wait.count * 60)
            return page
        number = desk.filings.send(sent, language, once)
    except Refusal as error:
        return _form(request, desk, lang, sent, once, error, 422)
    following = address("/mediation/public/state", number=number_of(number), sent="1", lang=lang)
    return RedirectResponse(following, 303)


@router.get("/state")
def state(
    request: Request, desk: Desk, number: Number = "", sent: QueryText = "", lang: Lang = ""
) -> Response:
    """How a filing stands, by its number."""
    try:
        filing = desk.filings.get(number) if number else None
    except KeyError:
        filing = None
    answer = desk.office.ledger.vault.text(filing.answer, "words") if filing else None
    context = {
        "number": number_of(filing.id) if filing else number,
        "filing": filing,
        "dispute": desk.filings.dispute(filing) if filing else None,
        "answer": answer or "",
        "sent": bool(sent and filing),
    }
    return _show(request, "state.html", lang, 404 if number and not filing else 200, **context)


def _sent(given: Given) -> Sent:
    text = {
        name: typed(value) if isinstance(value := given.get(name, ""), str) else ""
        for name in ("party", "other", "words", "contact", "field", "known")
    }
    return Sent(
        party=text["party"],
        other=text["other"],
        words=text["words"],
        contact=text["contact"],
        field=text["field"],
        known=day(text["known"], "known"),
        unit=bool(given.get("unit")),
        minor=bool(given.get("minor")),
    )


def _form(
    request: Request,
    desk: Desk,
    lang: str,
    sent: Sent,
    once: str,
    refused: Refusal | None = None,
    status: int = 200,
) -> Response:
    """The form; one that is shown once more offers no other language, which would lose the text."""
    language = _language(request, lang)
    message = (explain(refused, language) or {"detail": str(refused)})["detail"] if refused else ""
    return _show(
        request,
        "dispute.html",
        lang,
        status,
        **({"others": []} if refused else {}),
        typed=sent,
        refused=message,
        fields=FIELDS,
        most=MOST_WORDS,
        most_name=MOST_NAME,
        once=once,
        today=desk.office.today(),
        csrf=request.app.state.form_token(request, _PATH),
        minor=sent.minor,
    )


def _language(request: Request, lang: str) -> str:
    return lang if lang in ("zh", "en") else language_of(request)


def _show(request: Request, template: str, lang: str, status: int, **context: Any) -> Response:
    context["query_lang"] = lang
    page: Response = request.app.state.show_public(
        request, f"mediation/{template}", _language(request, lang), context, status
    )
    return page
