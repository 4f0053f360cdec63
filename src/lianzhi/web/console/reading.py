"""Reading: how the lexicon in force reads a text, and why it flags it, for display."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

import msgspec

from lianzhi.chain import finding
from lianzhi.documents.marks import Piece, pieces, seen
from lianzhi.text import Assessment, Lexicon, Restoration, Span, assess
from lianzhi.text.evidence.alignment import Block, align, tokens
from lianzhi.text.evidence.spans import localised

#: Blocks that are drawn; a longer text goes on undrawn.
DRAWN = 300
#: Stretches that are listed, of each sort.
LISTED = 200


class Written(msgspec.Struct, frozen=True):
    """A span that is read differently from how it is written (an unveiled spelling)."""

    text: str
    form: str
    ways: tuple[str, ...]
    cost: float
    odds: float


class Match(msgspec.Struct, frozen=True):
    """A span that indicates a kind of harm, with the entries that matched."""

    text: str
    kind: str
    entries: tuple[str, ...]
    senses: tuple[str, ...] = ()
    """Senses of the wordings that matched."""
    written: tuple[Written, ...] = ()
    """Spans in it that are read differently from how they are written."""


class Cell(msgspec.Struct, frozen=True):
    """One token of a text."""

    text: str
    syllable: str
    flagged: bool


class Column(msgspec.Struct, frozen=True):
    """Tokens with one meaning."""

    cells: tuple[Cell, ...]
    meaning: str


class Reading(msgspec.Struct, frozen=True):
    """How one text is read. Control characters in strings are made visible."""

    pieces: tuple[Piece, ...]
    offence: float
    counter_speech: float
    kinds: tuple[tuple[str, float], ...]
    """With their strength, the strongest first."""
    matches: tuple[Match, ...]
    restored: tuple[Written, ...]
    """In which nothing matched."""
    shadow: tuple[Match, ...]
    columns: tuple[Column, ...]
    left: int
    """Columns that are not drawn."""
    version: str
    """Of the lexicon in force."""


def read(text: str, lexicon: Lexicon) -> Reading:
    """Read a text; accepts any string."""
    reading = assess(text, lexicon)
    blocks, marked = align(tokens(text), reading.restored), localised(reading.spans)
    marks = [finding.Span(span.start, span.end, span.kind) for span in reading.spans]
    return Reading(
        pieces=tuple(Piece(seen(piece.text), piece.kinds) for piece in pieces(text, marks)),
        offence=reading.offence,
        counter_speech=reading.counter_speech,
        kinds=tuple(sorted(reading.kinds.items(), key=lambda kind: -kind[1])),
        matches=tuple(islice(_matches(text, reading), LISTED)),
        restored=tuple(
            _written(text, span)
            for span in reading.restored[:LISTED]
            if not _touched(span.start, span.end, reading.spans)
        ),
        shadow=tuple(
            Match(seen(text[hit.start : hit.end]), hit.kind, (hit.term,))
            for hit in reading.shadow[:LISTED]
        ),
        columns=tuple(_column(block, marked) for block in blocks[:DRAWN]),
        left=max(0, len(blocks) - DRAWN),
        version=lexicon.version,
    )


def _matches(text: str, reading: Assessment) -> Iterator[Match]:
    """One match for each span and kind; spans come in order of place and kind."""
    for (start, end, kind), group in groupby(reading.spans, lambda span: span[:3]):
        spans = list(group)
        cloaked = any(span.form for span in spans)
        yield Match(
            text=seen(text[start:end]),
            kind=kind,
            entries=tuple(dict.fromkeys(span.entry for span in spans if span.entry)),
            senses=tuple(dict.fromkeys(span.sense for span in spans if span.sense)),
            written=tuple(
                _written(text, restored)
                for restored in reading.restored
                if cloaked and _touched(restored.start, restored.end, spans)
            ),
        )


def _written(text: str, hit: Restoration) -> Written:
    written = seen(text[hit.start : hit.end])
    return Written(written, hit.form, tuple(hit.view.split("+")), hit.cost, hit.odds)


def _column(block: Block, spans: Sequence[Span]) -> Column:
    cells = (
        Cell(seen(token.original), seen(token.syllable), _touched(token.start, token.end, spans))
        for token in block.tokens
    )
    return Column(tuple(cells), block.meaning)


def _touched(start: int, end: int, spans: Sequence[Span]) -> bool:
    return any(span.start < end and start < span.end for span in spans)
