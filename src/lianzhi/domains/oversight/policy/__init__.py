"""Policy of the domain: typed form of the dated TOML files beside this module."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.oversight.nouns.instruction import Kind
from lianzhi.domains.oversight.nouns.recheck import METHODS, Method
from lianzhi.law.words import Words

_Days = Annotated[int, msgspec.Meta(ge=1, le=365)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=0.5)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of the days that an instruction gives to reply."""

    least_days: _Days
    most_days: _Days

    def __post_init__(self) -> None:
        if self.least_days > self.most_days:
            raise ValueError(f"least_days is {self.least_days}; give at most {self.most_days}")


class RecheckPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a re-check passes; see `rules.verdict`."""

    level: Annotated[float, msgspec.Meta(gt=0.5, lt=1)]
    tolerance: _Share
    """The largest that an instruction may set."""
    least_probes: Annotated[int, msgspec.Meta(ge=1, le=100)]


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A duty of platforms, and the provision from which it comes."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z_]{2,40}$")]
    text: Words
    basis: Words
    verified: bool
    """Whether the provision was read in its text."""
    order: str = ""
    """Legal basis on which an order to rectify rests; empty: none was read in its text, so a letter
    or a talk is all there is."""
    methods: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)]
    """By which re-checks it is shown to be met: each of them."""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds."""

    letter: Limits
    talk: Limits
    order: Limits
    recheck: RecheckPolicy
    duties: Annotated[tuple[Duty, ...], msgspec.Meta(min_length=1, max_length=100)]
    types: tuple[CaseType, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    def __post_init__(self) -> None:
        keys = [duty.key for duty in self.duties]
        if len(set(keys)) < len(keys):
            raise ValueError("duties: a key occurs twice; give each its own")

    def limits(self, kind: Kind) -> Limits:
        """The bounds for a kind of instruction."""
        limits: Limits = getattr(self, kind)
        return limits

    def duty(self, key: str) -> Duty | None:
        """The duty of a key."""
        return next((duty for duty in self.duties if duty.key == key), None)

    def methods(self, duties: Iterable[str]) -> tuple[Method, ...]:
        """The methods of re-check that these duties need together."""
        wanted = {method for key in duties if (duty := self.duty(key)) for method in duty.methods}
        return tuple(method for method in METHODS if method in wanted)


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.oversight", Policy, own)
