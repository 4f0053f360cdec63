"""What a person reads whose step was refused, worded by the catalogue of a domain."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from lianzhi.chain.life import IllegalStepError
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.words import Words
from lianzhi.office.refusal import Refusal
from lianzhi.tabular.problem import Fault


class Catalogue(Protocol):
    """The words of a domain in a language."""

    def gettext(self, message: str) -> str:
        """The text of a message; the message itself where there is none."""
        ...


class RefusalText(NamedTuple):
    """How a domain words refusals.

    A `Refusal` has the message `refused.<rule>`; a year without a calendar `<domain>.refused_year`;
    a step that is not possible now `<domain>.refused_step`, with the step's name, which is
    `<noun>_step.<step>` or `<domain>.step.<step>`.
    """

    domain: str
    nouns: tuple[str, ...]
    """Beginnings of its steps, such as `dispute.`."""
    mend: str = "refused.mend"
    """Message of what to do about it."""

    def explain(
        self, error: Exception, catalogue: Catalogue, language: str
    ) -> dict[str, Any] | None:
        """Status, detail, reasons and rule of a refusal; None: it is none of this domain's."""
        translate = catalogue.gettext
        reasons = [translate(self.mend)]
        match error:
            case Refusal():
                key = f"refused.{error.rule}"
                if (text := translate(key)) == key:
                    return None
                given = {**error.params, "value": error.value}
                params = {name: _localised(value, language) for name, value in given.items()}
                return answer(422, text % params, reasons, error.rule)
            case UnknownYearError():
                text = translate(f"{self.domain}.refused_year") % {"year": error.year}
                return answer(409, text, reasons, "year")
            case IllegalStepError() if error.step.startswith(self.nouns):
                text = self.refused_step(error.step, catalogue)
                return answer(409, text, reasons, "status")
        return None

    def refused_step(self, step: str, catalogue: Catalogue) -> str:
        """That a step is not possible."""
        noun, _, last = step.rpartition(".")
        own, translate = f"{noun}_step.{last}", catalogue.gettext
        if (name := translate(own)) == own:
            name = translate(f"{self.domain}.step.{last}")
        return translate(f"{self.domain}.refused_step") % {"step": name}


def answer(status: int, detail: str, reasons: Sequence[str], rule: str) -> dict[str, Any]:
    """An explanation as `Domain.refused` gives it."""
    return {"status": status, "detail": detail, "said": list(reasons), "rule": rule}


def _localised(value: object, language: str) -> object:
    match value:
        case Words():
            return value.say(language)
        case Fault():
            return value.text(language)
    return value
