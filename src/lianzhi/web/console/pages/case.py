"""Case: one page that reads like a story, and the steps that people take on it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.chain.case import OUTCOMES
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.chain.views import CaseView
from lianzhi.documents.format import HOUR, stamp
from lianzhi.documents.forms import Language
from lianzhi.domains.registry import domain_of, story_of
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, missing, show
from lianzhi.office.grounds import ground_text
from lianzhi.office.views import DecisionView
from lianzhi.store import desk, views, views_process
from lianzhi.store.views_case import ROLES
from lianzhi.web.console import acts, timeline
from lianzhi.web.console.page import Node, Reader, Worker, catalogue
from lianzhi.web.console.quotes import quotes
from lianzhi.web.console.render import language_of
from lianzhi.web.core.download import pack
from lianzhi.web.core.looks import Look
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/cases/{case}")

Reason = Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)]


@router.get("")
def page(request: Request, node: Node, user: Reader, look: Look, case: str) -> Response:
    """The story of a case."""
    view = _case(node, case)
    domain = domain_of(view.row.kind)
    if domain is not None and domain.case and domain in node.domains:
        return RedirectResponse(domain.case.format(case=case), 303)
    look(view.row.id, [view.row.id])
    now = node.now()
    story = story_of(view, node.desks)
    policy = node.proceedings.office.policy(now)
    kind = policy.type_of(view.row.kind)
    people = [part.token for part in view.parts]
    process = views_process.process(node.engine, case, people, policy.strikes, now)
    context: dict[str, Any] = {
        "case": view.row,
        "view": view,
        "telling": view.leading,
        "begun": min([view.row.opened_at, *(f.row.since for f in view.findings)]),
        "usual": node.expected_per_hour(view.row.account) if view.row.account else None,
        "parts": [(role, [p for p in view.parts if p.role == role]) for role in ROLES],
        "quotes": quotes(view.evidence),
        "story": story,
        "why": f"/cases/{view.row.id}/why" if story.explains_texts else "",
        "acts": acts.acts(
            view, user, now, desk.holders(node.engine, [case], now).get(case, ""), kind.about
        ),
        "thing": kind.about == "thing",
        **story.context,
        "process": process,
        "told_steps": timeline.together(view.steps),
        "grounds": {one.row.id: _ground(request, node, one) for one in process.decisions},
        "hours": acts.CHOICES,
        "all_channels": CHANNELS,
        "outcomes": kind.outcomes,
    }
    return show(request, "case.html", **context, **_chart(request, node, view, context["usual"]))


@router.get("/evidence")
def evidence(request: Request, node: Node, user: Worker, look: Look, case: str) -> Response:
    """Download what proves the case, in the reader's language; the export goes on the record."""
    lang: Language = "zh" if language_of(request) == "zh" else "en"
    look(_case(node, case).row.id, [case])
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
    view = _case(node, case)
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
    node.grant(account, terms, user.name, case, at)
    return done(f"/cases/{case}", "granted")


@router.post("/assign")
def assign(node: Node, user: Worker, case: str) -> Response:
    """Take the case."""
    _may(_case(node, case), user, node, "assign")
    node.assign_case(case, user.name, user.name, node.now())
    return done(f"/cases/{case}", "assigned")


@router.post("/note")
def note(node: Node, user: Worker, case: str, text: Reason) -> Response:
    """Add a note."""
    _may(_case(node, case), user, node, "note")
    node.note_case(case, text.strip(), user.name, node.now())
    return done(f"/cases/{case}", "noted")


@router.post("/close")
def close(
    node: Node, user: Worker, case: str, outcome: Annotated[str, Form()], reason: Reason
) -> Response:
    """Close the case, with its outcome and the reason."""
    if outcome not in OUTCOMES:
        raise Problem(422, "this outcome is none", mend=f"use one of {', '.join(OUTCOMES)}")
    _may(_case(node, case), user, node, "close")
    node.close_case(case, outcome, reason.strip(), user.name, node.now())
    return done(f"/cases/{case}", "closed")


@router.post("/reopen")
def reopen(node: Node, user: Worker, case: str, reason: Reason) -> Response:
    """Open the case again."""
    _may(_case(node, case), user, node, "reopen")
    node.reopen_case(case, reason.strip(), user.name, node.now())
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
    _may(_case(node, case), user, node, "revisit")
    node.revisit_case(case, rebound, text.strip(), user.name, node.now())
    return done(f"/cases/{case}", "revisited")


def _ground(request: Request, node: NodePort, decided: DecisionView) -> str:
    return ground_text(node.proceedings.published, decided.said.ground, language_of(request)).title


def _case(node: NodePort, case: str) -> CaseView:
    view = views.case(node.engine, case)
    if view is None:
        raise missing()
    return view


def _may(view: CaseView, user: Any, node: NodePort, act: str) -> None:
    """Raise 409 where the button is greyed: another may have been faster."""
    about = node.proceedings.office.policy(node.now()).type_of(view.row.kind).about
    if acts.acts(view, user, node.now(), about=about).refused[act]:
        raise Problem(409, f"{act}: the case does not allow this now", mend="load the case again")


def _chart(request: Request, node: NodePort, view: CaseView, usual: float | None) -> dict[str, Any]:
    drawn = timeline.window(view, node.now())
    account, zone = view.row.account, request.app.state.zone
    found = node.timeline(account, drawn.since, drawn.until, drawn.width) if account else []
    buckets, moments = drawn.buckets(found), timeline.marks(view)
    figures = timeline.figures(
        drawn,
        buckets,
        usual,
        moments,
        label=lambda at: stamp(at, zone),
        gettext=catalogue(request).gettext,
    )
    return {"drawn": drawn, "buckets": buckets, "moments": moments, "figures": figures}
