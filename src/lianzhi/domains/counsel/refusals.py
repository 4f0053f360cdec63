"""Refusals: what a person reads whose step was refused, in their language."""

from collections.abc import Callable, Sequence
from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.counsel.words import words
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.gates import Refusal as GateRefusal
from lianzhi.law.words import Words
from lianzhi.office.refusal import Refusal
from lianzhi.tabular.problem import Fault

_NOUNS = (
    *("question.", "manual.", "lesson."),
    *("reception.", "commitment.", "matter.", "review."),
)


class RefusedError(Refusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""


class GateRefusedError(RefusedError):
    """A step that rules forbid, each with its article."""

    def __init__(self, step: str, refusals: Sequence[GateRefusal]) -> None:
        self.step, self.refusals = step, tuple(refusals)
        reasons = "; ".join(f"{each.says.en} ({each.article})" for each in refusals)
        super().__init__("office_gate", f"{step} is refused: {reasons}")


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return (RefusedError, UnknownYearError)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    translate = words(language).gettext
    mend = [translate("refused.mend")]
    match error:
        case GateRefusedError():
            step = translate(f"counsel.step.{error.step}")
            text = translate("counsel.refused_step") % {"step": step}
            rules = [f"{each.says.say(language)} ({each.article})" for each in error.refusals]
            return _answer(409, text, rules, error.refusals[0].gate)
        case RefusedError():
            given = {**error.params, "value": error.value}
            params = {name: _localised(value, language) for name, value in given.items()}
            text = translate(f"refused.{error.rule}") % params
            return _answer(422, text, mend, error.rule)
        case UnknownYearError():
            text = translate("counsel.refused_year") % {"year": error.year}
            return _answer(409, text, mend, "year")
        case IllegalStepError() if error.step.startswith(_NOUNS):
            step = _step_name(error.step, translate)
            text = translate("counsel.refused_step") % {"step": step}
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


def _step_name(step: str, translate: Callable[[str], str]) -> str:
    noun, _, last = step.partition(".")
    name = translate(own := f"{noun}_step.{last}")
    return name if name != own else translate(f"counsel.step.{last}")
