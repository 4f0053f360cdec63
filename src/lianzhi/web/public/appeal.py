"""/appeal/{token}: a decision in plain words for whom it concerns, and a field to contest it."""

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
    gone,
    language,
    show,
    show_again,
    to_receipt,
    too_long,
)

router = APIRouter()

LONGEST_REASON = 4000
#: Rules that a page has words for; any other refusal reads like the first.
REFUSALS = ("status", "party_to_it", "in_time")


@router.get("/appeal/{token}")
def page(request: Request, node: Node, token: str, lang: Lang = "") -> Response:
    """The decision with its reasons, and the form; or the receipt, where it was contested."""
    link = links.look(request, "appeal", token)
    if link is None or link.said is None:
        return gone(request, language(request, lang))
    said = msgspec.convert(link.said, AppealLink)
    spoken = language(request, lang, said.language)
    found = _contest(node, said, spoken)
    if found is None:
        return gone(request, spoken)
    if found.appeal is not None:
        return to_receipt(request, found.appeal, spoken)
    return show(request, "appeal.html", spoken, _form(request, node, token, found, spoken))


@router.post("/appeal/{token}")
def send(
    *,
    request: Request,
    node: Node,
    token: str,
    reason: Annotated[str, Form()] = "",
    lang: Lang = "",
) -> Response:
    """File the appeal, once however often it is sent, and on to its receipt."""
    link = links.look(request, "appeal", token)
    if link is None or link.said is None:
        return gone(request, language(request, lang))
    said = msgspec.convert(link.said, AppealLink)
    spoken = language(request, lang, said.language)
    found = _contest(node, said, spoken)
    if found is None:
        return gone(request, spoken)
    if found.appeal is not None:
        return to_receipt(request, found.appeal, spoken)
    if found.refused:
        return show(request, "appeal.html", spoken, _form(request, node, token, found, spoken), 409)
    reason = typed(reason)
    sends: Sends = request.app.state.sends
    again = too_long(reason, LONGEST_REASON) if reason else Again("missing")
    if again := again or sends.wait(said.account):
        form = _form(request, node, token, found, spoken, reason)
        return show_again(request, "appeal.html", spoken, form, again)
    redress = node.proceedings.redress
    try:
        made = redress.file(said.decision, said.party, said.account, reason, node.now())
    except IllegalStepError:  # the same tap was faster, or the decision has changed meanwhile
        found = _contest(node, said, spoken)
        if found is None or found.appeal is None:
            return gone(request, spoken)
        made = found.appeal
    return to_receipt(request, made, spoken)


def _contest(node: OfficePort, said: AppealLink, spoken: str) -> Contest | None:
    return contest(
        node.proceedings, said.decision, said.party, said.account, node.now(), language=spoken
    )


def _form(
    request: Request, node: OfficePort, token: str, found: Contest, spoken: str, reason: str = ""
) -> dict[str, Any]:
    rows = {row.id: row for row in found.view.measures}
    told = [(rows[one.puid], describe(one, spoken)) for one in found.statements if one.puid in rows]
    return {
        "csrf": form_token(request, token),
        "found": found,
        "told": told,
        "ground": grounds.ground_text(node.proceedings.published, found.view.said.ground, spoken),
        "refused": found.refused if found.refused in REFUSALS else found.refused and REFUSALS[0],
        "most": LONGEST_REASON,
        "reason": reason,
    }
