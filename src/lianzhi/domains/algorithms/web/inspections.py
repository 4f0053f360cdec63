"""Inspections 抽查: a campaign over many providers, drawn from the registry; what came back."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.inspecting import roster
from lianzhi.domains.algorithms.web.page import Desk, Reader, show
from lianzhi.kit.page import QueryText, or_missing
from lianzhi.office.campaign_acts import DRAWS

router = APIRouter(prefix="/inspections")
#: Campaigns that may be chosen from.
_MOST = 12


@router.get("")
def inspections(
    request: Request,
    desk: Desk,
    user: Reader,
    plan: QueryText = "",
    unit: Literal["provider", "algorithm"] = "provider",
) -> Response:
    """What came back in a campaign by provider, by default the newest about algorithms."""
    office, campaigns = desk.office, desk.office.chain.queries.campaigns
    with or_missing(), office.reading() as connection:
        plans = [
            each
            for each in campaigns.recent_plans(connection, 200)
            if any(kind.partition(".")[0] == "algorithms" for kind in each.terms.kinds)
        ][:_MOST]
        chosen = plan or (plans[0].id if plans else "")
        shown = views.inspection(connection, campaigns, chosen) if chosen else None
        draws = campaigns.draws_of(connection, chosen) if chosen else []
        may_draw = bool(chosen) and user.may("campaign")
        known = tables.algorithm.every(connection) if may_draw else []
    context = {
        "plans": plans, "shown": shown, "draws": draws, "unit": unit, "opening": DRAWS.opening,
        "roster": roster(known, unit), "may_draw": may_draw, "today": office.today(),
    }  # fmt: skip
    return show(request, "inspections.html", **context)
