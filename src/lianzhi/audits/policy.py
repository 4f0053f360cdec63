"""Levels, margins and sizes that an audit works by: typed parts of a dated policy file."""

from typing import Annotated

import msgspec

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


class RankingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When places of a list are owed to coordination; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    margin: Annotated[float, msgspec.Meta(gt=0, le=1000)]
    least_accounts: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
    least_agreement: Annotated[float, msgspec.Meta(ge=0, le=1)]
    bootstraps: Annotated[int, msgspec.Meta(ge=100, le=100_000)]


class ProbePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How paired probes are compared; the TOML file explains the fields."""

    level: Annotated[float, msgspec.Meta(ge=0.8, lt=1)]
    power: Annotated[float, msgspec.Meta(ge=0.5, lt=1)]
    margin: _Share
    least_units: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
    least_noise_pairs: _Count
