"""Policy of the domain: typed form of the dated TOML files beside this module."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.biosecurity.rules.firsts import Scope, Terms

_Count = Annotated[int, msgspec.Meta(ge=1)]


class FirstPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an earliest record is a first, and which firsts open cases."""

    earliest: dt.date
    look_back_days: _Count
    covered_share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    case_scopes: tuple[Scope, ...]
    case_days: _Count
    """Firsts confirmed longer ago open no case."""

    @property
    def terms(self) -> Terms:
        """What the pure fold needs of it."""
        return Terms(self.earliest, self.look_back_days, self.covered_share)


class AlarmPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the weekly counts of a taxon in a channel are watched."""

    method: Literal["c1", "c2", "c3"]
    alpha: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    min_sigma: Annotated[float, msgspec.Meta(ge=0)]
    seasonal_years: Annotated[int, msgspec.Meta(ge=2, le=20)]
    """A week with so many years of records before it is judged against the same season of these."""
    least: _Count
    """Interceptions of a week below which nothing is an alarm."""
    case_weeks: _Count
    """Alarms of older weeks open no case."""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds."""

    firsts: FirstPolicy
    alarms: AlarmPolicy
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.biosecurity", Policy, own)
