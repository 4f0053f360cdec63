"""Spans: where in the original each finding is, and how it was written there."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import accumulate
from operator import or_
from typing import NamedTuple

from lianzhi.text.evidence.reading import Reading, RestoredReading
from lianzhi.text.fold.folding import Folded, fold_known
from lianzhi.text.grammar import frames
from lianzhi.text.lexicon.entries import ROLES, Lexicon
from lianzhi.text.lexicon.hits import Hits, shadow_hits
from lianzhi.text.model.kind_models import AS_A_WHOLE
from lianzhi.text.unveil import WAYS

#: How an entry stands in a text that is written as it is meant.
SURFACE = "surface"


class Span(NamedTuple):
    """A harmful stretch: code points [start, end) of the original text."""

    start: int
    end: int
    kind: str
    entry: str = ""
    """The entry of the lexicon, folded; empty for a frame."""
    view: str = SURFACE
    """How it is written: `surface` if as meant, else some of `unveil.WAYS`, joined by "+"."""
    form: str = ""
    """What was restored in it; empty where nothing was."""
    cost: float = 0.0
    """What writing it so costs, in nats."""
    sense: str = ""
    """What a frame is about, in words for people; empty where there is an entry."""


def localised(spans: Sequence[Span]) -> Sequence[Span]:
    """Return the spans without those over a whole text, which would hide the others where marked.

    All of them where there are no others.
    """
    return [span for span in spans if span.sense != AS_A_WHOLE] or spans


class Restoration(NamedTuple):
    """A range [start, end) of the original that was read as something else."""

    start: int
    end: int
    form: str
    view: str
    """In which of `unveil.WAYS` it is written, joined by "+"."""
    cost: float
    """What writing it so costs, in nats."""
    odds: float
    """Log-odds that it is meant."""


class Shadow(NamedTuple):
    """A stretch, as in `Span`, where an entry in shadow would stand if it were switched on."""

    start: int
    end: int
    kind: str
    term: str


class Evidence(NamedTuple):
    """Findings in one text, each list in the order of positions."""

    spans: tuple[Span, ...]
    restored: tuple[Restoration, ...]
    shadow: tuple[Shadow, ...]


_EMPTY = Evidence((), (), ())


def evidence(reading: Reading, lexicon: Lexicon) -> list[Evidence]:
    """Return the evidence of each text of a reading."""
    if not reading.matches.weight.size and reading.as_restored is None and not lexicon.shadows:
        return [_EMPTY] * len(reading.texts)
    find = _Finder(reading)
    spans = _spans_of_written(reading, lexicon, find)
    restored: dict[int, list[Restoration]] = {}
    if reading.as_restored is not None:
        restored = _restored(reading.as_restored, find)
        for text, mine in _spans_of_meant(reading.as_restored, restored, lexicon, find).items():
            spans[text] = [*mine, *_disjoint(spans[text], mine)]
    shadow = _shadow(reading, lexicon, find)
    return [
        Evidence(
            _once(spans.get(text, [])),
            tuple(restored.get(text, ())),
            tuple(sorted(shadow.get(text, ()))),
        )
        for text in range(len(reading.texts))
    ]


def _once(spans: list[Span]) -> tuple[Span, ...]:
    """Return spans in order, each once, without frames inside a longer span of their kind.

    Entries stay, and a whole text is no such longer span.
    """
    if len(spans) < 2:
        return tuple(spans)
    left, farthest = list[Span](), dict[str, tuple[int, int]]()
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end)):
        end, start = farthest.get(span.kind, (-1, 0))
        if not span.sense or (span.end, -span.start) >= (end, -start):
            left.append(span)
        if span.end > end and span.sense != AS_A_WHOLE:
            farthest[span.kind] = span.end, span.start
    return tuple(sorted(left))


class _Finder:
    """Maps places of a folded batch to the original texts; folds each text at most once."""

    def __init__(self, reading: Reading) -> None:
        self._texts: Sequence[str] = reading.texts
        self._codes, self._starts = reading.batch
        self._folded: dict[int, tuple[int, Folded]] = {}

    def __call__(self, text: int, start: int, end: int) -> tuple[int, int]:
        folded_text = self._folded.get(text)
        if folded_text is None:
            before, last = self._starts[text : text + 2].tolist()
            folded = fold_known(self._texts[text], self._codes[before + 1 : last])
            folded_text = self._folded[text] = before + 1, folded
        first, folded = folded_text
        return folded.span(start - first, end - first)


def _disjoint(spans: list[Span], others: list[Span]) -> Iterator[Span]:
    """Yield the spans that overlap none of the others of their kind."""
    for kind in {span.kind for span in spans}:
        same = sorted(other for other in others if other.kind == kind)
        starts = [other.start for other in same]
        reach = [0, *accumulate((other.end for other in same), max)]
        for candidate in spans:
            if (
                candidate.kind == kind
                and reach[bisect_left(starts, candidate.end)] <= candidate.start
            ):
                yield candidate


def _spans_of_written(
    reading: Reading, lexicon: Lexicon, find: _Finder
) -> defaultdict[int, list[Span]]:
    matches = reading.matches
    out: defaultdict[int, list[Span]] = defaultdict(list)
    if not matches.weight.size:
        return out
    hits = matches.harms.where(matches.weight >= lexicon.policy.span)
    for text, start, end, role, entry in _rows(hits):
        place = find(text, start, end)
        term, sense = _term_or_sense(lexicon, entry)
        out[text].append(Span(*place, ROLES[role], term, sense=sense))
    return out


def sense_of(group: int) -> str:
    """Return what a group of frames is about; from `Frames.groups` on: the whole text."""
    return frames.load().senses.get(group, AS_A_WHOLE)


def _term_or_sense(lexicon: Lexicon, entry: int) -> tuple[str, str]:
    """Return an entry's term, or the sense of a frame: frames are numbered after the entries."""
    frame = entry - len(lexicon.terms)
    return (lexicon.terms[entry], "") if frame < 0 else ("", sense_of(frame))


