"""The registry: algorithms with their filing, and the page of each with its clocks."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.nouns.algorithm import TYPES
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.web.page import Auditor, Desk, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.downloads import PAPER_MEDIA, attachment
from lianzhi.kit.page import Cursor, Look, QueryText, or_missing

router = APIRouter(prefix="/registry")
_TABLE = TABLES[0]
_STATUSES = ("", "unfiled", "submitted", "filed", "ended", "cancelled", "revoked")


@router.get("")
def listed(
    request: Request,
    desk: Desk,
    user: Reader,
    status: QueryText = "",
    type: QueryText = "",  # noqa: A002 - the name of the field
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    where = {
        "status": status if status in _STATUSES else "",
        "type": type if type in TYPES else "",
    }
    with desk.office.reading() as connection:
        page = views.listed(connection, tables.algorithm, "launched", where, cursor)
    law, today = desk.office.law, desk.office.today()
    states = {
        each.id: [clock for clock in each.clocks(law) if clock.state(today) == "overdue"]
        for each in page.rows
    }
    context = {
        "page": page, "where": where, "statuses": _STATUSES, "types": ("", *TYPES),
        "overdue": states,
    }  # fmt: skip
    return show(request, "_registry.html" if cursor else "registry.html", **context)


@router.get("/new")
def new(request: Request, desk: Desk, user: Auditor) -> Response:
    """The form for an algorithm."""
    return show(request, "algorithm_new.html", opening=_TABLE.opening, today=desk.office.today())


@router.get("/{identity}")
def algorithm(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """An algorithm: what was filed, which periods run, its audits and rectifications."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        known = tables.algorithm.load(connection, identity)
        audits = views.audits_of(connection, "algorithm", identity)
        rectifications = views.rectifications_of(connection, identity)
    today = office.today()
    context = {
        "algorithm": known,
        "audits": audits,
        "rectifications": rectifications,
        "clocks": [(clock, clock.state(today)) for clock in known.clocks(office.law)],
        "done_keys": _TABLE.keys,
        "steps": views.story(office.ledger, identity),
        "offers": offers(_TABLE.possible(known.status), known, user, today, lambda step: ()),
        "today": today,
    }
    return show(request, "algorithm.html", **context)


@router.get("/{identity}/packs/{name}")
def pack(desk: Desk, user: Reader, look: Look, identity: str, name: str) -> Response:
    """An evidence pack as it was issued; who looks is on the record."""
    number, _, form = name.rpartition(".")
    with or_missing():
        body = desk.self_assessments.read(identity, number, form)
    look(identity, [identity])
    return attachment(body, name, PAPER_MEDIA[form])
