"""Policy of inspection: typed form of the dated TOML files beside this module."""

import datetime as dt
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import Dated, PolicyError

Count = Annotated[int, msgspec.Meta(ge=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Enterprises of about the same risk."""

    name: str
    share: Share
    """Of all enterprises."""
    drawn: Share
    """Of those that are drawn."""


class DrawPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that a draw has to keep; the TOML file explains each."""

    officers: Annotated[int, msgspec.Meta(ge=2, le=2)]
    most_lots: Count
    most_rows: Count
    least_secret: Annotated[int, msgspec.Meta(ge=16)]
    tiers: tuple[Tier, ...]
    """The riskiest first."""

    def __post_init__(self) -> None:
        names = [tier.name for tier in self.tiers]
        if len({*names}) < len(names):
            raise ValueError(f"draw.tiers has names {names}; give each tier its own")
        for field in ("share", "drawn"):
            whole = sum(Fraction(str(getattr(tier, field))) for tier in self.tiers)
            if whole != 1:
                raise ValueError(f"{field} of draw.tiers adds up to {float(whole):g}; make it 1")


class ModelPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How risk is modelled and its gain reported."""

    window_days: Count
    request_days: Count
    prior_checks: Positive
    least_inspections: Count
    most_cells: Count
    held_out: Share
    resamples: Annotated[int, msgspec.Meta(ge=100, le=100_000)]
    level: Share
    points_doubling: Positive
    told: Count
    least_violations: Count
    little_association: Share
    chance: Share


class StrictnessPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an inspector's strictness is flagged as different."""

    false: Share
    least_expected: Positive
    least_inspectors: Annotated[int, msgspec.Meta(ge=3)]


class PenaltyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes two cases alike, and when different fines are flagged."""

    least_cases: Annotated[int, msgspec.Meta(ge=2)]
    lowest: Share
    exact: Annotated[int, msgspec.Meta(ge=0)]
    band: Annotated[float, msgspec.Meta(gt=1)]
    least_of_group: Count
    pairs: Count
    of_stratum: Count
    least_ratio: Annotated[float, msgspec.Meta(gt=1)]
    small_fine: Positive


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the inspection policy."""

    draw: DrawPolicy
    model: ModelPolicy
    strictness: StrictnessPolicy
    penalties: PenaltyPolicy


@cache
def load(folder: Path = Path(__file__).parent) -> Dated[Policy]:
    """Every version in a folder, by default the shipped ones. Raises PolicyError."""
    return dated.read(Policy, folder)


def on(day: dt.date) -> Policy:
    """The policy in force on a day. Raises PolicyError before the first version."""
    dated_policy = dated.on(load(), day)
    if dated_policy is None:
        first = load().at(0)[0]
        raise PolicyError(f"no policy of inspection applies on {day}; give a day since {first}")
    return dated_policy[1]


def latest() -> Policy:
    """The newest of the shipped versions."""
    return load().latest()[1]
