"""Policy of disputes: the office's own targets, the questions of a visit, and the kind of case."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.law.words import Words

_Days = Annotated[int, msgspec.Meta(ge=1, le=366)]
_Points = Annotated[int, msgspec.Meta(ge=0, le=10)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of the follow-up visit, answered in points from `least` to `most`."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,40}$")]
    title: Words
    least: _Points
    most: _Points

    def __post_init__(self) -> None:
        if self.most <= self.least:
            raise ValueError(f"most of {self.key} is {self.most}; make it more than least")


class Grounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Legal bases on which a settlement rests, by key."""

    private: str
    administrative: str


class DisputePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version; the TOML file explains the fields."""

    assign_days: _Days
    mediate_days: _Days
    visit_days: _Days
    warn_days: Annotated[int, msgspec.Meta(ge=0, le=60)]
    grounds: Grounds
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=12)]

    def __post_init__(self) -> None:
        keys = [question.key for question in self.questions]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"questions has {min(twice)} twice; keep one of them")


class CaseTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be decided on its cases. Implements `chain.policy.CaseTerms`."""

    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


def load_case_terms(own: Path | None = None) -> Dated[CaseTerms]:
    """The shipped versions, or those in the folder `own`. Raises PolicyError."""
    shipped = Path(str(files("lianzhi.domains.mediation"))) / "policy" / "cases"
    return load_policy("", CaseTerms, own or shipped)
