"""Rectifications: the list, and the file of each with its re-audits and what keeps it open."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.desk.recorded import usual_margin
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.web.page import Desk, Reader, show
from lianzhi.domains.algorithms.words import words
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, QueryText, language_of, or_missing

router = APIRouter(prefix="/rectifications")
_TABLE = TABLES[2]
_STATUSES = ("", "open", "ordered", "replied", "closed", "dismissed", "withdrawn")


@router.get("")
def listed(
    request: Request, desk: Desk, user: Reader, status: QueryText = "", cursor: Cursor = ""
) -> Response:
    """The list, or with a cursor its next rows."""
    where = {"status": status if status in _STATUSES else ""}
    with desk.office.reading() as connection:
        page = views.listed(connection, tables.rectification, "index", where, cursor)
        ids = list({each.algorithm for each in page.rows})
        algorithms = tables.algorithm.among(connection, ids)
    context = {
        "page": page, "algorithms": algorithms, "status": where["status"],
        "statuses": _STATUSES, "today": desk.office.today(),
    }  # fmt: skip
    return show(request, "_rectifications.html" if cursor else "rectifications.html", **context)


@router.get("/{identity}")
def rectification(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A rectification: what was found, what was ordered, what was shown since."""
    office = desk.office
    gettext = words(language_of(request)).gettext
    with or_missing(), office.reading() as connection:
        file = tables.rectification.load(connection, identity)
        algorithm = tables.algorithm.load(connection, file.algorithm)
        audits = tables.audit.among(connection, [*file.audits, *file.reaudits])
        against = desk.rectifications.against_closing(connection, file)
    context = {
        "file": file,
        "algorithm": algorithm,
        "audits": [audits[name] for name in file.audits],
        "reaudits": [audits[name] for name in file.reaudits],
        "open_reason": against and gettext(f"refused.{against.rule}") % {"detail": against.detail},
        "done_keys": _TABLE.keys,
        "steps": views.story(office.ledger, identity),
        "offers": offers(_TABLE.possible(file.status), file, user, office.today(), lambda step: ()),
        "given": {"margin": {"value": f"{usual_margin(file.kind, office.policy()[1]):g}"}},
        "today": office.today(),
    }
    return show(request, "rectification.html", **context)
