"""Cases: the list."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.finding import STAGES
from lianzhi.kit.page import Cursor, QueryText, show
from lianzhi.store import views
from lianzhi.web.console.page import Node, Reader, narrowed
from lianzhi.web.core.looks import Look

router = APIRouter()

#: Filters of the list -> status asked of the view.
FILTERS: dict[str, str | None] = {
    "waiting": "waiting",
    "mine": "waiting",
    "unassigned": "waiting",
    "protected": "protected",
    "closed": "closed",
    "all": None,
}


@router.get("/cases")
def cases(
    *,
    request: Request,
    node: Node,
    user: Reader,
    look: Look,
    status: QueryText = "waiting",
    stage: QueryText = "",
    q: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    status = status if status in FILTERS else "waiting"
    stage = stage if stage in STAGES else ""
    narrow = narrowed(request, "cases")
    page = views.cases(
        node.engine,
        status=FILTERS[status],
        stage=stage or None,
        assignee={"mine": user.name, "unassigned": ""}.get(status),
        query=q.strip() or None,
        where=narrow.where,
        cursor=cursor or None,
    )
    look("cases", [row.id for row in page.rows])
    context = {"page": page, "status": status, "stage": stage, "q": q.strip(), "narrow": narrow}
    lists = {"filters": tuple(FILTERS), "stages": STAGES}
    return show(request, "_cases.html" if cursor else "cases.html", **context, **lists)