def _rows(hits: Hits) -> Iterator[tuple[int, int, int, int, int]]:
    columns = (hits.text, hits.start, hits.end, hits.role, hits.entry)
    return zip(*(column.tolist() for column in columns), strict=True)


def _restored(normal: RestoredReading, find: _Finder) -> dict[int, list[Restoration]]:
    rows = normal.restored
    out: defaultdict[int, list[Restoration]] = defaultdict(list)
    columns = (rows.text, rows.start, rows.end, rows.ways, rows.cost, rows.odds)
    for form, text, start, end, ways, cost, odds in zip(
        rows.form, *(column.tolist() for column in columns), strict=True
    ):
        place = find(text, start, end)
        out[text].append(Restoration(*place, form, view_name(ways), round(cost, 2), round(odds, 2)))
    return dict(out)


@cache
def view_name(ways: int) -> str:
    """Return the names of the ways in a mask, joined by "+"."""
    return "+".join(name for bit, name in enumerate(WAYS) if ways >> bit & 1) or SURFACE


def _spans_of_meant(
    normal: RestoredReading, restored: dict[int, list[Restoration]], lexicon: Lexicon, find: _Finder
) -> dict[int, list[Span]]:
    """Spans of restored texts, at the original's positions."""
    rewritten, rows = normal.rewritten, normal.restored
    hits = normal.matches.harms.where(normal.matches.weight >= lexicon.policy.span)
    out: dict[int, list[Span]] = {text: [] for text in restored}
    # Plain numbers: a text can have thousands of hits of a few signs each, too few for an array.
    ways_of, cost_of = rows.ways.tolist(), rows.cost.tolist()
    for text, start, end, role, entry in _rows(hits):
        whole = int(rewritten.texts[text])
        place = find(whole, int(rewritten.begin[start]), int(rewritten.end[end - 1]))
        used = sorted({row for row in rewritten.restored[start:end].tolist() if row >= 0})
        ways = reduce(or_, (ways_of[row] for row in used), 0)
        form = "".join(rows.form[row] for row in used)
        cost = round(sum(cost_of[row] for row in used), 2)
        term, sense = _term_or_sense(lexicon, entry)
        out[whole].append(Span(*place, ROLES[role], term, view_name(ways), form, cost, sense))
    return out


def _shadow(reading: Reading, lexicon: Lexicon, find: _Finder) -> dict[int, list[Shadow]]:
    out: defaultdict[int, list[Shadow]] = defaultdict(list)
    if lexicon.shadows:
        for text, start, end, role, entry in _rows(shadow_hits(reading.batch, lexicon)):
            place = find(text, start, end)
            out[text].append(Shadow(*place, ROLES[role], lexicon.terms[entry]))
    return dict(out)
