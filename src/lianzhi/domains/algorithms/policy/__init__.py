"""Policy of the domain: typed form of the dated TOML files beside this module."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lianzhi.audits.policy import (
    AttentionPolicy,
    DiversityPolicy,
    FairnessPolicy,
    PricingPolicy,
    ProbePolicy,
    RankingPolicy,
)
from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.algorithms.nouns.assessment import Feature
from lianzhi.law.words import Words


class RectificationPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of the time that an order sets."""

    least_days: Annotated[int, msgspec.Meta(ge=1, le=365)]
    most_days: Annotated[int, msgspec.Meta(ge=1, le=365)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question of an assessment, and the provision from which it comes."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z_]{2,40}$")]
    text: Words
    basis: Words
    verified: bool
    """Whether the provision was read in its text."""
    features: tuple[Feature, ...] = ()
    """Of which features it is asked; empty: of all."""
    audit: Literal["", "fairness", "pricing", "probes", "diversity"] = ""
    """Kind of audit whose newest verdict the answer may not contradict."""


class AssessmentPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who owes an assessment and when; the TOML file explains the fields."""

    high_reach: Annotated[int, msgspec.Meta(ge=1_000, le=2_000_000_000)]
    first_days: Annotated[int, msgspec.Meta(ge=1, le=366)]
    every_months: Annotated[int, msgspec.Meta(ge=1, le=60)]
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=100)]

    def __post_init__(self) -> None:
        keys = [question.key for question in self.questions]
        if len(set(keys)) < len(keys):
            raise ValueError("questions: a key occurs twice; give each its own")

    def question(self, key: str) -> Question | None:
        """The question of a key."""
        return next((each for each in self.questions if each.key == key), None)


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds."""

    fairness: FairnessPolicy
    pricing: PricingPolicy
    probes: ProbePolicy
    attention: AttentionPolicy
    diversity: DiversityPolicy
    ranking: RankingPolicy
    rectification: RectificationPolicy
    assessment: AssessmentPolicy
    types: tuple[CaseType, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.algorithms", Policy, own)
