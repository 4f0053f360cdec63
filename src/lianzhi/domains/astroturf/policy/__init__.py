"""Policy of the domain: typed form of the dated TOML files beside this module."""

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain.policy import CaseType, Dated, load_policy
from lianzhi.domains.astroturf.policy.looking import Count, Looking
from lianzhi.domains.astroturf.policy.ratings import RankingPolicy, RatingPolicy
from lianzhi.domains.astroturf.policy.texts import AdvertPolicy, ReviewPolicy


class Coordination(Looking, frozen=True, forbid_unknown_fields=True):
    """Groups that act together, seen while they do."""

    windows_seconds: tuple[Count, ...]
    false: Annotated[float, msgspec.Meta(gt=0, le=0.5)]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    coordination: Coordination
    ratings: RatingPolicy
    ranking: RankingPolicy
    reviews: ReviewPolicy
    adverts: AdvertPolicy
    types: tuple[CaseType, ...]
    """What may be done on its cases, beside those of other domains."""


def load(folder: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.astroturf", Policy, folder)


@cache
def newest() -> Policy:
    """The shipped version with the latest date: what is looked for in a file."""
    return load().latest()[1]
