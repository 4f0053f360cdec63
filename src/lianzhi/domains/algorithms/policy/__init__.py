"""Policy of the domain: typed form of the dated TOML files beside this module."""

from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.audits.policy import (
    AttentionPolicy,
    DiversityPolicy,
    FairnessPolicy,
    PricingPolicy,
    RankingPolicy,
)
from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy


class RectificationPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of the time that an order sets."""

    least_days: Annotated[int, msgspec.Meta(ge=1, le=365)]
    most_days: Annotated[int, msgspec.Meta(ge=1, le=365)]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds."""

    fairness: FairnessPolicy
    pricing: PricingPolicy
    attention: AttentionPolicy
    diversity: DiversityPolicy
    ranking: RankingPolicy
    rectification: RectificationPolicy
    types: tuple[CaseType, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.algorithms", Policy, own)
