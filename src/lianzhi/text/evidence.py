"""Evidence: where in the original what was found stands, and how it was written there."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from lianzhi.text import frames
from lianzhi.text.entries import ROLES, Lexicon
from lianzhi.text.folding import Folded, traced
from lianzhi.text.hits import Hits
from lianzhi.text.matching import shadowed
from lianzhi.text.reading import Meant, Reading
from lianzhi.text.unveil import WAYS

#: How an entry stands in a text that is written as it is meant.
SURFACE = "surface"


class Span(NamedTuple):
    """A harmful stretch: code points [start, end) of the original text."""

    start: int
    end: int
    kind: str
    entry: str = ""
    """The entry of the lexicon, folded; empty for what is known by how it is put."""
    view: str = SURFACE
    """How it is written: `surface` as it is, else some of `unveil.WAYS`, joined by "+"."""
    form: str = ""
    """What was restored in it; empty where nothing was."""
    cost: float = 0.0
    """What writing it so costs, in nats."""
    sense: str = ""
    """What is known by how it is put, in words for people; empty where there is an entry."""


def pointing(spans: Sequence[Span]) -> Sequence[Span]:
    """Those spans that point at something: a text as a whole lies everywhere, and where it is
    marked nothing else can be told from it. All of them where none points."""
    return [span for span in spans if span.sense != frames.AS_A_WHOLE] or spans


class Restoration(NamedTuple):
    """A stretch [start, end) of the original that is taken to be meant otherwise."""

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
    """A stretch, as in `Span`, at which an entry in shadow would stand."""

    start: int
    end: int
    kind: str
    term: str


class Evidence(NamedTuple):
    """What was found in one text, in order."""

    spans: tuple[Span, ...]
    restored: tuple[Restoration, ...]
    shadow: tuple[Shadow, ...]


_NOTHING = Evidence((), (), ())


def evidence(reading: Reading, lexicon: Lexicon) -> list[Evidence]:
    """The evidence of each text of a reading."""
    if not reading.found.weight.size and reading.meant is None and not lexicon.shadows:
        return [_NOTHING] * len(reading.texts)
    find = _Finder(reading)
    spans = _written(reading, lexicon, find)
    restored: dict[int, list[Restoration]] = {}
    if reading.meant is not None:
        restored = _restored(reading.meant, find)
        for text, mine in _meant(reading.meant, restored, lexicon, find).items():
            spans[text] = [*mine, *_apart(spans[text], mine)]
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
    """Spans in order, each once, without wordings inside a longer stretch of their kind: they say
    nothing that it does not. Entries stay, and a text as a whole is no such stretch."""
    if len(spans) < 2:
        return tuple(spans)
    left, farthest = list[Span](), dict[str, tuple[int, int]]()
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end)):
        end, start = farthest.get(span.kind, (-1, 0))
        if not span.sense or (span.end, -span.start) >= (end, -start):
            left.append(span)
        if span.end > end and span.sense != frames.AS_A_WHOLE:
            farthest[span.kind] = span.end, span.start
    return tuple(sorted(left))


class _Finder:
    """Finds places of a folded batch in the original texts, tracing each at most once."""

    def __init__(self, reading: Reading) -> None:
        self._texts: Sequence[str] = reading.texts
        self._codes, self._starts = reading.batch
        self._traced: dict[int, tuple[int, Folded]] = {}

    def __call__(self, text: int, start: int, end: int) -> tuple[int, int]:
        found = self._traced.get(text)
        if found is None:
            before, last = self._starts[text : text + 2].tolist()
            folded = traced(self._texts[text], self._codes[before + 1 : last])
            found = self._traced[text] = before + 1, folded
        first, folded = found
        return folded.span(start - first, end - first)


def _apart(spans: list[Span], others: list[Span]) -> Iterator[Span]:
    """Those spans that touch none of the others of their kind."""
    for kind in {span.kind for span in spans}:
        same = sorted(other for other in others if other.kind == kind)
        starts = [other.start for other in same]
        reach = [0, *accumulate((other.end for other in same), max)]
        for one in spans:
            if one.kind == kind and reach[bisect_left(starts, one.end)] <= one.start:
                yield one


def _written(reading: Reading, lexicon: Lexicon, find: _Finder) -> defaultdict[int, list[Span]]:
    found = reading.found
    out: defaultdict[int, list[Span]] = defaultdict(list)
    if not found.weight.size:
        return out
    hits = found.harms.where(found.weight >= lexicon.policy.span)
    for text, start, end, role, entry in _rows(hits):
        place = find(text, start, end)
        term, sense = _known(lexicon, entry)
        out[text].append(Span(*place, ROLES[role], term, sense=sense))
    return out


def _known(lexicon: Lexicon, entry: int) -> tuple[str, str]:
    """An entry's term, or the sense of a frame: frames come after the entries."""
    frame = entry - len(lexicon.terms)
    return (lexicon.terms[entry], "") if frame < 0 else ("", frames.load().senses[frame])


def _rows(hits: Hits) -> Iterator[tuple[int, int, int, int, int]]:
    columns = (hits.text, hits.start, hits.end, hits.role, hits.entry)
    return zip(*(column.tolist() for column in columns), strict=True)


def _restored(meant: Meant, find: _Finder) -> dict[int, list[Restoration]]:
    rows = meant.restored
    out: defaultdict[int, list[Restoration]] = defaultdict(list)
    columns = (rows.text, rows.start, rows.end, rows.ways, rows.cost, rows.odds)
    for form, text, start, end, ways, cost, odds in zip(
        rows.form, *(column.tolist() for column in columns), strict=True
    ):
        place = find(text, start, end)
        out[text].append(Restoration(*place, form, view(ways), round(cost, 2), round(odds, 2)))
    return dict(out)


def view(ways: int) -> str:
    """The names of ways in a mask."""
    return "+".join(name for bit, name in enumerate(WAYS) if ways >> bit & 1) or SURFACE


def _meant(
    meant: Meant, restored: dict[int, list[Restoration]], lexicon: Lexicon, find: _Finder
) -> dict[int, list[Span]]:
    """Spans of texts as they are meant, at what is written there."""
    rewritten, rows = meant.rewritten, meant.restored
    hits = meant.found.harms.where(meant.found.weight >= lexicon.policy.span)
    out: dict[int, list[Span]] = {text: [] for text in restored}
    for text, start, end, role, entry in _rows(hits):
        whole = int(rewritten.texts[text])
        place = find(whole, int(rewritten.begin[start]), int(rewritten.end[end - 1]))
        used = np.unique(rewritten.restored[start:end])
        used = used[used >= 0]
        ways = int(np.bitwise_or.reduce(rows.ways[used], initial=0))
        form = "".join(rows.form[row] for row in used.tolist())
        cost = round(float(rows.cost[used].sum()), 2)
        term, sense = _known(lexicon, entry)
        out[whole].append(Span(*place, ROLES[role], term, view(ways), form, cost, sense))
    return out


def _shadow(reading: Reading, lexicon: Lexicon, find: _Finder) -> dict[int, list[Shadow]]:
    """The same for entries in shadow, if there are any."""
    out: defaultdict[int, list[Shadow]] = defaultdict(list)
    if lexicon.shadows:
        for text, start, end, role, entry in _rows(shadowed(reading.batch, lexicon)):
            place = find(text, start, end)
            out[text].append(Shadow(*place, ROLES[role], lexicon.terms[entry]))
    return dict(out)
