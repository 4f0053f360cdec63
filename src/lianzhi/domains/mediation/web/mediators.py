"""Mediators: the register, the page of each, and the import."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.acts.dispute import DISPUTE
from lianzhi.domains.mediation.acts.mediator import MEDIATOR
from lianzhi.domains.mediation.desk.mediators import as_row
from lianzhi.domains.mediation.importing.mediator_row import MediatorRow, schema
from lianzhi.domains.mediation.web.page import Desk, Staff, show
from lianzhi.domains.mediation.wording import barrier_text, part_text
from lianzhi.domains.mediation.words import words
from lianzhi.kit.acts import offers
from lianzhi.kit.import_pages import Import, Means, import_router
from lianzhi.kit.page import Look, language_of, or_missing

router = APIRouter(prefix="/mediators")
PAGES = Import(
    domain="mediation",
    path="/mediation/mediators/import",
    template="mediation/mediator_import.html",
    noun="mediation.mediators",
    permission="oversee",
    schemas={"mediators": schema()},
    once=(),
    updates=("mediators",),
    means=lambda desk: Means(desk.mediator_uploads, desk.office.now, desk.mediator_import),
)
router.include_router(import_router(PAGES), prefix="/import")
_USUAL = MediatorRow(id="", fields=(), most_open=8)


@router.get("")
def mediators_page(request: Request, desk: Desk, user: Staff, look: Look) -> Response:
    """The register, with how many disputes each has open, and the form for one more."""
    mediators = desk.mediators.every()
    look("mediators", [each.id for each in mediators])
    context = {
        "mediators": mediators,
        "load": desk.mediators.load(),
        "today": desk.office.today(),
        "opening": MEDIATOR.opening,
        "given": _given(_USUAL, _hint(request)),
    }
    return show(request, "mediators.html", **context)


@router.get("/{identity}")
def mediator_page(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
    """A mediator as registered, and what may be done."""
    with or_missing():
        mediator = desk.mediators.get(identity)
    look("mediators", [identity])
    names, today = desk.mediators.names([mediator]), desk.office.today()
    possible = MEDIATOR.possible(mediator.status)
    context = {
        "mediator": mediator,
        "names": names,
        "load": desk.mediators.load().get(identity, 0),
        "given": _given(as_row(mediator, names), _hint(request)),
        "retirement": desk.office.ledger.vault.text(mediator.index, "words") or "",
        "today": today,
        "offers": offers(possible, mediator, user, today, lambda step: ()),
    }
    return show(request, "mediator.html", **context)


@router.get("/for/{dispute}")
def match_page(request: Request, desk: Desk, user: Staff, look: Look, dispute: str) -> Response:
    """Who suits a dispute and who does not, with every reason; a button assigns."""
    with or_missing():
        known, ranking = desk.disputes.get(dispute), desk.mediators.ranking(dispute)
    look("disputes", [dispute])
    language, vault = language_of(request), desk.office.ledger.vault
    names = vault.accounts({known.party})
    context = {
        "dispute": known,
        "candidates": [
            (each, [part_text(part, language) for part in each.parts])
            for each in ranking.candidates
        ],
        "excluded": [
            (each.mediator, [barrier_text(reason, language, names) for reason in each.reasons])
            for each in ranking.excluded
        ],
        "may_assign": "assign" in {act.key for act in DISPUTE.possible(known.status)},
        "version": desk.office.rules.matching(desk.office.today())[0],
    }
    return show(request, "match.html", **context)


def _given(row: MediatorRow, hint: str) -> dict[str, dict[str, Any]]:
    """What the fields of the form hold: a row as it stands. Days that are past may stay; `hint`:
    how several names are written."""
    given: dict[str, dict[str, Any]] = {}
    for column in schema().columns:
        value = getattr(row, column.name)
        written = "" if value is None else str(column.codec.write(value))
        given[column.name] = {"value": written, "chosen": value, "min": None}
    given["most_open"] |= {"min": 1, "max": 200}
    given["employers"]["hint"] = given["offices"]["hint"] = hint
    return given


def _hint(request: Request) -> str:
    return words(language_of(request)).gettext("mediator.several_names")
