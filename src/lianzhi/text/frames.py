"""Frames 句式: the data on harm that shows in how things are put together rather than in any word.

我知道你住哪 is a threat and 我知道你住的小区 is none; 打死我也不去 is an idiom. What makes the
difference is who speaks of whom, what is to happen and under what condition. The files under
`wordings/` hold, by kind, wordings (`text.wording`) with weights; signs, words that add to them, of
which it takes several to say anything alone; and guards, wordings that take weight away. This
module compiles them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import precompiled, wording
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Index
from lianzhi.text.lookup import MARKS, Lookup
from lianzhi.text.precompiled import Compiled
from lianzhi.text.whole import LEARNT
from lianzhi.text.wording import Lists, Wording
from lianzhi.unswept import unswept

#: Where a guard stands, as to a hit: anywhere in its text, in its clause, just before it, over it.
PLACES = ("text", "clause", "before", "over")
#: What a model that reads a text as a whole is about.
AS_A_WHOLE = "as a whole"

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
    """Words of which one, anywhere in a text, speaks a little for a kind of harm."""

    wording: Wording
    kind: int
    group: int
    weight: float


@dataclass(frozen=True, slots=True)
class Guard:
    """A wording that takes weight away from what speaks for a kind of harm."""

    wording: Wording
    group: int
    """Guards of one group take away once."""
    kinds: frozenset[int]
    keep: float
    """Share of its weight that a hit keeps."""
    place: str
    """One of `PLACES`."""
    lexicon: bool
    """It holds for what the lexicon finds, too."""


@dataclass(frozen=True, slots=True)
class Frames:
    """All that the files say."""

    frames: tuple[Frame, ...]
    signs: tuple[Sign, ...]
    guards: tuple[Guard, ...]
    anchors: Lookup
    """Of frames and, numbered after them, signs that are not faint."""
    signing: Lookup
    guarding: Lookup
    doubt: Floats
    """Of each sign that is not faint: the logarithm of what it leaves of the doubt ..."""
    about: Index
    """... and the kind that it speaks for."""
    least: float
    """Frames and signs of a kind that come to less than this, with what the lexicon found, are
    nothing."""
    alone: float
    """The same where there are signs alone ..."""
    short: int
    """... which there must not be in texts of more code points than this."""
    faint: float
    """Signs that weigh less stand in too many texts to be looked for in each ..."""
    waking: float
    """... but are where the others come to this."""
    excused: float
    """Share of its weight that a frame keeps in counter-speech."""
    heard: float
    """What a text as a whole speaks for less strongly than this, it does not speak for ..."""
    surest: float
    """... and it never does more strongly than this."""
    whole: tuple[int, ...]
    """The group of each of the models that read a text as a whole (`text.whole`)."""
    senses: dict[int, str]
    """What each group of frames, and each sign, is about, in words for people."""
    guarded: Mask
    """Of each kind, whether there are guards for it."""


@cache
@unswept()
def load() -> Frames:
    """Read the shipped frames."""
    written = files_of()
    read, before = precompiled.load(written)
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
                Frame(one, number, group, each["weight"])
                for one in map(lists[kind].compiled, each["wordings"])
            )
        for each in file.get("sign", ()):
            some, group = wording.words(each["words"]), len(frames) + len(signs)
            senses[group] = each["sense"]
            signs.append(Sign(some, number, group, each["weight"]))
        if file:
            guards += _guards(file, lists[kind], [kind], len(guards))
    guards += _guards(shared, lists["shared"], (), len(guards))
    whole = tuple(max(senses) + 1 + place for place in range(len(LEARNT)))
    senses |= dict.fromkeys(whole, AS_A_WHOLE)
    waking = [sign for sign in signs if sign.weight >= shared["policy"]["faint"]]
    return Frames(
        frames=tuple(frames),
        signs=tuple(signs),
        guards=tuple(guards),
        anchors=Lookup([*(one.wording for one in frames), *(one.wording for one in waking)]),
        signing=Lookup(one.wording for one in signs),
        doubt=np.array([np.log1p(-sign.weight) for sign in waking]),
        about=np.array([sign.kind for sign in waking], np.int64),
        whole=whole,
        senses=senses,
        guarding=Lookup(one.wording for one in guards),
        guarded=np.array([any(kind in one.kinds for one in guards) for kind in range(len(KINDS))]),
        **shared["policy"],
    )


def files_of() -> dict[str, bytes]:
    """The shipped files by name: those of kinds, and what they share."""
    paths = {name: files(__package__) / "wordings" / f"{name}.toml" for name in (*KINDS, "shared")}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def lists_of(read: Mapping[str, Mapping[str, Any]], before: Compiled) -> dict[str, Lists]:
    """The lists of words that each file may name, with what was compiled by them before."""
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
        for one in wordings:
            yield Guard(one, group, about, each["keep"], each["place"], each.get("lexicon", True))
