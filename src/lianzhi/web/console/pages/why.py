"""Explanation of a flag: a stored text read again, with the matches marked."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.kit.page import missing, show
from lianzhi.store import views
from lianzhi.web.console.page import Node, Reader
from lianzhi.web.console.reading import read
from lianzhi.web.core.looks import Look

router = APIRouter(prefix="/cases/{case}/why")


@router.get("/{seq}")
def page(request: Request, node: Node, user: Reader, look: Look, case: str, seq: int) -> Response:
    """How the text of an event in evidence is read now; for HTMX what stands under its quote."""
    view = views.case(node.engine, case)
    row = next((row for row in view.evidence if row.seq == seq), None) if view else None
    if view is None or row is None:
        raise missing()
    look(view.row.id, [view.row.id])
    reading = read(row.text, node.lexicons.lexicon) if row.text else None
    versions = {finding.row.id: finding.lexicon for finding in view.findings}
    part = reading and request.headers.get("hx-request") == "true"
    return show(
        request,
        "_reading.html" if part else "reading.html",
        case=view.row.id,
        reading=reading,
        own=False,
        named=versions.get(row.item.split("/")[0], ""),
    )
