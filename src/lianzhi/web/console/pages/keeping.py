"""What keeps the house: rows in quarantine, and the record with its verification."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.kit.page import show
from lianzhi.store import views
from lianzhi.store.audit import audit
from lianzhi.store.audit_accounts import audit_accounts
from lianzhi.store.ledger import custody
from lianzhi.web.console.page import Auditor, Node, Reader
from lianzhi.web.core.looks import Look, row_ids

router = APIRouter()

ROWS = 200


@router.get("/quarantine")
def quarantine(request: Request, node: Node, user: Reader, look: Look) -> Response:
    """Rows that could not be accepted."""
    kept = node.quarantine
    rows = kept.list(ROWS)
    look("quarantine", row_ids(rows))
    return show(request, "quarantine.html", rows=rows, count=kept.count())


@router.get("/record")
def record(request: Request, node: Node, user: Reader) -> Response:
    """How the record stands."""
    status = views.record_status(node.engine, last=30)
    key = str(node.ledger.signer.verifier)
    return show(request, "record.html", record=status, report=None, key=key)


@router.post("/record/verify")
def verify(request: Request, node: Node, user: Auditor) -> Response:
    """Verify every entry, checkpoint, user and key, and say what came of it."""
    status = views.record_status(node.engine, last=30)
    signer, witness = custody(node.home, node.ledger.signer.name)
    report = audit(node.engine, signer, witness)
    accounts = audit_accounts(node.engine, signer.seal_key) if report.ok else None
    template = "_verified.html" if request.headers.get("hx-request") else "record.html"
    verdict = {"report": report, "accounts": accounts}
    return show(request, template, record=status, key=str(signer.verifier), **verdict)
