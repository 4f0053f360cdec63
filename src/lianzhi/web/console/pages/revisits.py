"""Revisits: follow-up visits to come, and those that are due."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.kit.page import Cursor, show
from lianzhi.store import views
from lianzhi.web.console.page import Node, Reader
from lianzhi.web.core.looks import Look

router = APIRouter()


@router.get("/revisits")
def revisits(
    request: Request, node: Node, user: Reader, look: Look, cursor: Cursor = ""
) -> Response:
    """The list, the one due first first."""
    page = views.revisits(node.engine, cursor=cursor or None)
    look("revisits", [row.id for row in page.rows])
    return show(request, "_revisits.html" if cursor else "revisits.html", page=page)
