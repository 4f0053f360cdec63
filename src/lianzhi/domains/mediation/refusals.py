"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.mediation.words import words
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.words import Words
from lianzhi.office.refusal import Refusal
from lianzhi.tabular.problem import Fault

_NOUNS = ("warning.", "dispute.", "filing.", "mediator.", "note.")


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
            given = {**error.params, "value": error.value}
            params = {name: _localised(value, language) for name, value in given.items()}
            text = translate(f"refused.{error.rule}") % params
            return _answer(422, text, mend, error.rule)
        case UnknownYearError():
            text = translate("mediation.refused_year") % {"year": error.year}
            return _answer(409, text, mend, "year")
        case IllegalStepError() if error.step.startswith(_NOUNS):
            step = translate(f"mediation.step.{error.step.partition('.')[2]}")
            text = translate("mediation.refused_step") % {"step": step}
            return _answer(409, text, mend, "status")
    return None


def _answer(status: int, detail: str, reasons: list[str], rule: str) -> dict[str, Any]:
    return {"status": status, "detail": detail, "said": reasons, "rule": rule}


def _localised(value: object, language: str) -> object:
    match value:
        case Words():
            return value.say(language)
        case Fault():
            return value.text(language)
    return value
