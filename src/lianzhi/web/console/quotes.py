"""Quotes: texts in evidence, identical texts grouped, with spans marked."""

from collections.abc import Sequence

import msgspec

from lianzhi.chain.views import EvidenceRow
from lianzhi.documents.marks import Piece, pieces

__all__ = ["Piece", "Quote", "pieces", "quotes"]


class Quote(msgspec.Struct, frozen=True):
    """One text with every row of evidence that has it."""

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
    grouped = [_quote(rows) for rows in groups.values()]
    return sorted(grouped, key=lambda q: (-len(q.rows), not q.kinds, q.rows[0].at))


def _quote(rows: list[EvidenceRow]) -> Quote:
    first = rows[0]
    return Quote(
        pieces=pieces(first.text, first.spans) if first.text else (),
        kind=first.kind,
        kinds=tuple(dict.fromkeys(kind for row in rows for kind in row.kinds)),
        rows=tuple(rows),
        accounts=len({row.actor for row in rows}),
    )
