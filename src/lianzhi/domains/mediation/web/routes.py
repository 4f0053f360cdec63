"""The page of routes: facts of a dispute in the address, its remedies below."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.routes import FIELDS, REMEDIES
from lianzhi.domains.mediation.web.page import Desk, Reader, show
from lianzhi.domains.mediation.wording import fault_text, no_last_day
from lianzhi.kit.form_values import day
from lianzhi.kit.page import QueryText, language_of
from lianzhi.law.remedies import Dispute, filing_faults, ways

router = APIRouter(prefix="/routes")


@router.get("")
def routes_page(
    request: Request,
    desk: Desk,
    user: Reader,
    field: QueryText = "",
    date: QueryText = "",
    known: QueryText = "",
    answered: QueryText = "",
    untold: QueryText = "",
    unpaid: QueryText = "",
    remedy: QueryText = "",
    forum: QueryText = "",
) -> Response:
    """The remedies of a field on a day; with a remedy, what is wrong with the filing."""
    field = field if field in FIELDS else FIELDS[0]
    filed = day(date, "date") or desk.office.today()
    decided = day(answered, "answered")
    dispute = Dispute(
        field=field,
        known=day(known, "known") or filed,
        day=filed,
        informed=not untold,
        answers=() if decided is None else (("reconsideration", decided),),
        paid=not unpaid,
    )
    law = desk.rules.law
    known_ways = ways(dispute, law)
    checked = remedy if remedy in REMEDIES else ""
    faults = filing_faults(checked, forum, dispute, law) if checked else ()
    language = language_of(request)
    context = {
        "dispute": dispute,
        "answered": decided,
        "ways": known_ways,
        "fields": FIELDS,
        "remedies": REMEDIES,
        "remedy": checked,
        "forum": forum,
        "forums": sorted({way.route.forum for way in known_ways} | desk.rules.forums()),
        "faults": [fault_text(fault, language) for fault in faults],
        "no_last_day": partial(no_last_day, language=language),
        "first_day": desk.rules.first_known(field),
    }
    return show(request, "routes.html", **context)
