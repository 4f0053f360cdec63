"""Warnings: what the detectors found, newest first."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.finding import STAGES
from lianzhi.kit.page import Cursor, QueryText, show
from lianzhi.store import views
from lianzhi.web.console.page import Node, Reader, narrowed
from lianzhi.web.core.looks import Look

router = APIRouter()


@router.get("/warnings")
def warnings(
    *,
    request: Request,
    node: Node,
    user: Reader,
    look: Look,
    stage: QueryText = "",
    about: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    stage = stage if stage in STAGES else ""
    narrow = narrowed(request, "warnings", ("stage",))
    page = views.findings(
        node.engine,
        stage=stage or None,
        about=about or None,
        where=narrow.where,
        cursor=cursor or None,
    )
    look("findings", [row.id for row in page.rows])
    template = "_warnings.html" if cursor else "warnings.html"
    context = {"page": page, "stage": stage, "about": about, "stages": STAGES, "narrow": narrow}
    return show(request, template, **context)
