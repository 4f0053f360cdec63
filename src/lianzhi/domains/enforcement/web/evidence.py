"""Evidence of a file: put in, and looked at."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.web.case_pages import back, file_of
from lianzhi.domains.enforcement.web.page import Desk, Inspector, Reader
from lianzhi.kit.downloads import attachment
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import Look, missing, or_missing
from lianzhi.office.files import KeptFile

Words = Annotated[str, Typed, Form(max_length=20_000)]
Short = Annotated[str, Typed, Form(max_length=500)]
router = APIRouter(prefix="/penalties")
#: Kinds of evidence, 行政处罚法 46.
EVIDENCE = (
    *("document", "object", "recording", "electronic", "witness", "statement", "appraisal"),
    "inspection_record",
)


@router.post("/{penalty}/evidence")
def add_evidence(
    *,
    desk: Desk,
    user: Inspector,
    penalty: str,
    kind: Short,
    words: Words = "",
    electronic: Annotated[bool, Form()] = False,
    file: Annotated[UploadFile | None, File()] = None,
    where: Short = "",
    sha256: Short = "",
) -> Response:
    """Add a file, or a recording that is kept elsewhere."""
    file_of(desk, penalty)
    if kind not in EVIDENCE:
        raise missing()
    if file is not None and file.filename:
        keeping: AbstractContextManager[KeptFile] = desk.files.keeping(
            file.filename, file.file.read()
        )
    else:
        keeping = nullcontext(desk.files.refer("", where, sha256))
    with keeping as kept:
        desk.penalties.add_evidence(penalty, kept, kind, user.name, words, electronic=electronic)
    return back(penalty, "evidence")


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
    payload, salt = added[0].payload, added[0].texts.get("salt", "")
    with or_missing():
        body = desk.files.read_verified(evidence, salt, payload["commitment"])
    media = payload["media"]
    return attachment(body, evidence, media)
