"""Quotes: the evidence of a case as people read it, identical texts once, with spans marked."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lianzhi.chain.finding import Span
from lianzhi.store.views_forms import EvidenceRow


class Piece(msgspec.Struct, frozen=True):
    """A stretch of a text; `kinds` are the harms for which it is marked, none for plain text."""

    text: str
    kinds: tuple[str, ...] = ()


class Quote(msgspec.Struct, frozen=True):
    """One text and everyone who said it."""

    pieces: tuple[Piece, ...]
    """Empty where nothing was said or nothing is left of it."""
    kind: str | None
    """Event kind; None where the copy has been erased."""
    kinds: tuple[str, ...]
    """Harms found in it."""
    rows: tuple[EvidenceRow, ...]
    """Who said it and when, oldest first."""
    accounts: int


def quotes(evidence: Sequence[EvidenceRow]) -> list[Quote]:
    """Evidence grouped by identical text: the most repeated first, then harmful, then early."""
    groups: dict[tuple[str | None, str | None], list[EvidenceRow]] = {}
    for row in evidence:
        key = (None, row.text.strip()) if row.text else (row.kind, None)
        groups.setdefault(key, []).append(row)
    told = [_quote(rows) for rows in groups.values()]
    return sorted(told, key=lambda q: (-len(q.rows), not q.kinds, q.rows[0].at))


def _quote(rows: list[EvidenceRow]) -> Quote:
    first = rows[0]
    return Quote(
        pieces=pieces(first.text, first.spans) if first.text else (),
        kind=first.kind,
        kinds=tuple(dict.fromkeys(kind for row in rows for kind in row.kinds)),
        rows=tuple(rows),
        accounts=len({row.actor for row in rows}),
    )


def pieces(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The text cut where marks begin and end; overlapping marks give pieces of several kinds.

    Joined, the pieces are the text. What a span claims beyond the text is ignored.
    """
    edges = {0, len(text)}
    for span in spans:
        edges |= {min(max(0, span.start), len(text)), min(max(0, span.end), len(text))}
    cuts = sorted(edges)
    found: list[Piece] = []
    for start, end in pairwise(cuts):
        kinds = tuple(sorted({s.kind for s in spans if s.start <= start and end <= s.end}))
        if found and found[-1].kinds == kinds:
            found[-1] = Piece(found[-1].text + text[start:end], kinds)
        else:
            found.append(Piece(text[start:end], kinds))
    return tuple(found)
