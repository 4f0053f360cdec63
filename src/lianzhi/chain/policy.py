"""Policy: dated, versioned data that a lawyer can edit; code holds no thresholds.

A policy folder holds one TOML file per version, named by the day from which it applies
(`2026-11-01.toml`). The version in force at an event's time judges that event.
"""

import datetime as dt
import math
import tomllib
from bisect import bisect_right
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from lianzhi.chain.finding import Stage

T = TypeVar("T")


class PolicyError(ValueError):
    """A policy file cannot be used; the message names file, field and mend."""


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure or protection that a rule proposes when a finding reaches a stage."""

    key: str
    """What is proposed, e.g. `mute` or `protection.strangers`."""
    at: Stage
    to: str
    """`about` (the harmed person) or a role: `originator`, `inciter`, ..."""
    mode: str = "shadow"
    """A rule is born in shadow: it records what it would do."""
    hours: int = 0
    """How long it would last; 0 where it does not last."""


class CasePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When findings open, join and revisit a case."""

    opens_at: Stage
    joins_within_days: int
    """A finding about the same person within this many days joins the open case."""
    revisit_after_days: int
    evidence_kept: int
    """Most events copied into the vault as evidence of one finding."""
    proposals: tuple[Proposal, ...] = ()


class Dated(Generic[T]):
    """Versions of one policy, oldest first; `at(ms)` picks the one in force."""

    def __init__(self, versions: list[tuple[str, T]]) -> None:
        if not versions:
            raise PolicyError("no policy version found: add a file named YYYY-MM-DD.toml")
        self._versions = sorted(versions, key=lambda pair: pair[0])
        self._starts = [_start_ms(date) for date, _ in self._versions]

    def at(self, ms: int) -> tuple[str, T]:
        """Version (its date) and policy in force at event time `ms`.

        Events before the first version are judged by the first: a deployment that reads history
        has no other policy to judge it by.
        """
        return self._versions[max(bisect_right(self._starts, ms) - 1, 0)]

    def next_start(self, ms: int) -> float:
        """Event time from which another version than that at `ms` is in force; may be infinite."""
        later = max(bisect_right(self._starts, ms), 1)
        return self._starts[later] if later < len(self._starts) else math.inf

    def latest(self) -> tuple[str, T]:
        """The version with the latest date."""
        return self._versions[-1]


def _start_ms(date: str) -> int:
    day = dt.date.fromisoformat(date)
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return int(midnight.timestamp() * 1000)


def load_policy(package: str, form: type[T], override: Path | None = None) -> Dated[T]:
    """Read the versions in `package`/policy, or in a folder of the operator's own.

    Raises PolicyError naming file, field and mend.
    """
    folder: Traversable | Path = override or files(package).joinpath("policy")
    versions: list[tuple[str, T]] = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        date = entry.name.removesuffix(".toml")
        try:
            dt.date.fromisoformat(date)
            data = tomllib.loads(entry.read_text(encoding="utf-8"))
            versions.append((date, msgspec.convert(data, form)))
        except (ValueError, msgspec.ValidationError) as error:
            raise PolicyError(f"policy {entry.name}: {error}; mend it and start again") from None
    return Dated(versions)
