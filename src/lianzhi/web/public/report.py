"""/report/{token}: a report in at most three taps. What is it, who is harmed, send."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from lianzhi.chain.report_classes import ReportClass
from lianzhi.kit.form_values import typed
from lianzhi.office.complaints import Complaint
from lianzhi.store import pending_links
from lianzhi.web.console.page import Node
from lianzhi.web.public import links
from lianzhi.web.public.links import ReportLink
from lianzhi.web.public.page import (
    Lang,
    Sends,
    form_token,
    language,
    show,
    show_again,
    to_receipt,
    too_long,
    unavailable,
)

router = APIRouter()

HARMED = ("me", "other", "child")
LONGEST_WORDS = 2000
_Key = Annotated[str, Query(alias="class", max_length=100)]


@router.get("/report/{token}")
def page(
    *,
    request: Request,
    node: Node,
    token: str,
    category: _Key = "",
    who: Annotated[str, Query(max_length=10)] = "",
    lang: Lang = "",
) -> Response:
    """The next step: what, who, send."""
    link = links.look(request, "report", token)
    if link is None:
        return unavailable(request, language(request, lang))
    if link.content is None:
        return to_receipt(request, str(link.result), language(request, lang))
    sent = msgspec.convert(link.content, ReportLink)
    locale = language(request, lang, sent.language)
    classes = node.proceedings.classes(node.now())
    chosen = _chosen(classes.report_class, category)
    if chosen is None:
        return show(request, "report.html", locale, {"classes": classes})
    harmed = _harmed(sent, chosen, who)
    if not harmed:
        return show(request, "report_who.html", locale, {"chosen": chosen, "choices": HARMED})
    return show(request, "report_send.html", locale, _form(request, token, chosen, harmed))


@router.post("/report/{token}")
def send(
    *,
    request: Request,
    node: Node,
    token: str,
    category: Annotated[str, Form(alias="class", max_length=100)],
    who: Annotated[str, Form(max_length=10)] = "",
    words: Annotated[str, Form()] = "",
    young: Annotated[bool, Form()] = False,
    lang: Lang = "",
) -> Response:
    """Receive the report, idempotently, and redirect to its receipt."""
    link = links.look(request, "report", token)
    if link is None:
        return unavailable(request, language(request, lang))
    if link.content is None:
        return to_receipt(request, str(link.result), language(request, lang))
    sent = msgspec.convert(link.content, ReportLink)
    locale = language(request, lang, sent.language)
    chosen = _chosen(node.proceedings.classes(node.now()).report_class, category)
    harmed = chosen and _harmed(sent, chosen, who)
    if chosen is None or not harmed:
        return unavailable(request, locale)
    words = typed(words)
    sends: Sends = request.app.state.sends
    if again := too_long(words, LONGEST_WORDS) or sends.wait(sent.reporter):
        form = _form(request, token, chosen, harmed, words, young)
        return show_again(request, "report_send.html", locale, form, again)

    def once(connection: Connection, used: str) -> str | None:
        return pending_links.use(connection, link.identity, used)

    try:
        complaint = _complaint(sent, chosen, harmed, words, young)
        identity = node.reports.receive(complaint, "web", node.now(), once)
    except KeyError:  # somebody in it was erased meanwhile
        return unavailable(request, locale)
    return to_receipt(request, identity, locale)


def _form(
    request: Request,
    token: str,
    chosen: ReportClass,
    harmed: str,
    words: str = "",
    young: bool = False,
) -> dict[str, Any]:
    return {
        "csrf": form_token(request, token),
        "most": LONGEST_WORDS,
        "chosen": chosen,
        "who": harmed,
        "choices": HARMED,
        "words": words,
        "young": young,
    }


def _chosen(classes: tuple[ReportClass, ...], key: str) -> ReportClass | None:
    return next((known for known in classes if known.key == key), None)


def _harmed(sent: ReportLink, chosen: ReportClass, choice: str) -> str:
    """Who is harmed, where that is known by now: one of HARMED, `told` by the link, `routed` where
    nothing is judged here; empty: it has to be asked."""
    if chosen.route is not None:
        return "routed"
    if sent.about is not None or sent.minor:
        return "told"
    if chosen.ours == "minor":
        return "child"
    return choice if choice in HARMED else ""


def _complaint(
    sent: ReportLink, chosen: ReportClass, harmed: str, words: str, young: bool
) -> Complaint:
    minor = bool(sent.minor) or harmed == "child" or (harmed == "me" and young)
    return Complaint(
        category=chosen.key,
        channel="web",
        reporter=sent.reporter,
        about=sent.reporter if harmed == "me" else sent.about,
        subject=sent.subject,
        minor=minor,
        words=words,
        content=sent.content,
    )
