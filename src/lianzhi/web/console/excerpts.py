"""Excerpts of stored comments on which a term was tried."""

from lianzhi.chain.finding import Span
from lianzhi.documents.marks import Piece, pieces
from lianzhi.jobs.trial import Sample

#: Characters of a comment that are shown on either side of where a term stands.
AROUND = 120


def excerpt(sample: Sample, kind: str) -> tuple[Piece, ...]:
    """What stands around the first place of the term, with every place marked."""
    begin = max(0, sample.spans[0][0] - AROUND)
    end = min(len(sample.text), sample.spans[0][1] + AROUND)
    spans = [Span(max(0, a - begin), b - begin, kind) for a, b in sample.spans if a < end]
    shown = pieces(sample.text[begin:end], spans)
    before, after = ("…" if begin else "", "…" if end < len(sample.text) else "")
    return tuple(piece for piece in (Piece(before), *shown, Piece(after)) if piece.text)
