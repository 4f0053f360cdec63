"""Reasons why rows could not be judged, as codes with figures; their texts are in the catalogue.

The engines' errors name file and remedy for whoever maintains the data. A supervisor reads what is
missing, in their language.
"""

from typing import Literal

import msgspec

from lianzhi.domains.enforcement.inspection.penalised import NotFittedError, TooFewError
from lianzhi.domains.enforcement.law.procedure import NoProcedureError
from lianzhi.domains.enforcement.rulebook.visit_rules import NoVisitPolicyError
from lianzhi.domains.enforcement.supervision.alert import Figure
from lianzhi.domains.enforcement.words import words
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import ClockError
from lianzhi.law.gates import NoGatesError
from lianzhi.law.periods import UnknownPeriodError
from lianzhi.law.surcharge_rules import NoRuleError

Code = Literal[
    "year", "period", "gates", "late_fines", "visits", "procedure", "few", "unlike", "clock",
    "other",
]  # fmt: skip
_CODES: tuple[tuple[type[Exception], Code, tuple[str, ...]], ...] = (
    (UnknownYearError, "year", ("year",)),
    (UnknownPeriodError, "period", ("day", "key")),
    (NoGatesError, "gates", ("day",)),
    (NoRuleError, "late_fines", ("day",)),
    (NoVisitPolicyError, "visits", ("day",)),
    (NoProcedureError, "procedure", ("day",)),
    (TooFewError, "few", ("have", "least")),
    (NotFittedError, "unlike", ()),
    (ClockError, "clock", ()),
)
"""Exception types, the more specific first, with the attributes used as figures."""


class Reason(msgspec.Struct, frozen=True):
    """Why a row was not judged."""

    code: Code
    figures: dict[str, Figure]
    detail: str
    """The engine's message in English: which data to correct."""

    def say(self, language: str) -> str:
        """The reason in a language, with its figures filled in."""
        return words(language).gettext(f"unjudged.{self.code}") % self.figures


def why(error: Exception) -> Reason:
    """The reason code of an engine's error."""
    for form, code, names in _CODES:
        if isinstance(error, form):
            return Reason(code, {name: _plain(getattr(error, name)) for name in names}, str(error))
    return Reason("other", {}, str(error))


def _plain(value: object) -> Figure:
    return value if isinstance(value, int | str) else str(value)
