"""Frames 句式: the data on harm that shows in how things are put together rather than in any word.

我知道你住哪 is a threat and 我知道你住的小区 is none; 打死我也不去 is an idiom. What makes the
difference is who speaks of whom, what is to happen and under what condition. The files under
`wordings/` hold, by kind, wordings (`text.wording`) with weights; signs, words that add to them, of
which it takes several to say anything alone; and guards, wordings that take weight away. This
module compiles them.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from lianzhi.text import compiled, wording
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Batch, Index, as_codes
from lianzhi.text.identifiers import IDENTIFIERS
from lianzhi.text.rows import Rows
from lianzhi.text.unswept import unswept
from lianzhi.text.whole import LEARNT
from lianzhi.text.wording import Lists, Wording

#: In a text to be searched, the first character of an identifier is its mark.
MARKS = dict(zip(IDENTIFIERS, wording.MARKS, strict=False))
#: Where a guard stands, as to a hit: anywhere in its text, in its clause, just before it, over it.
PLACES = ("text", "clause", "before", "over")
#: What a model that reads a text as a whole is about.
AS_A_WHOLE = "as a whole"

Place = tuple[int, int]
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


class Lookup:
    """Finds the wordings that texts may hold: those of whose lists of words they have one each."""

    def __init__(self, wordings: Iterable[tuple[int, Wording]]) -> None:
        lists: dict[frozenset[str], int] = {}
        self._numbers: list[int] = []
        needed: list[list[int]] = []
        for number, one in wordings:
            self._numbers.append(number)
            needed.append([lists.setdefault(words, len(lists)) for words in one.needs])
        rarest = np.array([some[0] for some in needed], np.int64)
        #: By list: the wordings of which it is the rarest, and what else they need, a second list
        #: at most; their own once more where that is nothing.
        second = np.array([some[-1] for some in needed], np.int64)
        self._waiting = Rows(rarest, np.arange(len(needed)), second, count=len(lists))
        self._lists = len(lists)
        self._marks = {
            mark: [place for words, place in lists.items() if mark in words]
            for mark in MARKS.values()
        }
        # Marks are no words: what somebody types that looks like one says nothing.
        words = [[word for word in some if word not in self._marks] for some in lists]
        every = list(chain.from_iterable(words))
        once = list(dict.fromkeys(every))
        place_of = dict(zip(once, range(len(once)), strict=True))
        row = np.fromiter(map(place_of.__getitem__, every), np.int64, len(every))
        of = np.repeat(np.arange(len(words)), list(map(len, words)))
        self._lists_of = Rows(row, of, count=len(once))
        fast = compiled.part("finding")
        self.fast = fast and fast.Lookup(once, self._lists_of, self._waiting)
        if fast:
            return
        self._automaton = CharwiseDoubleArrayAhoCorasick(once)
        #: The same as plain lists, for one text at a time.
        self._starts = self._lists_of.starts.tolist()
        self._of_word = self._lists_of.columns[0].tolist()
        self._first: dict[int, list[tuple[int, frozenset[int]]]] = {}
        for number, some in zip(self._numbers, needed, strict=True):
            self._first.setdefault(some[0], []).append((number, frozenset(some)))

    def within(self, batch: Batch, marked: Mapping[int, Iterable[str]]) -> tuple[Index, Index]:
        """Which wordings texts may hold: wording and text of each pair, by wording.

        `marked` are the marks of identifiers in some of them.
        """
        if self.fast:
            lists = {text: self.of_marks(marks) for text, marks in marked.items()}
            pairs: tuple[Index, Index] = self.fast.within(*batch, lists)
            return pairs
        starts = batch.starts
        if starts.size == 2:  # one text alone is not worth the tables
            one = [number for number, _ in self.within_one(batch.text(), marked.get(0, ()))]
            return np.array(one, np.int64), np.zeros(len(one), np.int64)
        places = self._automaton.find_overlapping(batch.text())
        found = np.fromiter(chain.from_iterable(places), np.int64, 3 * len(places)).reshape(-1, 3)
        asked, of = self._lists_of.of(found[:, 2])
        has = np.zeros((self._lists, len(starts) - 1), np.bool_)
        row = np.searchsorted(starts, found[:, 0], "right") - 1
        has[self._lists_of.columns[0][of], row[asked]] = True
        for text, marks in marked.items():
            has[self.of_marks(marks), text] = True
        some, texts = np.divmod(np.flatnonzero(has), has.shape[1])
        asked, place = self._waiting.of(some)
        texts = texts[asked]
        number, second = (column[place] for column in self._waiting.columns)
        held = np.flatnonzero(has[second, texts])
        held = held[np.argsort(number[held], kind="stable")]
        return number[held], texts[held]

    def within_one(self, line: str, marks: Iterable[str] = ()) -> list[tuple[int, list[Place]]]:
        """The same for one line, and where the words of the rarest list of each stand."""
        if self.fast:
            held: list[tuple[int, list[Place]]] = self.fast.within_one(
                as_codes(line), self.of_marks(marks)
            )
            return held
        places: dict[int, list[Place]] = {}
        for start, end, value in self._automaton.find_overlapping(line):
            for some in self._of_word[self._starts[value] : self._starts[value + 1]]:
                places.setdefault(some, []).append((start, end))
        for some in self.of_marks(marks):
            places.setdefault(some, [])
        return sorted(
            (number, places[first])
            for first in places
            for number, lists in self._first.get(first, ())
            if lists <= places.keys()
        )

    def of_marks(self, marks: Iterable[str]) -> list[int]:
        """The lists that marks are in."""
        return [one for mark in marks for one in self._marks[mark]]


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
    shared = _read("shared")
    frames: list[Frame] = []
    signs: list[Sign] = []
    guards: list[Guard] = []
    senses: dict[int, str] = {}
    for number, kind in enumerate(KINDS):
        file = _read(kind)
        lists = Lists({**shared["slots"], **file.get("slots", {})}, MARKS)
        for each in file.get("frame", ()):
            group = len(frames) + len(signs)
            senses[group] = each["sense"]
            frames += (
                Frame(one, number, group, each["weight"])
                for one in map(lists.compiled, each["wordings"])
            )
        for each in file.get("sign", ()):
            some, group = wording.words(each["words"]), len(frames) + len(signs)
            senses[group] = each["sense"]
            signs.append(Sign(some, number, group, each["weight"]))
        guards += _guards(file, lists, [kind], len(guards))
    guards += _guards(shared, Lists(shared["slots"], MARKS), (), len(guards))
    whole = tuple(max(senses) + 1 + place for place in range(len(LEARNT)))
    senses |= dict.fromkeys(whole, AS_A_WHOLE)
    waking = [sign for sign in signs if sign.weight >= shared["policy"]["faint"]]
    return Frames(
        frames=tuple(frames),
        signs=tuple(signs),
        guards=tuple(guards),
        anchors=Lookup(
            enumerate([*(one.wording for one in frames), *(one.wording for one in waking)])
        ),
        signing=Lookup(enumerate(one.wording for one in signs)),
        doubt=np.array([np.log1p(-sign.weight) for sign in waking]),
        about=np.array([sign.kind for sign in waking], np.int64),
        whole=whole,
        senses=senses,
        guarding=Lookup(enumerate(one.wording for one in guards)),
        guarded=np.array([any(kind in one.kinds for one in guards) for kind in range(len(KINDS))]),
        **shared["policy"],
    )


def _read(name: str) -> dict[str, Any]:
    path = files(__package__) / "wordings" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


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
