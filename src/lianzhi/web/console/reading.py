"""Reading: how a text is read by the lexicon in force, and why it is flagged, as people see it."""

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
    """A stretch that is read otherwise than it is written."""

    text: str
    form: str
    ways: tuple[str, ...]
    cost: float
    odds: float


class Match(msgspec.Struct, frozen=True):
    """A stretch that speaks for a kind of harm, and by what it is known."""

    text: str
    kind: str
    entries: tuple[str, ...]
    senses: tuple[str, ...] = ()
    """Of wordings: what is known by how it is put."""
    written: tuple[Written, ...] = ()
    """What in it is read otherwise than it is written."""


class Cell(msgspec.Struct, frozen=True):
    """One token."""

    text: str
    syllable: str
    found: bool


class Column(msgspec.Struct, frozen=True):
    """Tokens under which one thing is meant."""

    cells: tuple[Cell, ...]
    meant: str


class Reading(msgspec.Struct, frozen=True):
    """How one text is read. Strings are made safe to look at."""

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
    """Read a text. Any string will do."""
    found = assess(text, lexicon)
    blocks, marked = align(tokens(text), found.restored), localised(found.spans)
    marks = [finding.Span(span.start, span.end, span.kind) for span in found.spans]
    return Reading(
        pieces=tuple(Piece(seen(one.text), one.kinds) for one in pieces(text, marks)),
        offence=found.offence,
        counter_speech=found.counter_speech,
        kinds=tuple(sorted(found.kinds.items(), key=lambda one: -one[1])),
        matches=tuple(islice(_matches(text, found), LISTED)),
        restored=tuple(
            _written(text, one)
            for one in found.restored[:LISTED]
            if not _touched(one.start, one.end, found.spans)
        ),
        shadow=tuple(
            Match(seen(text[one.start : one.end]), one.kind, (one.term,))
            for one in found.shadow[:LISTED]
        ),
        columns=tuple(_column(block, marked) for block in blocks[:DRAWN]),
        left=max(0, len(blocks) - DRAWN),
        version=lexicon.version,
    )


def _matches(text: str, found: Assessment) -> Iterator[Match]:
    """Each stretch once for a kind; spans come in order of place and kind."""
    for (start, end, kind), some in groupby(found.spans, lambda one: one[:3]):
        spans = list(some)
        cloaked = any(one.form for one in spans)
        yield Match(
            text=seen(text[start:end]),
            kind=kind,
            entries=tuple(dict.fromkeys(one.entry for one in spans if one.entry)),
            senses=tuple(dict.fromkeys(one.sense for one in spans if one.sense)),
            written=tuple(
                _written(text, one)
                for one in found.restored
                if cloaked and _touched(one.start, one.end, spans)
            ),
        )


def _written(text: str, one: Restoration) -> Written:
    written = seen(text[one.start : one.end])
    return Written(written, one.form, tuple(one.view.split("+")), one.cost, one.odds)


def _column(block: Block, spans: Sequence[Span]) -> Column:
    cells = (
        Cell(seen(one.original), seen(one.syllable), _touched(one.start, one.end, spans))
        for one in block.tokens
    )
    return Column(tuple(cells), block.meant)


def _touched(start: int, end: int, spans: Sequence[Span]) -> bool:
    return any(one.start < end and start < one.end for one in spans)
