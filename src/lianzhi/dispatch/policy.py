"""Dispatch policy: categories, departments and time limits, as dated TOML files of a town."""

import datetime as dt
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lianzhi.chain.policy import Dated, load_policy
from lianzhi.law.words import Words

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")

Unit = Literal["clock_hours", "working_hours", "working_days"]
Datatype = Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
Recipient = Literal["holder", "squad_leader", "desk", "department_head", "supervision"]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A length of time in the unit in which a time limit is set."""

    amount: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    unit: Unit


class Priority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Time limits: to accept a request, from its receipt; to dispose of it, from its acceptance."""

    words: Words
    accept: Span
    dispose: Span


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the escalation ladder: who is told when this share of a time limit has passed."""

    share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    tells: Annotated[tuple[Recipient, ...], msgspec.Meta(min_length=1)]


class Overdue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told at intervals after the end of a time limit."""

    every: Span
    most: Annotated[int, msgspec.Meta(ge=0, le=100)]
    tells: Annotated[tuple[Recipient, ...], msgspec.Meta(min_length=1)]


class DuplicateLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How near in place and time two requests of a category may be duplicates."""

    metres: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    """Positions are kept to three decimals of a degree, about a hundred metres."""
    days: Annotated[int, msgspec.Meta(ge=1, le=365)]


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further question to the reporter: an Open311 attribute."""

    code: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
    datatype: Datatype
    required: bool
    words: Words
    values: dict[str, Words] = {}
    """Choices of a list: key -> words."""

    def __post_init__(self) -> None:
        if self.datatype.endswith("list") != bool(self.values):
            raise ValueError(
                f"attribute {self.code}: values go with a list, and every list needs some"
            )


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of request, and who deals with it."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
    code: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,40}$")]
    """Its Open311 `service_code`."""
    words: Words
    about: Words
    group: Words
    department: str
    to: Literal["squad", "department"]
    """Who acts first."""
    priority: str
    keywords: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()


class DispatchPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Categories, departments, priorities and escalation of one version.

    Raises ValueError that names the parts that contradict each other.
    """

    hours: Annotated[tuple[tuple[str, str], ...], msgspec.Meta(min_length=1)]
    """Working hours of a working day: from, to."""
    ask_after_days: Annotated[int, msgspec.Meta(ge=1, le=365)]
    reopen_within_days: Annotated[int, msgspec.Meta(ge=1, le=3650)]
    unsorted: str
    """Priority of a request until somebody has sorted it."""
    desk: Words
    priorities: dict[str, Priority]
    ladder: tuple[Rung, ...]
    overdue: Overdue
    duplicates: DuplicateLimits
    departments: dict[str, Words]
    categories: Annotated[tuple[Category, ...], msgspec.Meta(min_length=1)]

    def __post_init__(self) -> None:
        flat = [time for pair in self.hours for time in pair]
        for time in flat:
            if not _TIME.fullmatch(time):
                raise ValueError(f"hours has {time!r}; write like 08:30")
        if any(a >= b for a, b in pairwise(flat)):
            raise ValueError(f"hours are {' '.join(flat)}; write them in order, none twice")
        shares = [rung.share for rung in self.ladder]
        if shares != sorted(set(shares)):
            raise ValueError("ladder: write its shares in order, none twice")
        if self.unsorted not in self.priorities:
            raise ValueError(f"unsorted is {self.unsorted!r}; choose one of the priorities")
        _refuse_repeats("key", (category.key for category in self.categories))
        _refuse_repeats("code", (category.code for category in self.categories))
        for category in self.categories:
            codes = (attribute.code for attribute in category.attributes)
            _refuse_repeats(f"attribute of {category.key}", codes)
            for field, known in (("department", self.departments), ("priority", self.priorities)):
                value = getattr(category, field)
                if value not in known:
                    raise ValueError(
                        f"category {category.key}: {field} is {value!r}; choose one of "
                        f"{', '.join(known)}, or add it"
                    )

    def category(self, key: str) -> Category | None:
        """The category of a key or an Open311 service code, if there is one."""
        return next((each for each in self.categories if key in (each.key, each.code)), None)

    def suggest(self, text: str) -> tuple[Category, ...]:
        """Categories with keywords in a text, those with most first: a hint for who sorts it."""
        folded = text.casefold()
        hits = [
            (sum(word.casefold() in folded for word in category.keywords), category)
            for category in self.categories
        ]
        hits.sort(key=lambda hit: -hit[0])
        return tuple(category for count, category in hits if count)

    @property
    def working_minutes(self) -> tuple[tuple[int, int], ...]:
        """Working hours as minutes after midnight: from, to."""
        return tuple((_minutes(begin), _minutes(end)) for begin, end in self.hours)


def _refuse_repeats(name: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{name} {value!r} stands twice; give each its own")
        seen.add(value)


def _minutes(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def load(folder: Path) -> Dated[DispatchPolicy]:
    """The versions in a folder, each in a file named by its first day. Raises PolicyError."""
    return load_policy("", DispatchPolicy, folder)


def in_force(dated: Dated[DispatchPolicy], day: dt.date) -> tuple[str, DispatchPolicy]:
    """Version and policy in force on a day of China; the first also before its first day."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return dated.at(int(midnight.timestamp() * 1000))
