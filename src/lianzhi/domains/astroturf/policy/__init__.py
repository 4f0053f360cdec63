"""Policy of the domain: typed form of the dated TOML files beside this module."""

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.astroturf.policy.lookback import Count, LookbackPolicy
from lianzhi.domains.astroturf.policy.ratings import RankingPolicy, RatingPolicy
from lianzhi.domains.astroturf.policy.texts import AdvertPolicy, ReviewPolicy


class Coordination(LookbackPolicy, frozen=True, forbid_unknown_fields=True):
    """Detection of coordinated groups in the stream."""

    windows_seconds: tuple[Count, ...]
    false: Annotated[float, msgspec.Meta(gt=0, le=0.5)]


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for the roles of a group's members; the TOML file explains each."""

    least_joint: Count
    least_led: Count
    led_by_chance: Annotated[float, msgspec.Meta(gt=0, le=0.1)]
    run_share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    run_presence: Annotated[float, msgspec.Meta(gt=0, le=1)]


class Returning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which groups are remembered, and what is compared with them."""

    outcomes: tuple[str, ...]
    """Outcomes of closed cases whose groups are remembered."""
    measures_stand: bool
    """Whether a measure ordered in the case must be in force."""
    groups: Count
    scan_days: Annotated[float, msgspec.Meta(gt=0)]
    scan_events: Count
    new_days: Annotated[float, msgspec.Meta(gt=0)]
    ordinary: Count

    def __post_init__(self) -> None:
        if self.new_days >= self.scan_days:
            raise ValueError("new_days: give fewer than scan_days, to see who was there before")


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the domain's policy."""

    coordination: Coordination
    parts: Parts
    returning: Returning
    ratings: RatingPolicy
    ranking: RankingPolicy
    reviews: ReviewPolicy
    adverts: AdvertPolicy
    types: tuple[CaseType, ...]
    """Its case types with the measures they allow, beside those of other domains."""
    proposals: tuple[Proposal, ...] = ()
    """Measures that its rules propose: none, since group membership is no ground by itself."""


def load(folder: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.astroturf", Policy, folder)


@cache
def newest() -> Policy:
    """The shipped version with the latest date, used for files."""
    return load().latest()[1]
