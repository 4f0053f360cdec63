"""Preview of a decision: the letter as one of those concerned would read it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.measure import ONCE, ends_at, is_thing
from lianzhi.chain.protection import DAY_MS
from lianzhi.documents.notice import render
from lianzhi.kit.page import show
from lianzhi.web.console import deciding
from lianzhi.web.console.page import Node, Worker, case_of
from lianzhi.web.console.pages.decide import Sent
from lianzhi.web.console.render import language_of

router = APIRouter(prefix="/cases/{case}/decide")


@router.post("/preview")
def preview(request: Request, node: Node, user: Worker, case: str, sent: Sent) -> Response:
    """The letter as one of those concerned would read it."""
    view, now = case_of(node, case), node.now()
    policy, published = node.proceedings.office.policy(now), node.proceedings.published
    orders = deciding.orders_of(sent, view, node.engine, policy, now)
    first = next((target for order in orders for target in order.targets()), None)
    letter, language = None, language_of(request)
    if first is not None and all(order.key not in ONCE for order in orders):
        try:
            ground = published.cite(str(sent.get("ground") or ""), view.state.since, now)
        except ValueError:
            return show(request, "_preview.html", letter=None, refused="ground_in_force")
        params = {
            "measures": [
                {
                    "measure": order.key,
                    "until": ends_at(now, order.hours),
                    "thing": first[1] if is_thing(first[1]) else "",
                }
                for order in orders
                if first in order.targets()
            ],
            "ground": published.words(ground),
            "automated": False,
            "contest_by": now + policy.appeals.within_days * DAY_MS,
        }
        letter = render(
            "decision",
            "zh" if language == "zh" else "en",
            params,
            {"facts": str(sent.get("facts") or "").strip() or "…"},
            request.app.state.zone,
            ref="…",
            made_at=now,
            sender=node.post.sender,
            objects={view.row.about: view.row.account} if view.row.account else {},
        )
    return show(request, "_preview.html", letter=letter, refused="")
