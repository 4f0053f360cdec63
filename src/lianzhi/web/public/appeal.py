"""/appeal/{token}: a decision in plain words for whom it concerns, and a field to contest it."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.statement_words import tell
from lianzhi.jobs import grounds
from lianzhi.jobs.contest import Contest, contest
from lianzhi.web.console.page import Node
from lianzhi.web.ports import NodePort
from lianzhi.web.public import links
from lianzhi.web.public.links import AppealLink
from lianzhi.web.public.page import Lang, Sends, form_token, gone, language, show, to_receipt, wait

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
    return _shown(request, node, token, found, spoken)


@router.post("/appeal/{token}")
def send(
    *,
    request: Request,
    node: Node,
    token: str,
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
    lang: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """File the appeal, once however often it is sent, and on to its receipt."""
    link = links.look(request, "appeal", token)
    spoken = language(request, lang)
    if link is None or link.said is None:
        return gone(request, spoken)
    said = msgspec.convert(link.said, AppealLink)
    found = _contest(node, said, spoken)
    if found is None:
        return gone(request, spoken)
    if found.appeal is not None:
        return to_receipt(request, found.appeal, spoken)
    if found.refused or not reason.strip():
        missing = not found.refused
        return _shown(request, node, token, found, spoken, missing=missing)
    sends: Sends = request.app.state.sends
    if seconds := sends.wait(request, said.account):
        return wait(request, spoken, seconds)
    redress = node.proceedings.redress
    try:
        made = redress.file(said.decision, said.party, said.account, reason.strip(), node.now())
    except IllegalStepError:  # the same tap was faster, or the decision has changed meanwhile
        again = _contest(node, said, spoken)
        if again is None or again.appeal is None:
            return gone(request, spoken)
        made = again.appeal
    return to_receipt(request, made, spoken)


def _contest(node: NodePort, said: AppealLink, spoken: str) -> Contest | None:
    return contest(
        node.proceedings, said.decision, said.party, said.account, node.now(), language=spoken
    )


def _shown(
    request: Request,
    node: Node,
    token: str,
    found: Contest,
    spoken: str,
    *,
    missing: bool = False,
) -> Response:
    rows = {row.id: row for row in found.view.measures}
    told = [(rows[one.puid], tell(one, spoken)) for one in found.statements if one.puid in rows]
    context: dict[str, Any] = {
        "csrf": form_token(request, token),
        "found": found,
        "told": told,
        "ground": grounds.tell(node.proceedings.published, found.view.said.ground, spoken),
        "refused": found.refused if found.refused in REFUSALS else found.refused and REFUSALS[0],
        "missing": missing,
        "most": LONGEST_REASON,
    }
    refused = bool(found.refused) and request.method == "POST"
    status = 409 if refused else 422 if missing else 200
    return show(request, "appeal.html", spoken, context, status)
