"""Acts on a case: what its buttons do, and the export of its evidence."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.case import OUTCOMES
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.chain.views import CaseView
from lianzhi.documents.format import HOUR
from lianzhi.documents.forms import Language
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, missing
from lianzhi.web.console import acts
from lianzhi.web.console.page import Node, Worker, actor, case_of
from lianzhi.web.console.render import language_of
from lianzhi.web.core.download import pack
from lianzhi.web.core.looks import Look
from lianzhi.web.core.ports import OfficePort
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/cases/{case}")

Reason = Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)]


@router.post("/evidence")
def evidence(request: Request, node: Node, user: Worker, look: Look, case: str) -> Response:
    """Download what proves the case, in the reader's language; the export goes on the record."""
    lang: Language = "zh" if language_of(request) == "zh" else "en"
    look(case_of(node, case).row.id, [case])
    try:
        return pack(request, node, case, lang, user.name)
    except KeyError:
        raise missing() from None


@router.post("/protection")
def grant(
    *,
    node: Node,
    user: Worker,
    case: str,
    hours: Annotated[int, Form(ge=1, le=24 * 365)],
    channels: Annotated[list[str], Form()],
    younger_than_days: Annotated[int, Form(ge=0, le=3650)] = 0,
    strangers: Annotated[bool, Form()] = False,
) -> Response:
    """Grant the person a protection."""
    view = case_of(node, case)
    _may(view, user, node, "grant")
    account = view.row.account
    if account is None:
        raise missing()
    chosen = tuple(channel for channel in CHANNELS if channel in channels)
    if not chosen or not (strangers or younger_than_days):
        raise Problem(
            422,
            "the protection would close nothing",
            mend="choose at least one channel, and strangers or an age",
        )
    at = node.now()
    terms = Terms(chosen, at + hours * HOUR, strangers, younger_than_days)
    node.protections.grant(account, terms, user.name, case, at)
    return done(f"/cases/{case}", "granted")


@router.post("/assign")
def assign(node: Node, user: Worker, case: str) -> Response:
    """Take the case."""
    _may(case_of(node, case), user, node, "assign")
    node.casework.assign_case(case, user.name, user.name, node.now())
    return done(f"/cases/{case}", "assigned")


@router.post("/note")
def note(node: Node, user: Worker, case: str, text: Reason) -> Response:
    """Add a note."""
    _may(case_of(node, case), user, node, "note")
    node.casework.note_case(case, text.strip(), user.name, node.now())
    return done(f"/cases/{case}", "noted")


@router.post("/close")
def close(
    node: Node, user: Worker, case: str, outcome: Annotated[str, Form()], reason: Reason
) -> Response:
    """Close the case, with its outcome and the reason."""
    if outcome not in OUTCOMES:
        raise Problem(422, "this outcome is none", mend=f"use one of {', '.join(OUTCOMES)}")
    _may(case_of(node, case), user, node, "close")
    node.casework.close_case(case, outcome, reason.strip(), actor(user), node.now())
    return done(f"/cases/{case}", "closed")


@router.post("/reopen")
def reopen(node: Node, user: Worker, case: str, reason: Reason) -> Response:
    """Open the case again."""
    _may(case_of(node, case), user, node, "reopen")
    node.casework.reopen_case(case, reason.strip(), actor(user), node.now())
    return done(f"/cases/{case}", "reopened")


@router.post("/revisit")
def revisit(
    *,
    node: Node,
    user: Worker,
    case: str,
    rebound: Annotated[bool, Form()],
    text: Annotated[str, Typed, Form(max_length=2000)] = "",
) -> Response:
    """Hold the follow-up visit; where the harm is back, the case is open again."""
    _may(case_of(node, case), user, node, "revisit")
    node.casework.revisit(case, rebound, text.strip(), actor(user), node.now())
    return done(f"/cases/{case}", "revisited")


def _may(view: CaseView, user: Any, node: OfficePort, act: str) -> None:
    """Raise 409 where the button is greyed: another may have been faster."""
    about = node.proceedings.office.policy(node.now()).type_of(view.row.kind).about
    if acts.acts(view, user, node.now(), about=about).refused[act]:
        raise Problem(409, f"{act}: the case does not allow this now", mend="load the case again")
