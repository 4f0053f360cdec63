"""/appeal/{token}: a decision in plain words for a party to it, and a form to contest it."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.statement_words import describe
from lianzhi.kit.form_values import typed
from lianzhi.office import grounds
from lianzhi.office.contest import Contest, contest
from lianzhi.web.console.page import Node
from lianzhi.web.core.ports import OfficePort
from lianzhi.web.public import links
from lianzhi.web.public.links import AppealLink
from lianzhi.web.public.page import (
    Again,
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

LONGEST_REASON = 4000
#: Rules that a page has words for; any other refusal reads like the first.
REFUSALS = ("status", "party_to_it", "in_time")


@router.get("/appeal/{token}")
def page(request: Request, node: Node, token: str, lang: Lang = "") -> Response:
    """The decision with its reasons, and the form; or the receipt, where it was contested."""
    opened = _open(request, node, token, lang)
    if isinstance(opened, Response):
        return opened
    _, dispute, locale = opened
    return show(request, "appeal.html", locale, _form(request, node, token, dispute, locale))


@router.post("/appeal/{token}")
def send(
    *,
    request: Request,
    node: Node,
    token: str,
    reason: Annotated[str, Form()] = "",
    lang: Lang = "",
) -> Response:
    """File the appeal, idempotently, and redirect to its receipt."""
    opened = _open(request, node, token, lang)
    if isinstance(opened, Response):
        return opened
    sent, dispute, locale = opened
    if dispute.refused:
        form = _form(request, node, token, dispute, locale)
        return show(request, "appeal.html", locale, form, 409)
    reason = typed(reason)
    sends: Sends = request.app.state.sends
    again = too_long(reason, LONGEST_REASON) if reason else Again("missing")
    if again := again or sends.wait(sent.account):
        form = _form(request, node, token, dispute, locale, reason)
        return show_again(request, "appeal.html", locale, form, again)
    redress = node.proceedings.redress
    try:
        appeal = redress.file(sent.decision, sent.party, sent.account, reason, node.now())
    except IllegalStepError:  # the same tap was faster, or the decision has changed meanwhile
        changed = _contest(node, sent, locale)
        if changed is None or changed.appeal is None:
            return unavailable(request, locale)
        appeal = changed.appeal
    return to_receipt(request, appeal, locale)


def _open(
    request: Request, node: OfficePort, token: str, lang: str
) -> tuple[AppealLink, Contest, str] | Response:
    """What a link leads to, with the language of the page; or the answer, where the link is spent,
    nothing can be contested, or it was contested already."""
    link = links.look(request, "appeal", token)
    if link is None or link.content is None:
        return unavailable(request, language(request, lang))
    sent = msgspec.convert(link.content, AppealLink)
    locale = language(request, lang, sent.language)
    dispute = _contest(node, sent, locale)
    if dispute is None:
        return unavailable(request, locale)
    if dispute.appeal is not None:
        return to_receipt(request, dispute.appeal, locale)
    return sent, dispute, locale


def _contest(node: OfficePort, sent: AppealLink, locale: str) -> Contest | None:
    return contest(
        node.proceedings, sent.decision, sent.party, sent.account, node.now(), language=locale
    )


def _form(
    request: Request, node: OfficePort, token: str, dispute: Contest, locale: str, reason: str = ""
) -> dict[str, Any]:
    rows, refused = {row.id: row for row in dispute.view.measures}, dispute.refused
    published = node.proceedings.published
    reasons = [(rows[s.puid], describe(s, locale)) for s in dispute.statements if s.puid in rows]
    return {
        "csrf": form_token(request, token),
        "dispute": dispute,
        "reasons": reasons,
        "ground": grounds.ground_text(published, dispute.view.decision.ground, locale),
        "refused": refused if refused in REFUSALS else refused and REFUSALS[0],
        "most": LONGEST_REASON,
        "reason": reason,
    }
