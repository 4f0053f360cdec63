"""Access log: who saw whose personal data."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.kit.page import Cursor, QueryText, show
from lianzhi.store.keys import list_keys
from lianzhi.store.looks import looks
from lianzhi.web.console.page import Auditor, Node

router = APIRouter()


@router.get("/looks")
def page(
    *,
    request: Request,
    node: Node,
    user: Auditor,
    by: QueryText = "",
    ref: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    by, ref = by.strip(), ref.strip()
    listed = looks(node.engine, by=by or None, ref=ref or None, cursor=cursor or None)
    labels = {f"key:{key.id}": key.label for key in list_keys(node.engine)}
    template = "_looks.html" if cursor else "looks.html"
    return show(request, template, page=listed, by=by, ref=ref, labels=labels)
