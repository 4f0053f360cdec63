"""Frame search: frames in the texts of a batch, and guards that take weight from all hits.

Most texts hold none of the words that frames need, few signs and no hit of the lexicon; they cost
one pass of an automaton. The others are searched one by one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby, islice
from math import log1p
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from lianzhi.text.arrays.batch import IN_FULL, Batch, Index, as_text
from lianzhi.text.grammar import frames, guards, identifiers
from lianzhi.text.grammar.frames import Floats, Frame, Mask
from lianzhi.text.grammar.guards import MOST, Claim, Line, weigh_line
from lianzhi.text.grammar.wording import REST
from lianzhi.text.grammar.wording_index import MARKS
from lianzhi.text.lexicon.entries import KINDS


class FrameHits(NamedTuple):
    """Stretches of a batch that speak for kinds of harm, one row each."""

    text: Index
    start: Index
    end: Index
    kind: Index
    group: Index
    weight: Floats


def _columns(rows: Sequence[tuple[float, ...]]) -> FrameHits:
    table = np.array(rows, np.float64).reshape(-1, len(FrameHits._fields))
    text, start, end, kind, group = table[:, :-1].astype(np.int64).T
    return FrameHits(text, start, end, kind, group, table[:, -1])


_NO_HITS = _columns([])


class _Lines:
    """The texts of a batch as lines: each between separators, with its identifiers marked."""

    def __init__(self, batch: Batch) -> None:
        self._batch, self.bounds = batch, batch.starts.tolist()
        #: Marks of identifiers by text; a typed character that equals a mark is not among them.
        self.marks: dict[int, frozenset[str]] = {}
        self._codes = batch.codes
        for text in identifiers.may_hold(batch).tolist():
            begin, end = self.bounds[text], self.bounds[text + 1] + 1
            if identifiers_ := identifiers.in_folded(as_text(batch.codes[begin:end])):
                if not self.marks:
                    self._codes = batch.codes.copy()
                for identifier in identifiers_:
                    self._codes[begin + identifier.start : begin + identifier.end] = ord(REST)
                    self._codes[begin + identifier.start] = ord(MARKS[identifier.kind])
                self.marks[text] = frozenset(MARKS[identifier.kind] for identifier in identifiers_)

    @cached_property
    def whole(self) -> str:
        """All lines as one string."""
        return as_text(self._codes)

    def line(self, text: int) -> Line:
        """Return the line of a text."""
        begin, end = self.bounds[text], self.bounds[text + 1] + 1
        return Line(self.whole[begin:end], self._codes[begin:end], self.marks.get(text, ()))

    def _end(self, text: int) -> int:
        """Return where a text ends, or is no longer searched."""
        begin, end = self.bounds[text : text + 2]
        return int(min(end + 1, begin + IN_FULL + 1))

    def searched(self, candidates_: Index, texts: Index, place: Index) -> dict[int, list[Claim]]:
        """Return the claims of frames by text.

        `candidates_` are frames that `texts` may hold, sorted, each from a `place` on.
        """
        claims: defaultdict[int, list[Claim]] = defaultdict(list)
        candidates = zip(*map(np.ndarray.tolist, (candidates_, texts, place)), strict=True)
        for number, group in groupby(candidates, itemgetter(0)):
            frame = frames.load().frames[number]
            search = frame.wording.search.search
            for _, text, first in group:
                if match := search(self.whole, first, self._end(text)):
                    claims[text] += self._claims(frame, text, match.start())
        return claims

    def _claims(self, frame: Frame, text: int, first: int) -> Iterator[Claim]:
        """Yield the claims of a frame in a text, from the place of its first match on."""
        begin, end = self.bounds[text], self._end(text)
        for match in islice(frame.wording.search.finditer(self.whole, first, end), MOST):
            start, finish = match.span()
            yield Claim(start - begin, finish - begin, frame.kind, frame.group, frame.weight)


def apply_frames(batch: Batch, frame_hits: FrameHits, excused: Mask) -> tuple[Floats, FrameHits]:
    """Return the weights of the lexicon's hits after guards, and what frames and signs find.

    Places are those of the batch; the groups of `frame_hits` are the entries. `excused` are the
    texts in which counter-speech excuses what is said.
    """
    data, lines = frames.load(), _Lines(batch)
    own, claims = _lexicon_claims(frame_hits, lines.bounds)
    lists_, row, place = data.anchors.candidates(batch, lines.marks)
    if not lists_.size and not claims:
        return frame_hits.weight, _NO_HITS
    signs = int(lists_.searchsorted(len(data.frames)))
    woken: dict[int, set[int]] = {}
    if signs < lists_.size:
        woken = _woken(batch, lists_[signs:] - len(data.frames), row[signs:])
    if signs:
        for text, more in lines.searched(lists_[:signs], row[:signs], place[:signs]).items():
            claims[text] += more
    if not claims and not woken:
        return frame_hits.weight, _NO_HITS
    rows, guarded, left = list[tuple[float, ...]](), list[int](), list[float]()
    for text in sorted(claims.keys() | woken.keys()):
        places, begin = own[text], lines.bounds[text]
        awake = woken.get(text, set())
        mine, others = weigh_line(
            lines.line(text), claims[text], len(places), awake, bool(excused[text])
        )
        guarded += places
        left += mine
        rows += ((text, other.start + begin, other.end + begin, *other[2:]) for other in others)
    weight = frame_hits.weight.copy()
    weight[guarded] = left
    return weight, _columns(rows)


def guard_shares(batch: Batch) -> Floats:
    """Return the share of its weight that guards leave each whole text: shape [texts, kinds]."""
    lines = _Lines(batch)
    left = [guards.line_shares(lines.line(text)) for text in range(batch.starts.size - 1)]
    return np.array(left, np.float64).reshape(-1, len(KINDS))


def _lexicon_claims(
    frame_hits: FrameHits, bounds: list[int]
) -> tuple[defaultdict[int, list[int]], defaultdict[int, list[Claim]]]:
    """Return the lexicon's hits that guards may take weight from, by text: places and claims."""
    own: defaultdict[int, list[int]] = defaultdict(list)
    claims: defaultdict[int, list[Claim]] = defaultdict(list)
    if frame_hits.kind.size:
        places = frames.load().guarded[frame_hits.kind].nonzero()[0]
        columns = (column[places].tolist() for column in frame_hits)
        for place, text, start, end, kind, entry, weight in zip(
            places.tolist(), *columns, strict=True
        ):
            begin = bounds[text]
            own[text].append(place)
            claims[text].append(Claim(start - begin, end - begin, kind, -1 - entry, weight))
    return own, claims


def _woken(batch: Batch, signs: Index, text: Index) -> dict[int, set[int]]:
    """Return by text the kinds for which signs alone may speak: in short texts with many signs."""
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
