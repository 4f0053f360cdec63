"""Frames 句式: harm that shows in how words are put together rather than in any single word.

我知道你住哪 is a threat and 我知道你住的小区 is none; 打死我也不去 is an idiom. What makes the
difference is who speaks of whom, what is to happen and on what condition. For each kind the files
under `wordings/` hold frames, wordings (`grammar/wording.py`) with weights; signs, words that add
to them, of which only several together say anything alone; and guards, wordings that take weight
away. This module loads and compiles them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Index
from lianzhi.text.grammar import wording, wording_cache
from lianzhi.text.grammar.wording import Lists, Wording
from lianzhi.text.grammar.wording_cache import Compiled
from lianzhi.text.grammar.wording_index import MARKS, WordingIndex
from lianzhi.text.lexicon.entries import KINDS
from lianzhi.unswept import unswept

#: Where a guard stands relative to a hit: in its text, in its clause, just before it, over it.
PLACES = ("text", "clause", "before", "over")

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Frame:
    """A wording that speaks for a kind of harm."""

    wording: Wording
    kind: int
    """Index into `KINDS`."""
    group: int
    """Frames of one group count once."""
    weight: float


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak a little for a kind of harm, anywhere in a text."""

    wording: Wording
    kind: int
    group: int
    weight: float


@dataclass(frozen=True, slots=True)
class Guard:
    """A wording that takes weight away from what speaks for a kind of harm."""

    wording: Wording
    group: int
    """Guards of one group take weight once."""
    kinds: frozenset[int]
    keep: float
    """Share of its weight that a hit keeps."""
    place: str
    """One of `PLACES`."""
    lexicon: bool
    """Whether it also applies to hits of the lexicon."""


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames, signs and guards, with their indexes and the policy of `wordings/shared.toml`."""

    frames: tuple[Frame, ...]
    signs: tuple[Sign, ...]
    guards: tuple[Guard, ...]
    anchors: WordingIndex
    """Index of frames and, numbered after them, of the signs that are not faint."""
    sign_index: WordingIndex
    guard_index: WordingIndex
    doubt: Floats
    """For each sign that is not faint log(1 - weight) ..."""
    about: Index
    """... and the kind that it speaks for."""
    least: float
    """Least strength of a kind's frames and signs together with the hits of the lexicon; less
    counts nothing."""
    alone: float
    """The same for signs alone ..."""
    short: int
    """... which count nothing alone in texts of more code points than this."""
    faint: float
    """Signs of less weight are in too many texts to be looked for in each ..."""
    waking: float
    """... but are looked for where the other signs come to this strength."""
    excused: float
    """Share of its weight that a frame keeps in counter-speech."""
    floor: float
    """Strength of a whole text below which it counts nothing ..."""
    ceiling: float
    """... and at which it is capped."""
    groups: int
    """One more than the highest group; from here on `model/whole_text.py` numbers its hits."""
    senses: dict[int, str]
    """What each group of frames and each sign is about, in words for people."""
    guarded: Mask
    """For each kind whether there are guards for it."""


@cache
@unswept()
def load() -> Frames:
    """Load the shipped frames."""
    written = files_of()
    read, before = wording_cache.load(written)
    lists = lists_of(read, before)
    shared = read["shared"]
    frames: list[Frame] = []
    signs: list[Sign] = []
    guards: list[Guard] = []
    senses: dict[int, str] = {}
    for number, kind in enumerate(KINDS):
        file = read.get(kind, {})
        for each in file.get("frame", ()):
            group = len(frames) + len(signs)
            senses[group] = each["sense"]
            frames += (
                Frame(wording_, number, group, each["weight"])
                for wording_ in map(lists[kind].compiled, each["wordings"])
            )
        for each in file.get("sign", ()):
            words_, group = wording.words(each["words"]), len(frames) + len(signs)
            senses[group] = each["sense"]
            signs.append(Sign(words_, number, group, each["weight"]))
        if file:
            guards += _guards(file, lists[kind], [kind], len(guards))
    guards += _guards(shared, lists["shared"], (), len(guards))
    waking = [sign for sign in signs if sign.weight >= shared["policy"]["faint"]]
    return Frames(
        frames=tuple(frames),
        signs=tuple(signs),
        guards=tuple(guards),
        anchors=WordingIndex(
            [
                *(frame.wording for frame in frames),
                *(waking_wording.wording for waking_wording in waking),
            ]
        ),
        sign_index=WordingIndex(sign.wording for sign in signs),
        doubt=np.array([np.log1p(-sign.weight) for sign in waking]),
        about=np.array([sign.kind for sign in waking], np.int64),
        groups=max(senses) + 1,
        senses=senses,
        guard_index=WordingIndex(guard.wording for guard in guards),
        guarded=np.array(
            [any(kind in guard.kinds for guard in guards) for kind in range(len(KINDS))]
        ),
        **shared["policy"],
    )


def files_of() -> dict[str, bytes]:
    """Return the shipped files by name: one for each kind, and `shared`."""
    paths = {name: files(__package__) / "wordings" / f"{name}.toml" for name in (*KINDS, "shared")}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def lists_of(read: Mapping[str, Mapping[str, Any]], before: Compiled) -> dict[str, Lists]:
    """Return the lists that the wordings of each file may use, with wordings compiled before."""
    shared = read["shared"]["slots"]
    return {
        name: Lists({**shared, **file.get("slots", {})}, MARKS, before.get(name))
        for name, file in read.items()
    }


def _guards(
    file: Mapping[str, Any], lists: Lists, kinds: Sequence[str], before: int
) -> Iterator[Guard]:
    for group, each in enumerate(file.get("guard", ()), before):
        if each["place"] not in PLACES:
            raise ValueError(f"place is {each['place']!r}; choose one of {', '.join(PLACES)}")
        about = frozenset(KINDS.index(kind) for kind in each.get("kinds", kinds))
        wordings = [*map(lists.compiled, each.get("wordings", ()))]
        if "words" in each:
            wordings.append(wording.words(each["words"]))
        for compiled in wordings:
            yield Guard(
                compiled, group, about, each["keep"], each["place"], each.get("lexicon", True)
            )
