"""Vocabulary 口径: the nouns of published figures, what they are called, and how they relate.

Dated data that a domain brings: a folder with one file for each version.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from lianzhi.chain.policy import Dated, PolicyError, load_policy
from lianzhi.chain.published.catalogue import catalogue
from lianzhi.chain.published.units import folded
from lianzhi.law.words import Words

Kind = Literal["count", "money", "share", "mean"]


class Noun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A noun of the vocabulary."""

    key: str
    kind: Kind
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    of: str = ""
    """Of a share or a mean: part/whole."""
    stock: bool = False
    """Counted on a day: those of two periods don't add up."""

    @property
    def title(self) -> Words:
        """What it is called."""
        return Words(self.zh, self.en)


class Within(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part that lies within a whole."""

    part: str
    whole: str
    carries: bool = False
    """Matters of an earlier period may count in the part."""
    explains: tuple[str, ...] = ()
    """Keys of what may innocently explain more than the whole."""


class SumOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts that make up a whole."""

    whole: str
    parts: tuple[str, ...]


class Mean(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A total and the number of those it is of: worth a mean, printed or not."""

    total: str
    number: str


class FlowOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stock and what changes it."""

    opening: str
    received: str
    disposed: str
    closing: str


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One version of a vocabulary."""

    noun: tuple[Noun, ...]
    within: tuple[Within, ...]
    sum: tuple[SumOf, ...]
    mean: tuple[Mean, ...]
    flow: tuple[FlowOf, ...]
    suffixes: tuple[str, ...]
    share_words: tuple[str, ...]
    change_words: tuple[str, ...]
    explanations: dict[str, Words] = {}
    """What may innocently explain a difference, beside the general ones of the catalogue."""

    def __post_init__(self) -> None:
        keys = {noun.key for noun in self.noun}
        used = {name for rule in self.within for name in (rule.part, rule.whole)}
        used |= {name for rule in self.sum for name in (rule.whole, *rule.parts)}
        used |= {name for noun in self.noun for name in noun.of.split("/") if name}
        used |= {name for rule in self.mean for name in (rule.total, rule.number)}
        used |= {name for rule in self.flow for name in msgspec.structs.astuple(rule)}
        if strange := used - keys:
            raise ValueError(f"{min(strange)!r} is no noun; add a [[noun]] of this key")
        _ = self.named

    @cached_property
    def named(self) -> dict[str, Noun]:
        """Every name and alias; ValueError where two nouns share one."""
        nouns: dict[str, Noun] = {}
        for noun in self.noun:
            for name in (noun.key, noun.key.replace("_", " "), noun.zh, noun.en, *noun.aliases):
                other = nouns.setdefault(folded(name), noun)
                if other is not noun:
                    raise ValueError(f"{name!r} names {other.key} and {noun.key}; keep one")
        return nouns

    def find(self, text: str) -> Noun | None:
        """The noun that a text names, by key or as printed."""
        names, name = self.named, folded(text)
        if name in names:
            return names[name]
        for suffix in sorted(self.suffixes, key=len, reverse=True):
            if name.endswith(suffix) and (noun := names.get(name.removesuffix(suffix).strip())):
                return noun
        return None

    def is_share(self, text: str) -> bool | None:
        """Whether a percentage of this name is a share of something; None: can't tell."""
        name = folded(text)
        if any(word in name for word in self.change_words):
            return False
        return True if any(word in name for word in self.share_words) else None

    def explanation(self, key: str) -> Words | None:
        """An explanation of this vocabulary, or one of the catalogue."""
        return self.explanations.get(key) or catalogue().explains.get(key)

    def whole_of(self, part: str) -> str:
        """What a rate of this noun is usually of; empty where nothing is."""
        return next((rule.whole for rule in self.within if rule.part == part), "")


class Vocabularies:
    """The vocabularies of one or several sources, each in versions with days of effect."""

    def __init__(self, sources: Sequence[Dated[Vocabulary]]) -> None:
        self._sources = tuple(sources)
        self._joined: dict[tuple[str, ...], Vocabulary] = {}

    def on(self, day: dt.date | None) -> Vocabulary:
        """The version for a period that ends on a day, the latest without one, of all sources.

        Before the first version, the first applies. Raises ValueError where two sources give one
        name to different nouns.
        """
        versions = [s.latest() if day is None else _at(s, day) for s in self._sources]
        version = tuple(date for date, _ in versions)
        if version not in self._joined:
            self._joined[version] = _join([vocabulary for _, vocabulary in versions])
        return self._joined[version]


def load(folders: Sequence[Path]) -> Vocabularies:
    """The vocabularies in folders of dated TOML files, used together.

    Raises PolicyError naming file, field and mend.
    """
    sources = [load_policy("", Vocabulary, folder, _check_explanations) for folder in folders]
    loaded = Vocabularies(sources)
    try:
        loaded.on(None)
    except ValueError as error:
        raise PolicyError(f"{folders[-1]}: {error}") from None
    return loaded


def _at(source: Dated[Vocabulary], day: dt.date) -> tuple[str, Vocabulary]:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return source.at(int(midnight.timestamp() * 1000))


def _join(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    if len(vocabularies) == 1:
        return vocabularies[0]
    names = [name for name in Vocabulary.__struct_fields__ if name != "explanations"]
    joined: dict[str, Any] = {
        name: tuple(item for each in vocabularies for item in getattr(each, name)) for name in names
    }
    explanations = {key: words for each in vocabularies for key, words in each.explanations.items()}
    return Vocabulary(**joined, explanations=explanations)


def _check_explanations(vocabulary: Vocabulary) -> None:
    for rule in vocabulary.within:
        for key in rule.explains:
            if vocabulary.explanation(key) is None:
                raise ValueError(f"explains has {key!r}; add it to [explanations]")
