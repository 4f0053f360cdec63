"""Refusals: what a person reads whose step was refused, in their language."""

from collections.abc import Sequence
from typing import Any

from lianzhi.chain.policy import PolicyError
from lianzhi.documents.paper import PaperError
from lianzhi.domains.counsel.words import words
from lianzhi.kit.refusal_text import RefusalText, answer
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.gates import Refusal as GateRefusal
from lianzhi.office.refusal import Refusal

_NOUNS = ("question.", "manual.", "lesson.", "reception.", "commitment.", "matter.", "review.")
_TEXT = RefusalText("counsel", _NOUNS)


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
    return (RefusedError, UnknownYearError, PaperError, PolicyError)


def explain(error: Exception, language: str) -> dict[str, Any] | None:
    """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
    catalogue = words(language)
    if isinstance(error, GateRefusedError):
        rules = [f"{each.says.say(language)} ({each.article})" for each in error.refusals]
        text = _TEXT.refused_step(error.step, catalogue)
        return answer(409, text, rules, error.refusals[0].gate)
    if isinstance(error, PaperError):
        return answer(422, catalogue.gettext("refused.paper_fields"), [str(error)], "paper")
    if isinstance(error, PolicyError):
        return answer(409, catalogue.gettext("refused.paper_settings"), [str(error)], "policy")
    return _TEXT.explain(error, catalogue, language)
