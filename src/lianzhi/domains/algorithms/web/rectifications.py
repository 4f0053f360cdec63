"""Rectifications: the list, and the file of each with its re-audits and what keeps it open."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.desk.recorded import usual_margin
from lianzhi.domains.algorithms.nouns.assessment import Assessment
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.policy import Policy
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
        subjects = views.titles(connection, page.rows)
    context = {
        "page": page, "subjects": subjects, "status": where["status"],
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
        subject = views.titles(connection, [file])[file.algorithm]
        ids = [*file.audits, *file.reaudits]
        rests: Mapping[str, Audit | Assessment] = (
            tables.assessment.among(connection, ids)
            if file.kind == "assessment"
            else tables.audit.among(connection, ids)
        )
        against = desk.rectifications.against_closing(connection, file)
    context = {
        "file": file,
        "subject": subject,
        "audits": [rests[name] for name in file.audits],
        "reaudits": [rests[name] for name in file.reaudits],
        "questions": {each.key: each.text for each in office.policy()[1].assessment.questions},
        "open_reason": against and gettext(f"refused.{against.rule}") % {"detail": against.detail},
        "done_keys": _TABLE.keys,
        "steps": views.story(office.ledger, identity),
        "offers": offers(_TABLE.possible(file.status), file, user, office.today(), lambda step: ()),
        "given": {"margin": _margin(file.kind, office.policy()[1])},
        "today": office.today(),
    }
    return show(request, "rectification.html", **context)


def _margin(kind: str, policy: Policy) -> dict[str, Any]:
    """What the form of an order says of the margin: the policy's; adjustments have none."""
    return {"hidden": ""} if kind == "assessment" else {"value": f"{usual_margin(kind, policy):g}"}
