"""The list of early warnings, with the reasons of each, and its act."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.acts.warning import WARNING
from lianzhi.domains.mediation.nouns.warning import STATUSES
from lianzhi.domains.mediation.warning import LEVELS
from lianzhi.domains.mediation.web.page import Desk, Staff, show
from lianzhi.domains.mediation.wording import reason_text
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, Look, QueryText, language_of, or_missing

router = APIRouter(prefix="/warnings")


@router.get("")
def warnings_page(
    request: Request,
    desk: Desk,
    user: Staff,
    look: Look,
    status: QueryText = "open",
    level: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """Warnings with the most points first, or with a cursor the next rows."""
    status = status if status in STATUSES else "open"
    level = level if level in LEVELS else ""
    with or_missing():
        page = desk.warnings.page(status, level, cursor)
    look("warnings", [warning.id for warning in page.rows])
    parties = desk.office.ledger.vault.accounts({warning.party for warning in page.rows})
    context = {
        "page": page,
        "reason": partial(reason_text, language=language_of(request)),
        "parties": parties,
        "status": status,
        "statuses": STATUSES,
        "level": level,
        "levels": ("", *LEVELS),
        "counts": desk.warnings.counts("status"),
    }
    return show(request, "_warnings.html" if cursor else "warnings.html", **context)


@router.get("/{identity}")
def warning_page(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
    """One warning: every point with its value, and what may be done."""
    with or_missing():
        warning = desk.warnings.get(identity)
    look("warnings", [identity])
    account = desk.office.ledger.vault.account(warning.party)
    possible = WARNING.possible(warning.status)
    words = desk.office.ledger.vault.text(warning.index, "words")
    context = {
        "warning": warning,
        "reason": partial(reason_text, language=language_of(request)),
        "account": account,
        "dismissal": words or "",
        "today": desk.office.today(),
        "offers": offers(possible, warning, user, desk.office.today(), lambda step: ()),
    }
    return show(request, "warning.html", **context)
