"""An assessment: its questions with their provisions, answers, and what audits say of them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.acts import ANSWER, TABLES
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.web.page import Desk, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import or_missing

router = APIRouter(prefix="/assessments")
_TABLE = TABLES[4]


@router.get("/{identity}")
def assessment(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """The questions in the order of the policy, each to be answered while it is open."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        known = tables.assessment.load(connection, identity)
        product = tables.product.load(connection, known.product)
        audits = views.product_audits(connection, product)
    terms = office.policy_on(known.opened).assessment
    texts = {
        answer.index: office.ledger.vault.text(answer.index, "words") or ""
        for answer in known.answers.values()
    }
    others = (act for act in _TABLE.possible(known.status) if act is not ANSWER)
    today = office.today()
    context = {
        "assessment": known,
        "product": product,
        "questions": [terms.question(key) for key in known.questions if terms.question(key)],
        "texts": texts,
        "audits": {audit.id: audit for audit in audits},
        "answer": ANSWER if known.status == "open" and user.may("audit_algorithms") else None,
        "done_keys": _TABLE.keys,
        "steps": [
            step
            for step in views.story(office.ledger, identity)
            if not step.kind.endswith(".answered")
        ],
        "offers": offers(others, known, user, today, lambda step: ()),
        "today": today,
    }
    return show(request, "assessment.html", **context)
