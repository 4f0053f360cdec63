"""Alignment: the tokens of a text in all views, each with what was restored from it."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.text.evidence.spans import Restoration
from lianzhi.text.evidence.views import syllable_of, views


class Token(NamedTuple):
    """One token: code points [start, end) of the original, and its form in each view."""

    start: int
    end: int
    original: str
    surface: str
    syllable: str
    initial: str
    shape: str


class Block(NamedTuple):
    """Tokens that were restored together, or a single other token."""

    tokens: tuple[Token, ...]
    meaning: str = ""
    """What was restored from them; empty where they are meaning as written."""


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, in order. Any string will do."""
    return [
        Token(
            start,
            end,
            text[start:end],
            syllable_of(surface),
            syllable_of(syllable),
            initial,
            syllable_of(shape),
        )
        for surface, syllable, initial, shape, start, end in zip(*views(text), strict=True)
    ]


def align(tokens: Sequence[Token], restored: Sequence[Restoration]) -> list[Block]:
    """Group the tokens of a text by what was restored from them; both in order."""
    blocks: list[Block] = []
    at = 0
    for restoration in restored:
        first = _before(tokens, at, restoration.start)
        blocks += (Block((token,)) for token in tokens[at:first])
        at = first
        while at < len(tokens) and tokens[at].start < restoration.end:
            at += 1
        if at > first:
            blocks.append(Block(tuple(tokens[first:at]), restoration.form))
        elif blocks and blocks[-1].tokens[-1].end > restoration.start:
            # Both are written within one token.
            blocks[-1] = blocks[-1]._replace(meaning=blocks[-1].meaning + restoration.form)
    return blocks + [Block((token,)) for token in tokens[at:]]


def _before(tokens: Sequence[Token], at: int, start: int) -> int:
    """Return the first token from `at` on that does not end before `start`."""
    while at < len(tokens) and tokens[at].end <= start:
        at += 1
    return at
