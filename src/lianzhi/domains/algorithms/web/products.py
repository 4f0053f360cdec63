"""Products by reach, each with its assessments and the traffic of coordinated accounts."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.nouns.assessment import FEATURES
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.assessing import owed
from lianzhi.domains.algorithms.web.page import Auditor, Desk, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import or_missing

router = APIRouter(prefix="/products")
_TABLE, _ASSESSMENTS = TABLES[3], TABLES[4]
#: Products on the list: those of most users.
MOST = 200


@router.get("")
def listed(request: Request, desk: Desk, user: Reader) -> Response:
    """Products, the one of most users first, with the assessment that each owes."""
    policy, today = desk.office.policy()[1].assessment, desk.office.today()
    with desk.office.reading() as connection:
        rows = [
            (product, owed(product, views.assessments_of(connection, product.id), policy))
            for product in views.products(connection, MOST)
        ]
    high = [owing for _, owing in rows if owing is not None]
    context = {
        "rows": rows,
        "today": today,
        "policy": policy,
        "high": len(high),
        "overdue": sum(owing.is_overdue(today) for owing in high),
    }
    return show(request, "products.html", **context)


@router.get("/new")
def new(request: Request, desk: Desk, user: Auditor) -> Response:
    """The form for a product."""
    return show(request, "product_new.html", opening=_TABLE.opening, today=desk.office.today())


@router.get("/{identity}")
def product(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A product: its reach, what it owes, its assessments, ordered adjustments and traffic."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        known = tables.product.load(connection, identity)
        assessments = views.assessments_of(connection, identity)
        files = views.rectifications_of(connection, identity)
        audits = views.product_audits(connection, known)
    policy, today = office.policy()[1].assessment, office.today()
    begin = _ASSESSMENTS.opening if known.status == "live" else None
    context = {
        "product": known,
        "owed": owed(known, assessments, policy),
        "policy": policy,
        "assessments": assessments[::-1],
        "files": files,
        "audits": audits,
        "begin": begin if user.may("audit_algorithms") else None,
        "features": FEATURES,
        "done_keys": (*_TABLE.keys, *_ASSESSMENTS.keys),
        "steps": views.story(office.ledger, identity),
        "offers": offers(_TABLE.possible(known.status), known, user, today, lambda step: ()),
        "today": today,
    }
    return show(request, "product.html", **context)
