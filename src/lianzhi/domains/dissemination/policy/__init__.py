"""Policy of the domain: typed form of the dated TOML files beside this module."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy

_Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
_Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class Flag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lead where a column of the push log holds a value; an empty cell leads to none."""

    key: str
    field: str
    value: bool
    item: Annotated[int, msgspec.Meta(ge=1, le=9)]
    """Item of article 5 in the summary that the policy rests on."""
    of: Literal["all", "news", "ad"] = "all"


class PushPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules of pushes."""

    basis: str
    """What it rests on, and whether that was read in the statute."""
    old_hours: _Count
    """News that is older when it is pushed is old."""
    repeats: _Count
    """A title that one app pushes so often within `repeat_days` is a re-push."""
    repeat_days: _Count
    close_seconds: _Count
    """Longer than this, closing is hindered."""
    grave: tuple[str, ...]
    """Categories of malign cases and disasters."""
    grave_share: _Share
    """Share of grave news in an app's day, above which the interval has to lie."""
    one_share: _Share
    """The same of any category."""
    alpha: _Share
    """Level of the test that ordinary users and members are treated alike."""
    flags: tuple[Flag, ...]


class SourcePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules of sources and licences."""

    basis: str
    first_hand: tuple[str, ...]
    """Words by which news tells that it was gathered first-hand."""


class TitlePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the detector of titles flagged among faithful, reworded titles that it never saw."""

    faithful: _Count
    flagged: _Count


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds."""

    push: PushPolicy
    source: SourcePolicy
    titles: TitlePolicy
    case_rules: dict[str, str]
    """Kind of the case that a rule opens; all other rules are counted only."""
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.dissemination", Policy, own)
