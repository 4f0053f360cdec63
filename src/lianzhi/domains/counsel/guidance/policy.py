"""Guidance policy: fields, posts, causes, how the pool is searched, how lessons are measured."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from lianzhi.law.words import Words

_Key = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z_]{0,39}$")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key, and what people call it."""

    key: _Key
    title: Words


class SearchPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How questions are ranked; the TOML file explains the fields."""

    k1: Annotated[float, msgspec.Meta(ge=0, le=10)]
    b: Annotated[float, msgspec.Meta(ge=0, le=1)]
    question_weight: Annotated[int, msgspec.Meta(ge=1, le=20)]
    group_weight: Annotated[int, msgspec.Meta(ge=1, le=20)]
    most: Annotated[int, msgspec.Meta(ge=1, le=100)]
    ignored: tuple[_Text, ...] = ()
    synonyms: tuple[Annotated[tuple[_Text, ...], msgspec.Meta(min_length=2)], ...] = ()

    def __post_init__(self) -> None:
        _once("search.synonyms", (word for group in self.synonyms for word in group))


class EffectPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a lesson is measured; the TOML file explains the fields."""

    days: Annotated[int, msgspec.Meta(ge=1, le=3660)]
    least_days: Annotated[int, msgspec.Meta(ge=1, le=3660)]
    level: Annotated[float, msgspec.Meta(gt=0.5, lt=1)]


class GuidancePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version."""

    fields: Annotated[tuple[Named, ...], msgspec.Meta(min_length=1)]
    posts: Annotated[tuple[Named, ...], msgspec.Meta(min_length=1)]
    causes: Annotated[tuple[Named, ...], msgspec.Meta(min_length=1)]
    search: SearchPolicy
    effect: EffectPolicy

    def __post_init__(self) -> None:
        for name in ("fields", "posts", "causes"):
            _once(name, (each.key for each in getattr(self, name)))


def _once(name: str, values: Iterable[str]) -> None:
    """Raise ValueError for a value that is there twice."""
    known: set[str] = set()
    for value in values:
        if value in known:
            raise ValueError(f"{name} has {value!r} twice; keep one of them")
        known.add(value)
