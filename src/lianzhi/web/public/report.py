"""/report/{token}: a report in at most three taps. What is it, who is harmed, send."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from lianzhi.chain.report_classes import ReportClass
from lianzhi.domains.typed import typed
from lianzhi.office.complaints import Complaint
from lianzhi.store import pending_links
from lianzhi.web.console.page import Node
from lianzhi.web.public import links
from lianzhi.web.public.links import ReportLink
from lianzhi.web.public.page import (
    Lang,
    Sends,
    form_token,
    gone,
    language,
    show,
    show_again,
    to_receipt,
    too_long,
)

router = APIRouter()

WHO = ("me", "other", "child")
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
        return gone(request, language(request, lang))
    if link.said is None:
        return to_receipt(request, str(link.made), language(request, lang))
    said = msgspec.convert(link.said, ReportLink)
    spoken = language(request, lang, said.language)
    classes = node.proceedings.classes(node.now())
    chosen = _chosen(classes.report_class, category)
    if chosen is None:
        return show(request, "report.html", spoken, {"classes": classes})
    harmed = _harmed(said, chosen, who)
    if not harmed:
        return show(request, "report_who.html", spoken, {"chosen": chosen, "choices": WHO})
    return show(request, "report_send.html", spoken, _form(request, token, chosen, harmed))


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
    """Take the report, once however often it is sent, and on to its receipt."""
    link = links.look(request, "report", token)
    if link is None:
        return gone(request, language(request, lang))
    if link.said is None:
        return to_receipt(request, str(link.made), language(request, lang))
    said = msgspec.convert(link.said, ReportLink)
    spoken = language(request, lang, said.language)
    chosen = _chosen(node.proceedings.classes(node.now()).report_class, category)
    harmed = chosen and _harmed(said, chosen, who)
    if chosen is None or not harmed:
        return gone(request, spoken)
    words = typed(words)
    sends: Sends = request.app.state.sends
    if again := too_long(words, LONGEST_WORDS) or sends.wait(said.reporter):
        form = _form(request, token, chosen, harmed, words, young)
        return show_again(request, "report_send.html", spoken, form, again)

    def once(connection: Connection, made: str) -> str | None:
        return pending_links.use(connection, link.identity, made)

    try:
        complaint = _complaint(said, chosen, harmed, words, young)
        made = node.reports.receive(complaint, "web", node.now(), once)
    except KeyError:  # somebody in it was erased meanwhile
        return gone(request, spoken)
    return to_receipt(request, made, spoken)


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
        "choices": WHO,
        "words": words,
        "young": young,
    }


def _chosen(classes: tuple[ReportClass, ...], key: str) -> ReportClass | None:
    return next((one for one in classes if one.key == key), None)


def _harmed(said: ReportLink, chosen: ReportClass, who: str) -> str:
    """Who is harmed, where that is known by now: one of WHO, `told` by the link, `routed` where
    nothing is judged here; empty: it has to be asked."""
    if chosen.route is not None:
        return "routed"
    if said.about is not None or said.minor:
        return "told"
    if chosen.ours == "minor":
        return "child"
    return who if who in WHO else ""


def _complaint(
    said: ReportLink, chosen: ReportClass, harmed: str, words: str, young: bool
) -> Complaint:
    minor = bool(said.minor) or harmed == "child" or (harmed == "me" and young)
    return Complaint(
        category=chosen.key,
        channel="web",
        reporter=said.reporter,
        about=said.reporter if harmed == "me" else said.about,
        subject=said.subject,
        minor=minor,
        words=words,
        content=said.content,
    )
