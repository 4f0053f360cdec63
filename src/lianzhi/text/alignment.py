"""Alignment: a text's tokens in all views, with what was restored under where it stands."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.text.evidence import Restoration
from lianzhi.text.views import syllable_of, views


class Token(NamedTuple):
    """One token: code points [start, end) of the original, and what each view has for them."""

    start: int
    end: int
    original: str
    surface: str
    syllable: str
    initial: str
    shape: str


class Block(NamedTuple):
    """Tokens that stand together, since they are meant together; most stand alone."""

    tokens: tuple[Token, ...]
    meant: str = ""
    """What was restored from them; empty where they are meant as they are written."""


def tokens(text: str) -> list[Token]:
    """The tokens of a text, in order. Any string will do."""
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
    """Put what was restored in a text, in order, to its tokens; each token comes once."""
    blocks: list[Block] = []
    at = 0
    for one in restored:
        first = _before(tokens, at, one.start)
        blocks += (Block((token,)) for token in tokens[at:first])
        at = first
        while at < len(tokens) and tokens[at].start < one.end:
            at += 1
        if at > first:
            blocks.append(Block(tuple(tokens[first:at]), one.form))
        elif blocks and blocks[-1].tokens[-1].end > one.start:
            # Both are written within one token.
            blocks[-1] = blocks[-1]._replace(meant=blocks[-1].meant + one.form)
    return blocks + [Block((token,)) for token in tokens[at:]]


def _before(tokens: Sequence[Token], at: int, start: int) -> int:
    """The first token from `at` on that does not end before `start`."""
    while at < len(tokens) and tokens[at].end <= start:
        at += 1
    return at
