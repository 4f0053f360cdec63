"""Splits a text at marked spans, and makes invisible characters visible."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from lianzhi.chain.finding import Span

#: Unicode categories of characters that are invisible or change how others are displayed.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_KEPT = "\n\u200d"  # zero-width joiner of emoji


class Piece(msgspec.Struct, frozen=True):
    """A part of a text; `kinds` are the harms for which it is marked, empty for plain text."""

    text: str
    kinds: tuple[str, ...] = ()


def pieces(text: str, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The text split at marks; overlapping marks give pieces of several kinds.

    Joined, the pieces are the text. Spans beyond the text are ignored.
    """
    changes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for span in spans:
        start, end = (min(max(0, place), len(text)) for place in (span.start, span.end))
        if start < end:
            changes[start][span.kind] += 1
            changes[end][span.kind] -= 1
    pieces: list[Piece] = []
    marked: Counter[str] = Counter()
    for start, end in pairwise(sorted({0, len(text)} | changes.keys())):
        marked.update(changes.get(start, {}))
        kinds = tuple(sorted(+marked))
        if pieces and pieces[-1].kinds == kinds:
            pieces[-1] = Piece(pieces[-1].text + text[start:end], kinds)
        else:
            pieces.append(Piece(text[start:end], kinds))
    return tuple(pieces)


def seen(text: str) -> str:
    """The text with invisible characters and controls written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(point(c) if _unseen(c) else c for c in text.replace("\r\n", "\n"))


def point(char: str, name: bool = False) -> str:
    """A character as its code point, with its name on request."""
    known = unicodedata.name(char, "").lower() if name else ""
    return f"⟨U+{ord(char):04X}{' ' if known else ''}{known}⟩"


def _unseen(char: str) -> bool:
    return char not in _KEPT and unicodedata.category(char) in _UNSEEN
