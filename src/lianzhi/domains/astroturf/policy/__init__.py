"""Policy of the domain: typed form of the dated TOML files beside this module."""

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.astroturf.policy.looking import Count, Looking
from lianzhi.domains.astroturf.policy.ratings import RankingPolicy, RatingPolicy
from lianzhi.domains.astroturf.policy.texts import AdvertPolicy, ReviewPolicy


class Coordination(Looking, frozen=True, forbid_unknown_fields=True):
    """Groups that act together, seen while they do."""

    windows_seconds: tuple[Count, ...]
    false: Annotated[float, msgspec.Meta(gt=0, le=0.5)]


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What tells the parts that accounts of a group play; the file says what each is for."""

    least_joint: Count
    least_led: Count
    led_by_chance: Annotated[float, msgspec.Meta(gt=0, le=0.1)]
    run_share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    run_presence: Annotated[float, msgspec.Meta(gt=0, le=1)]


class Returning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which groups are remembered, and what is looked at to compare others with them."""

    outcomes: tuple[str, ...]
    """How a case of theirs has to be closed."""
    measures_stand: bool
    """Whether something that was ordered in it has to stand."""
    groups: Count
    scan_days: Annotated[float, msgspec.Meta(gt=0)]
    scan_events: Count
    new_days: Annotated[float, msgspec.Meta(gt=0)]
    ordinary: Count

    def __post_init__(self) -> None:
        if self.new_days >= self.scan_days:
            raise ValueError("new_days: give fewer than scan_days, to see who was there before")


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    coordination: Coordination
    parts: Parts
    returning: Returning
    ratings: RatingPolicy
    ranking: RankingPolicy
    reviews: ReviewPolicy
    adverts: AdvertPolicy
    types: tuple[CaseType, ...]
    """What may be done on its cases, beside those of other domains."""
    proposals: tuple[Proposal, ...] = ()
    """Measures that its rules propose: none, for being in a group is no ground by itself."""


def load(folder: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.astroturf", Policy, folder)


@cache
def newest() -> Policy:
    """The shipped version with the latest date: what is looked for in a file."""
    return load().latest()[1]
