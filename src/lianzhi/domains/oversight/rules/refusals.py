"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.domains.oversight.words import words
from lianzhi.kit.refusal_text import RefusalText

_TEXT = RefusalText("oversight", ("platform.", "instruction.", "recheck."))


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return (RefusedError,)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    return _TEXT.explain(error, words(language), language)
