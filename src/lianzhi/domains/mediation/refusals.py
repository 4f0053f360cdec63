"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.domains.mediation.words import words
from lianzhi.kit.refusal_text import RefusalText
from lianzhi.law.calendar import UnknownYearError
from lianzhi.office.refusal import Refusal

_TEXT = RefusalText("mediation", ("warning.", "dispute.", "filing.", "mediator.", "note."))


class RefusedError(Refusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return (RefusedError, UnknownYearError)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    return _TEXT.explain(error, words(language), language)
