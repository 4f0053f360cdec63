"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.domains.algorithms.words import words
from lianzhi.office.refusal import Refusal

_NOUNS = ("algorithm.", "audit.", "rectification.")


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return (RefusedError,)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    translate = words(language).gettext
    mend = [translate("refused.mend")]
    match error:
        case Refusal():
            key = f"refused.{error.rule}"
            if (text := translate(key)) == key:
                return None
            detail = text % error.params if error.params else text
            return {"status": 422, "detail": detail, "said": mend, "rule": error.rule}
        case IllegalStepError() if error.step.startswith(_NOUNS):
            step = translate(f"algorithms.step.{error.step.partition('.')[2]}")
            detail = translate("algorithms.refused_step") % {"step": step}
            return {"status": 409, "detail": detail, "said": mend, "rule": "status"}
    return None
