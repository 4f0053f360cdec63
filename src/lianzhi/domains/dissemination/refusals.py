"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.domains.dissemination.rules.refusal import RefusedError
from lianzhi.domains.dissemination.words import words


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return (RefusedError,)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    if not isinstance(error, RefusedError):
        return None
    translate = words(language).gettext
    detail = translate(f"refused.{error.rule}") % error.params
    mend = [translate("refused.dissemination_mend")]
    return {"status": 422, "detail": detail, "said": mend, "rule": error.rule}
