"""Policy of the domain: typed form of the dated TOML files beside this module."""

from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy

_Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
_Minutes = Annotated[int, msgspec.Meta(ge=1, le=1440)]
_Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class FairnessPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How rates of groups are compared; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    power: Annotated[float, msgspec.Meta(ge=0.5, lt=1)]
    margin: _Share
    least_group: _Count
    exact_up_to: _Count
    bootstraps: Annotated[int, msgspec.Meta(ge=100, le=100_000)]
    most_cells: Annotated[int, msgspec.Meta(ge=4, le=100_000)]


class PricingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How prices of groups are compared; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    power: Annotated[float, msgspec.Meta(ge=0.5, lt=1)]
    margin: _Share
    least_people: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
    least_coverage: Annotated[float, msgspec.Meta(ge=0, lt=1)]


class AttentionPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a session, a night and a break are; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    session_gap_minutes: _Minutes
    break_minutes: _Minutes
    long_minutes: _Minutes
    minors_cap_minutes: _Minutes
    night_from: Annotated[int, msgspec.Meta(ge=12, le=23)]
    night_until: Annotated[int, msgspec.Meta(ge=0, le=11)]


class DiversityPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose feeds are compared; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    power: Annotated[float, msgspec.Meta(ge=0.5, lt=1)]
    margin: _Share
    least_items: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
    least_people: Annotated[int, msgspec.Meta(ge=2, le=10_000)]


class RectificationPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of the time that an order sets."""

    least_days: Annotated[int, msgspec.Meta(ge=1, le=365)]
    most_days: Annotated[int, msgspec.Meta(ge=1, le=365)]


class RankingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When places of a list are owed to coordination; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    margin: Annotated[float, msgspec.Meta(gt=0, le=1000)]
    least_accounts: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
    least_agreement: Annotated[float, msgspec.Meta(ge=0, le=1)]
    bootstraps: Annotated[int, msgspec.Meta(ge=100, le=100_000)]


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
