"""Gates 关口: what has to hold before a step may be taken. The engine knows no domain.

A domain gives it three things:

- facts: a struct with the `step` and its `day`, and whatever else its gates look at;
- predicates: functions of these facts and of the terms, by name, that are true where a gate is
  passed;
- folders of TOML files (`data_files.py` says how several go together) with the gates and the terms:

      [[terms]]                        # figures that predicates use, and from when gates are kept
      effective_from = 2021-07-15
      officers = 2

      [[gate]]
      key = "enough_officers"
      predicate = "enough_officers"    # may be left out where it is named like the gate
      steps = ["inspected", "filed"]
      basis = "penalty_law.two_officers"
      article = "行政处罚法第四十二条第一款"
      effective_from = 2021-07-15
      says = { zh = "执法人员不得少于两人", en = "at least two officers take part" }

Gates see facts, never cases. A predicate that fails to evaluate refuses the step: what cannot be
shown to be lawful is not done.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from lianzhi.law.data_files import load as load_files
from lianzhi.law.data_files import overlay
from lianzhi.law.versions import Versions, check_days
from lianzhi.law.words import Words
from lianzhi.typed_toml import convert


class GatesError(ValueError):
    """Gates that cannot be used; the message names file, gate, field and mend."""


class NoGatesError(GatesError):
    """A day on which no gates are kept."""

    def __init__(self, day: dt.date, first: dt.date) -> None:
        self.day = day
        super().__init__(f"day is {day}: the gates kept here begin on {first}; give a later day")


class StepFacts(Protocol):
    """The facts of a step that the engine itself needs."""

    @property
    def step(self) -> str:
        """Name of the step, as in the gates: `decided`."""

    @property
    def day(self) -> dt.date:
        """Day of the step."""


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures that predicates use; a domain adds its fields in a subclass. Days are inclusive."""

    effective_from: dt.date
    effective_until: dt.date | None = None

    def __post_init__(self) -> None:
        check_days(self)

    @property
    def key(self) -> str:
        """Key that all versions share."""
        return "terms"


F = TypeVar("F", bound=StepFacts)
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T", bound=Terms)
F_contra = TypeVar("F_contra", bound=StepFacts, contravariant=True)
T_contra = TypeVar("T_contra", bound=Terms, contravariant=True)


class Predicate(Protocol[F_contra, T_contra]):
    """Whether a step passes a gate."""

    def __call__(self, facts: F_contra, terms: T_contra, /) -> bool:
        """True where the step passes the gate."""


class Gate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One gate in one version, as data. Days are those of China and inclusive."""

    key: str
    predicate: str = ""
    """Name of the predicate; empty: the gate's key."""
    steps: tuple[str, ...]
    """Steps that it guards."""
    basis: str
    """Key of the legal basis."""
    article: str
    """The citation for readers."""
    says: Words
    """The requirement, as shown to the person who is refused."""
    effective_from: dt.date
    effective_until: dt.date | None = None

    def __post_init__(self) -> None:
        for name in ("key", "basis", "article", "steps"):
            if not getattr(self, name):
                raise ValueError(f"{name} is empty; fill it in")
        check_days(self)

    @property
    def judged_by(self) -> str:
        """Name of its predicate."""
        return self.predicate or self.key


class Refusal(msgspec.Struct, frozen=True):
    """A gate that a step fails."""

    gate: str
    basis: str
    article: str
    says: Words
    error: str = ""
    """Why the predicate could not be evaluated; empty if it was."""


class RefusedStepError(ValueError):
    """A step that may not be taken; `refusals` has the gates and their articles."""

    def __init__(self, step: str, refusals: Sequence[Refusal]) -> None:
        self.step, self.refusals = step, tuple(refusals)
        reasons = "; ".join(f"{each.gate} ({each.article}): {each.says.en}" for each in refusals)
        super().__init__(f"{step} is refused: {reasons}")


