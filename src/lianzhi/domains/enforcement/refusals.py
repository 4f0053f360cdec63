"""Refusals: what a person reads whose step was refused, in their language."""

from typing import Any

from lianzhi.chain.policy import PolicyError
from lianzhi.dispatch.rota.rota import RotaError
from lianzhi.documents.paper import PaperError
from lianzhi.domains.enforcement.words import words
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import ClockError
from lianzhi.law.discretion.outcome import RefusedError as NoRulingError
from lianzhi.law.gates import GatesError, RefusedStepError
from lianzhi.law.periods import UnknownPeriodError
from lianzhi.office.refusal import Refusal

REFUSALS = (
    *(RefusedStepError, Refusal, NoRulingError, UnknownYearError),
    *(PolicyError, GatesError, UnknownPeriodError, ClockError, PaperError, RotaError),
)


def refusals() -> tuple[type[Exception], ...]:
    """What acts of this domain raise when they are refused."""
    return REFUSALS


_PLAIN: tuple[tuple[tuple[type[Exception], ...], int, str], ...] = (
    ((ClockError,), 422, "days"),
    ((PaperError,), 422, "paper"),
    ((RotaError,), 409, "rota"),
    ((PolicyError, GatesError, UnknownPeriodError), 409, "policy"),
)
"""Errors that say themselves what is wrong: status, and rule."""


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    translate = words(language).gettext
    match error:
        case RefusedStepError():
            detail = translate("refused.step") % {
                "step": translate(f"enforcement.step.{error.step}")
            }
            reasons = [
                translate("refused.gate")
                % {"says": refusal.says.say(language), "article": refusal.article}
                for refusal in error.refusals
            ]
            return _answer(409, detail, reasons, error.refusals[0].gate)
        case Refusal():
            key = f"refused.{error.rule}"
            if (text := translate(key)) == key:
                return None  # another domain's rule
            detail = text % error.params if error.params else text
            return _answer(422, detail, [translate("refused.mend")], error.rule)
        case NoRulingError():
            reasons = [translate("refused.no_ruling_mend"), str(error)]
            return _answer(422, translate("refused.no_ruling"), reasons, "no_ruling")
        case UnknownYearError():
            year = {"year": error.year}
            return _answer(
                409,
                translate("refused.year") % year,
                [translate("refused.year_mend") % year],
                "year",
            )
    for kinds, status, rule in _PLAIN:
        if isinstance(error, kinds):
            return _answer(status, translate(f"refused.{rule}"), [str(error)], rule)
    return None


def _answer(status: int, detail: str, reasons: list[str], rule: str) -> dict[str, Any]:
    return {"status": status, "detail": detail, "said": reasons, "rule": rule}
