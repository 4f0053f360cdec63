"""Folded texts without signs: what unveiling reads, and where it stood."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled
from lianzhi.text.folding import HAN, SEPARATOR, Batch, Codes, Index, fold

#: Skin tones and the selector of keycaps say nothing that could stand for a word.
_SILENT = (*range(0x1F3FB, 0x1F400), 0x20E3)
#: Brackets part words, but may stand inside one.
_BRACKETS = "()[]{}<>【】《》〈〉「」『』"


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one."""
    return any(ord(char) in block for block in HAN)


@cache
def signs() -> NDArray[np.bool_]:
    """Spaces and signs, by code point; no strokes, which are parts of characters as well."""
    with (files("lianzhi.text") / "fold.npz").open("rb") as file, np.load(file) as data:
        found = data["signs"]
    out = np.zeros(SEPARATOR + 1, bool)
    out[found] = True
    for block in HAN:
        out[block.start : block.stop] = False
    out[[*_SILENT, *map(ord, _BRACKETS + "“”‘’")]] = True
    return out


@cache
def _signs() -> NDArray[np.uint8]:
    return signs().view(np.uint8)


@cache
def clause_marks() -> NDArray[np.bool_]:
    """Marks that end or divide a clause, or quote, and line ends, by code point."""
    with (files("lianzhi.text") / "fold.npz").open("rb") as file, np.load(file) as data:
        out = signs().copy()
        out[data["inside"]] = False
    out[[ord(" "), *_SILENT, *map(ord, _BRACKETS)]] = False
    return out


class Plain(NamedTuple):
    """A batch without its signs."""

    codes: Codes
    """Code points, a separator before each text and one more at the end."""
    place: Index
    """Where each stands in the batch."""


def of(batch: Batch) -> Plain:
    """Leave the signs of a batch out."""
    if fast := compiled.part("plain"):
        return Plain(*fast.without(batch.codes, _signs()))
    place = (~signs()[batch.codes]).nonzero()[0]
    return Plain(batch.codes[place], place)


def plain(text: str) -> str:
    """One folded text without its signs."""
    skip = signs()
    return "".join(char for char in fold(text).text if not skip[ord(char)])