class Gates(Generic[F, T]):
    """All versions of the gates of one kind of proceeding; a step is judged by those of its day.

    Raises GatesError for a predicate that does not exist, versions that overlap, or no terms.
    """

    def __init__(
        self,
        gates: Iterable[Gate],
        terms: Iterable[T],
        predicates: Mapping[str, Predicate[F, T]],
    ) -> None:
        gates = tuple(gates)
        _check(gates, predicates)
        try:
            self._gates, self._terms = Versions(gates), Versions(terms)
        except ValueError as error:
            raise GatesError(str(error)) from None
        if not self._terms.versions("terms"):
            raise GatesError("terms is missing; add [[terms]] with effective_from")
        self._order = tuple(dict.fromkeys(gate.key for gate in gates))
        self._predicates = dict(predicates)

    def terms(self, day: dt.date) -> T:
        """The figures in force on a day. Raises NoGatesError where there are none."""
        terms = self._terms.get("terms", day)
        if terms is None:
            raise NoGatesError(day, self._terms.versions("terms")[0].effective_from)
        return terms

    def at(self, day: dt.date) -> tuple[Gate, ...]:
        """The gates in force on a day, in the order of their files. Raises NoGatesError."""
        self.terms(day)
        gates = (self._gates.get(key, day) for key in self._order)
        return tuple(gate for gate in gates if gate is not None)

    def check(self, facts: F) -> list[Refusal]:
        """The gates that a step fails; empty: it may be taken. Raises NoGatesError."""
        terms = self.terms(facts.day)
        guards = (gate for gate in self.at(facts.day) if facts.step in gate.steps)
        refusals = (self._refusal(gate, facts, terms) for gate in guards)
        return [refusal for refusal in refusals if refusal is not None]

    def require(self, facts: F) -> None:
        """Raises RefusedStepError unless a step passes every gate."""
        if refusals := self.check(facts):
            raise RefusedStepError(facts.step, refusals)

    def _refusal(self, gate: Gate, facts: F, terms: T) -> Refusal | None:
        error = ""
        try:
            if self._predicates[gate.judged_by](facts, terms):
                return None
        except Exception as problem:  # on any error the step was not shown to be lawful
            error = f"{type(problem).__name__}: {problem}"
        return Refusal(gate.key, gate.basis, gate.article, gate.says, error)


class _File(NamedTuple, Generic[T]):
    gates: list[Gate]
    terms: list[T]


def load(
    folders: Sequence[Path], predicates: Mapping[str, Predicate[F, T]], form: type[T]
) -> Gates[F, T]:
    """The gates in TOML files of folders, with terms as `form`. Raises GatesError."""

    def read(data: dict[str, Any]) -> _File[T]:
        if unknown := sorted(set(data) - {"gate", "terms"}):
            raise ValueError(f"field is {unknown[0]!r}; write [[gate]] or [[terms]]")
        gates = [_convert(raw, Gate, "gate") for raw in data.get("gate", [])]
        return _File(gates, [_convert(raw, form, "terms") for raw in data.get("terms", [])])

    def merge(layers: Sequence[Sequence[_File[T]]]) -> tuple[list[Gate], list[T]]:
        gates = overlay([gate for file in layer for gate in file.gates] for layer in layers)
        terms = overlay([each for file in layer for each in file.terms] for layer in layers)
        _check(gates, predicates)
        Versions(gates)
        Versions(terms)
        return gates, terms

    return Gates(*load_files(folders, read, merge, GatesError), predicates)


def _convert(raw: Any, form: type[S], table: str) -> S:
    """One table of a file; the error names it by its key."""
    try:
        return convert(raw, form)
    except ValueError as error:
        key = raw.get("key") if isinstance(raw, dict) else None
        raise ValueError(f"{table} {key!r}: {error}" if key else f"{table}: {error}") from None


def _check(gates: Iterable[Gate], predicates: Collection[str]) -> None:
    for gate in gates:
        if gate.judged_by not in predicates:
            raise GatesError(
                f"gate {gate.key!r}: predicate is {gate.judged_by!r}; use one of "
                f"{', '.join(predicates)}"
            )
