"""Lexicon: the dated words by which titles are compared, and searches for them."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from lianzhi.chain import dated
from lianzhi.chain.policy import Dated
from lianzhi.domains.dissemination.titles.finding import Rule

SHIPPED = Path(str(files("lianzhi.domains.dissemination"))) / "policy" / "titles"
_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
_Factor = Annotated[float, msgspec.Meta(gt=0, le=1e9)]


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that change what a sentence says of its content."""

    negation: _Words
    plain: _Words
    """Words that only look as if they held a cue."""
    denied: _Words
    hedge: _Words
    plan: _Words
    done: _Words
    finished: _Words
    certain: _Words
    all: _Words
    most: _Words
    partial: _Words
    refutation: _Words
    contrast: _Words
    condition: _Words
    cause: _Words
    outcome: _Words


class NumberWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words around numbers, and units by dimension with their factors."""

    near: _Words
    over: _Words
    under: _Words
    about: _Words
    over_after: _Words
    about_after: _Words
    under_after: _Words
    units: Mapping[str, Mapping[str, _Factor]]


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How names are told: characters that head nouns, endings of names, words of one meaning."""

    heads: _Words
    agents: _Words
    """Characters that end words for those who act."""
    opposites: tuple[_Words, ...]
    """Characters of which one excludes the others."""
    suffixes: _Words
    synonyms: tuple[_Words, ...]


class WordClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Groups of words that exclude one another."""

    name: str
    rule: Rule
    groups: tuple[_Words, ...]
    person: bool = False


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words by how strong they are, the weakest first."""

    name: str
    levels: tuple[_Words, ...]


class Strong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that exaggerate or play down where the source has nothing of the kind."""

    words: _Words
    weak: _Words
    stops: _Words


class Mark(NamedTuple):
    """A word of the lexicon in a text."""

    start: int
    end: int
    value: int


class Search:
    """Looks for words in a text; of words that overlap, the longest that begins first."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        numbers = dict(words)
        self._values = list(numbers.values())
        self._automaton = CharwiseDoubleArrayAhoCorasick(
            list(numbers), match_kind=MATCH_KIND_LEFTMOST_LONGEST
        )

    def find(self, text: str) -> list[Mark]:
        """Every word found, in order, with the value it was given."""
        values = self._values
        return [Mark(a, b, values[n]) for a, b, n in self._automaton.find(text)]


class Group(NamedTuple):
    """A group of a class or a level of a ladder."""

    scale: int
    level: int
    rule: Rule
    words: tuple[str, ...]
    person: bool


class Lexicon(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What a policy file holds."""

    cues: Cues
    numbers: NumberWords
    identity: Identity
    classes: tuple[WordClass, ...]
    ladders: tuple[Ladder, ...]
    strong: Strong

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Groups of all classes and levels of all ladders; `scale` tells which belong together."""
        out = [
            Group(scale, level, each.rule, tuple(words.split()), each.person)
            for scale, each in enumerate(self.classes)
            for level, words in enumerate(each.groups)
        ]
        out += [
            Group(scale, level, "intensity", tuple(words.split()), False)
            for scale, ladder in enumerate(self.ladders, len(self.classes))
            for level, words in enumerate(ladder.levels)
        ]
        return tuple(out)


def load(own: Path | None = None) -> Dated[Lexicon]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return dated.read(Lexicon, own if own is not None and own.is_dir() else SHIPPED)
