"""Evidence of a file, to be looked at."""

from fastapi import APIRouter
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.web.case_pages import file_of
from lianzhi.domains.enforcement.web.page import Desk, Reader
from lianzhi.kit.downloads import attachment
from lianzhi.kit.page import Look, missing, or_missing
from lianzhi.office.file_names import served_name

router = APIRouter(prefix="/penalties")


@router.get("/{penalty}/evidence/{evidence}")
def evidence(desk: Desk, user: Reader, look: Look, penalty: str, evidence: str) -> Response:
    """A stored file of the case; who looks is on the record."""
    file_of(desk, penalty)
    added = [
        step
        for step in views.story(desk.office.ledger, penalty)
        if step.payload.get("evidence") == evidence and step.kind in EVIDENCE_KINDS
    ]
    if not added:
        raise missing()
    look(penalty, [penalty])
    payload, texts = added[0].payload, added[0].texts
    with or_missing():
        body = desk.files.read_verified(evidence, texts.get("salt", ""), payload["commitment"])
    media = payload["media"]
    return attachment(body, served_name(evidence, media, texts.get("name", "")), media)
