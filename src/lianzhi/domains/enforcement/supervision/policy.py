"""Policy of supervision: thresholds and texts of the monitors, as dated data."""

import datetime as dt
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import Dated
from lianzhi.domains.enforcement.supervision.alert import Alert, Figures, Noun, Severity
from lianzhi.law.words import Words

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "supervision"
Count = Annotated[int, msgspec.Meta(ge=1)]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class Burst(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When files with the same days count as a batch."""

    least: Annotated[int, msgspec.Meta(ge=2)]
    chance: Share


class OnTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a cluster of times at the due time is reported."""

    window_minutes: Count
    least: Count
    least_share: Share


class Undispatched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a grid is reported whose requests are not dispatched."""

    least: Count
    days: Count
    most_share: Share


class Draws(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an enterprise is reported that is never drawn."""

    least: Count
    most_avoided: Share


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question of a monitor, with its legal basis."""

    noun: Noun
    severity: Severity
    basis: str
    article: Words
    title: Words
    says: Words


class Supervision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the policy."""

    fresh_minutes: Annotated[int, msgspec.Meta(ge=0)]
    false: Share
    burst: Burst
    on_time: OnTime
    undispatched: Undispatched
    draw: Draws
    monitors: dict[str, Question]

    def question(self, alert: Alert, language: str) -> str:
        """The alert's question in a language, with its figures filled in."""
        return fill(self.monitors[alert.says].says.say(language), alert.figures)


def fill(words: str, figures: Figures) -> str:
    """A text with figures in its placeholders; numbers from a thousand on get commas."""
    return words.format_map({name: _written(value) for name, value in figures.items()})


def _written(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"
    return str(value)


@cache
def load(folder: Path = _SHIPPED) -> Dated[Supervision]:
    """Every version in a folder, by default the shipped ones. Raises PolicyError."""
    return dated.read(Supervision, folder)


def on(day: dt.date, folder: Path | None = None) -> Supervision:
    """The version of a day, or the first for an earlier day: thresholds are no law."""
    versions = load(folder or _SHIPPED)
    dated_policy = dated.on(versions, day)
    return dated_policy[1] if dated_policy is not None else next(dated.versions(versions))[1]
