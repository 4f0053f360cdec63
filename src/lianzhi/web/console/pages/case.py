"""Case: one page that reads like a story."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.chain.protection import CHANNELS
from lianzhi.chain.views import CaseView
from lianzhi.domains.registry import domain_of, story_of
from lianzhi.kit.page import show
from lianzhi.office.grounds import ground_text
from lianzhi.office.views import DecisionView
from lianzhi.store import campaigns, desk, views_process
from lianzhi.store.views_case import ROLES
from lianzhi.web.console import acts, timeline
from lianzhi.web.console.page import Node, Reader, case_of, catalogue
from lianzhi.web.console.quotes import quotes
from lianzhi.web.console.rebound import rebound_context
from lianzhi.web.console.render import language_of
from lianzhi.web.core.looks import Look
from lianzhi.web.core.ports import NodePort

router = APIRouter(prefix="/cases/{case}")


@router.get("")
def page(request: Request, node: Node, user: Reader, look: Look, case: str) -> Response:
    """The story of a case."""
    view = case_of(node, case)
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
    with node.engine.connect() as connection:
        under = campaigns.covering(connection, view.row.kind, view.row.opened_at)
    context: dict[str, Any] = {
        "campaigns": under,
        "case": view.row,
        "view": view,
        "telling": view.leading,
        "begun": min([view.row.opened_at, *(f.row.since for f in view.findings)]),
        "usual": node.live.expected_per_hour(view.row.account) if view.row.account else None,
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
        "grounds": {view_.row.id: _ground(request, node, view_) for view_ in process.decisions},
        "hours": acts.CHOICES,
        "all_channels": CHANNELS,
        "outcomes": kind.outcomes,
        "on_chain": bool(kind.tiers) and view.row.outcome != "false_positive",
        **rebound_context(node, view, policy, now, catalogue(request), by_messages=not story.panel),
    }
    return show(request, "case.html", **context, **_chart(request, node, view, context["usual"]))


def _ground(request: Request, node: NodePort, view: DecisionView) -> str:
    return ground_text(node.proceedings.published, view.decision.ground, language_of(request)).title


def _chart(request: Request, node: NodePort, view: CaseView, usual: float | None) -> dict[str, Any]:
    drawn = timeline.window(view, node.now())
    account, zone = view.row.account, request.app.state.zone
    counted = node.live.timeline(account, drawn.since, drawn.until, drawn.width) if account else []
    buckets, moments = drawn.buckets(counted), timeline.marks(view)
    figures = timeline.figures(
        drawn,
        buckets,
        usual,
        moments,
        zone=zone,
        gettext=catalogue(request).gettext,
    )
    return {"drawn": drawn, "buckets": buckets, "moments": moments, "figures": figures}
