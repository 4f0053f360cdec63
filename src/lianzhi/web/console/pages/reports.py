"""Reports: the queue."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain import receipt
from lianzhi.kit.page import Cursor, QueryText, show
from lianzhi.store import views_reports
from lianzhi.web.console.page import Node, Reader, narrowed
from lianzhi.web.console.pages.report import names
from lianzhi.web.core.looks import Look

router = APIRouter(prefix="/reports")

FILTERS: dict[str, str | None] = {
    "waiting": "waiting",
    "joined": "joined",
    "answered": "answered",
    "all": None,
}


@router.get("")
def reports(
    *,
    request: Request,
    node: Node,
    user: Reader,
    look: Look,
    status: QueryText = "waiting",
    about: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    own = [name for name, known in (("status", status in FILTERS),) if known]
    narrow = narrowed(request, "reports", own)
    status = status if status in FILTERS else "" if narrow.filters else "waiting"
    page = views_reports.queue(
        node.engine,
        status=FILTERS.get(status),
        about=about.strip() or None,
        cursor=cursor or None,
        where=narrow.where,
    )
    look("reports", [row.id for row in page.rows])
    template = "_reports.html" if cursor else "reports.html"
    context = {
        "narrow": narrow,
        "page": page,
        "status": status,
        "about": about.strip(),
        "filters": tuple(FILTERS),
    }
    return show(request, template, **context, classes=names(node), number=receipt.number)
