"""Framing: find frames in texts, and let guards take weight from them and from the lexicon's hits.

Most texts hold no word that any frame needs, no signs to speak of and nothing that the lexicon
found; they cost one pass of an automaton. The others are searched one by one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby, islice
from math import log1p
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from lianzhi.text import frames, guarding, identifiers
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Batch, Index, as_text
from lianzhi.text.frames import Floats, Frame, Mask
from lianzhi.text.guarding import MOST, Line, Told, weighed
from lianzhi.text.lookup import MARKS
from lianzhi.text.wording import REST


class Columns(NamedTuple):
    """Many stretches of a batch."""

    text: Index
    start: Index
    end: Index
    kind: Index
    group: Index
    weight: Floats


def _columns(rows: Sequence[tuple[float, ...]]) -> Columns:
    table = np.array(rows, np.float64).reshape(-1, len(Columns._fields))
    text, start, end, kind, group = table[:, :-1].astype(np.int64).T
    return Columns(text, start, end, kind, group, table[:, -1])


_NOTHING = _columns([])


class _Lines:
    """The texts of a batch as lines: each between separators, its identifiers marked."""

    def __init__(self, batch: Batch) -> None:
        self._batch, self.bounds = batch, batch.starts.tolist()
        #: Marks of identifiers; what somebody types that looks like one is none.
        self.marks: dict[int, frozenset[str]] = {}
        self._codes = batch.codes
        for text in identifiers.may_hold(batch).tolist():
            begin, end = self.bounds[text], self.bounds[text + 1] + 1
            if found := identifiers.in_folded(as_text(batch.codes[begin:end])):
                if not self.marks:
                    self._codes = batch.codes.copy()
                for one in found:
                    self._codes[begin + one.start : begin + one.end] = ord(REST)
                    self._codes[begin + one.start] = ord(MARKS[one.kind])
                self.marks[text] = frozenset(MARKS[one.kind] for one in found)

    @cached_property
    def whole(self) -> str:
        """All of them."""
        return as_text(self._codes)

    def line(self, text: int) -> Line:
        """One line."""
        begin, end = self.bounds[text], self.bounds[text + 1] + 1
        return Line(self.whole[begin:end], self._codes[begin:end], self.marks.get(text, ()))

    def searched(self, held: Index, texts: Index, place: Index) -> dict[int, list[Told]]:
        """What frames that texts may hold, by frame, find in them from some places on."""
        told: defaultdict[int, list[Told]] = defaultdict(list)
        ends = self._batch.starts[texts + 1] + 1
        asked = zip(*map(np.ndarray.tolist, (held, texts, place, ends)), strict=True)
        for number, some in groupby(asked, itemgetter(0)):
            frame = frames.load().frames[number]
            search = frame.wording.search.search
            for _, text, first, end in some:
                if match := search(self.whole, first, end):
                    told[text] += self._told(frame, text, match.start())
        return told

    def _told(self, frame: Frame, text: int, first: int) -> Iterator[Told]:
        """What a frame finds in a text from the place on at which it first does."""
        begin, end = self.bounds[text], self.bounds[text + 1] + 1
        for match in islice(frame.wording.search.finditer(self.whole, first, end), MOST):
            start, finish = match.span()
            yield Told(start - begin, finish - begin, frame.kind, frame.group, frame.weight)


def heed(batch: Batch, found: Columns, excused: Mask) -> tuple[Floats, Columns]:
    """What the lexicon's hits weigh once guards are heeded, and what frames and signs find.

    Places are those of the batch; groups of `found` are its entries. `excused` are texts in which
    counter-speech excuses what is said.
    """
    data, lines = frames.load(), _Lines(batch)
    own, told = _own(found, lines.bounds)
    held, row, place = data.anchors.within(batch, lines.marks)
    if not held.size and not told:
        return found.weight, _NOTHING
    signs = int(held.searchsorted(len(data.frames)))
    woken: dict[int, set[int]] = {}
    if signs < held.size:
        woken = _woken(batch, held[signs:] - len(data.frames), row[signs:])
    if signs:
        for text, more in lines.searched(held[:signs], row[:signs], place[:signs]).items():
            told[text] += more
    if not told and not woken:
        return found.weight, _NOTHING
    rows, guarded, left = list[tuple[float, ...]](), list[int](), list[float]()
    for text in sorted(told.keys() | woken.keys()):
        places, begin = own[text], lines.bounds[text]
        awake = woken.get(text, set())
        mine, others = weighed(
            lines.line(text), told[text], len(places), awake, bool(excused[text])
        )
        guarded += places
        left += mine
        rows += ((text, one.start + begin, one.end + begin, *one[2:]) for one in others)
    weight = found.weight.copy()
    weight[guarded] = left
    return weight, _columns(rows)


def kept(batch: Batch) -> Floats:
    """The share of its weight that each text keeps as a whole, by kind: shape [texts, kinds]."""
    lines = _Lines(batch)
    left = [guarding.kept(lines.line(text)) for text in range(batch.starts.size - 1)]
    return np.array(left, np.float64).reshape(-1, len(KINDS))


def _own(
    found: Columns, bounds: list[int]
) -> tuple[defaultdict[int, list[int]], defaultdict[int, list[Told]]]:
    """The lexicon's hits that guards may take from, by text: their places, and what they tell."""
    own: defaultdict[int, list[int]] = defaultdict(list)
    told: defaultdict[int, list[Told]] = defaultdict(list)
    if found.kind.size:
        places = frames.load().guarded[found.kind].nonzero()[0]
        columns = (column[places].tolist() for column in found)
        for place, text, start, end, kind, entry, weight in zip(
            places.tolist(), *columns, strict=True
        ):
            begin = bounds[text]
            own[text].append(place)
            told[text].append(Told(start - begin, end - begin, kind, -1 - entry, weight))
    return own, told


def _woken(batch: Batch, signs: Index, text: Index) -> dict[int, set[int]]:
    """Kinds for which a short text's signs alone may speak, by the text's number."""
    woken: dict[int, set[int]] = {}
    data = frames.load()
    least = log1p(-data.waking)
    if np.add.reduce(data.doubt[signs]) > least:  # not even all of them together
        return woken
    short = (batch.starts[text + 1] - batch.starts[text] <= data.short + 1).nonzero()[0]
    signs, text = signs[short], text[short]
    doubt = np.bincount(text * len(KINDS) + data.about[signs], data.doubt[signs])
    for cell in (doubt <= least).nonzero()[0].tolist():
        row, kind = divmod(cell, len(KINDS))
        woken.setdefault(row, set()).add(kind)
    return woken
