"""Filings of parties: the list of those that wait, and each with its routes and acts."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.acts.filing import FILING
from lianzhi.domains.mediation.desk.filings import number_of
from lianzhi.domains.mediation.nouns.filing import STATUSES
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.domains.mediation.web.page import Desk, Staff, show
from lianzhi.domains.mediation.wording import no_last_day
from lianzhi.domains.mediation.words import words
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Look, QueryText, language_of, or_missing
from lianzhi.law import remedies

router = APIRouter(prefix="/filings")


@router.get("")
def filings_page(
    request: Request, desk: Desk, user: Staff, look: Look, status: QueryText = "waiting"
) -> Response:
    """Filings in a status, the oldest first."""
    status = status if status in STATUSES else "waiting"
    filings = desk.filings.every(status)
    look("filings", [filing.id for filing in filings])
    context = {
        "filings": filings,
        "status": status,
        "statuses": STATUSES,
        "number_of": number_of,
        "parties": desk.office.ledger.vault.accounts({filing.party for filing in filings}),
    }
    return show(request, "filings.html", **context)


@router.get("/{identity}")
def filing_page(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
    """What a party sent, the remedies of its field today, and what may be done."""
    with or_missing():
        filing = desk.filings.get(identity)
    look("filings", [filing.id])
    law, today, language = desk.office.rules.law, desk.office.today(), language_of(request)
    field = filing.field or FIELDS[0]
    facts = remedies.Dispute(field=field, known=filing.known or filing.sent, day=today)
    ways = remedies.ways(facts, law) if filing.field else ()
    gettext, texts = words(language).gettext, desk.filings.texts(filing)
    forums = sorted(desk.rules.forums())
    vault = desk.office.ledger.vault
    context = {
        "filing": filing,
        "number": number_of(filing.id),
        "account": vault.account(filing.party),
        "texts": texts,
        "answer": vault.text(filing.answer, "words") or "",
        "ways": ways,
        "no_last_day": partial(no_last_day, language=language),
        "given": {
            "field": {"value": filing.field},
            "cause": {"value": "other"},
            "office": {"value": texts["other"]},
            "forum": {"options": [(key, gettext(f"mediation_forum.{key}")) for key in forums]},
        },
        "today": today,
        "offers": offers(FILING.possible(filing.status), filing, user, today, lambda step: ()),
    }
    return show(request, "filing.html", **context)
