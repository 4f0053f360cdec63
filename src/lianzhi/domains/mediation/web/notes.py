"""Recurring causes, the notes about them, and what a note changed."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.acts.note import NOTE
from lianzhi.domains.mediation.learning.effect import Effect
from lianzhi.domains.mediation.learning.sentences import cause_sentence, effect_sentences, rate_text
from lianzhi.domains.mediation.nouns.dispute import CAUSES
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.domains.mediation.web.page import Desk, Staff, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Look, QueryText, language_of, or_missing

router = APIRouter(prefix="/notes")
_CAUSES = 15
_SPANS = ("before", "chosen", "after")
#: Left edge and width of the picture's scale.
_LEFT, _WIDE = 8, 340


@router.get("")
def notes_page(
    request: Request,
    desk: Desk,
    user: Staff,
    field: QueryText = "",
    cause: QueryText = "",
    office: QueryText = "",
) -> Response:
    """Causes that recur, all notes, and the form; the address may fill the form."""
    causes, language = desk.learning.causes(), language_of(request)
    context = {
        "causes": [(each, cause_sentence(each, language)) for each in causes[:_CAUSES]],
        "rate_text": rate_text,
        "more": max(0, len(causes) - _CAUSES),
        "policy": desk.office.rules.prevention(desk.office.today())[1],
        "notes": desk.learning.notes(),
        "opening": NOTE.opening,
        "given": {
            "field": {"value": field if field in FIELDS else ""},
            "cause": {"value": cause if cause in CAUSES else ""},
            "offices": {"value": office},
        },
        "asked_for": bool(field),
        "today": desk.office.today(),
    }
    return show(request, "notes.html", **context)


@router.get("/{identity}")
def note_page(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
    """A note, to whom it is addressed, and its effect beside the control."""
    with or_missing():
        note = desk.learning.note(identity)
    look("notes", [identity])
    vault, today = desk.office.ledger.vault, desk.office.today()
    measured = desk.learning.effect(note)
    context = {
        "note": note,
        "words": vault.text(note.index, "words") or "",
        "reason": vault.text(note.withdrawal, "words") if note.withdrawn else None,
        "names": vault.accounts({*note.enterprises}),
        "effect": measured,
        "sentences": effect_sentences(measured, language_of(request)),
        "spans": _SPANS,
        "rate_text": rate_text,
        "place": _scale(measured),
        "policy": desk.office.rules.prevention(today)[1],
        "offers": offers(NOTE.possible(note.status), note, user, today, lambda step: ()),
        "today": today,
    }
    return show(request, "note.html", **context)


def _scale(measured: Effect) -> Callable[[float], float]:
    """Where a rate lies in the picture, which begins at 0 and ends at the greatest limit."""
    rates = [(span, rate) for span in measured.spans for rate in (span.addressed, span.control)]
    most = max(span.limits(rate).hi for span, rate in rates)
    return lambda value: round(_LEFT + _WIDE * value / most, 1)
