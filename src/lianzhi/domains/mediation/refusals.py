"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.mediation.words import words
from lianzhi.law.calendar import UnknownYearError
from lianzhi.office.refusal import Refusal


class RefusedError(Refusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return (RefusedError, UnknownYearError)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    translate = words(language).gettext
    mend = [translate("refused.mend")]
    match error:
        case RefusedError():
            return _answer(422, translate(f"refused.{error.rule}"), mend, error.rule)
        case UnknownYearError():
            text = translate("mediation.refused_year") % {"year": error.year}
            return _answer(409, text, mend, "year")
        case IllegalStepError() if error.step.startswith("warning."):
            step = translate(f"mediation.step.{error.step.removeprefix('warning.')}")
            text = translate("mediation.refused_step") % {"step": step}
            return _answer(409, text, mend, "status")
    return None


def _answer(status: int, detail: str, reasons: list[str], rule: str) -> dict[str, Any]:
    return {"status": status, "detail": detail, "said": reasons, "rule": rule}
