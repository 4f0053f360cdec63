"""Folding: bring the spellings of one text to one form, and find the way back to the original.

Width, case, compatibility and traditional forms, combining marks, zero-width characters, bidi
controls and variation selectors go. This equals NFKC, lower case and OpenCC `t2s` by character with
marks then removed. Each code point folds by itself to none, one or several, so a table does it, in
linear time, for a whole batch at once. What could not stand in UTF-8 (lone surrogates) and
non-characters become U+FFFD; line ends of any kind become a newline, other spaces a space.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]

#: Stands between the texts of a batch. No folded text holds it.
SEPARATOR = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets[i]` is the code point of the original whence its i-th one came.

    `offsets` has one entry more than `text`: the length of the original.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's [start, end) behind the folded, non-empty [start, end).

        >>> fold("傻\\u200b逼").span(0, 2)
        (0, 3)
        """
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


class Batch(NamedTuple):
    """Folded texts side by side, each after a separator, and one separator more at the end."""

    codes: Codes
    starts: Index
    """Where the separators stand: one before each text, and the last one."""

    def text(self) -> str:
        """Return the whole batch as one string."""
        return self.codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")

    def select(self, texts: Index) -> "Batch":
        """Return some of the texts, by their numbers in this batch, as a batch of their own."""
        size = np.diff(self.starts)[texts]
        starts = np.concatenate(([0], np.cumsum(size)))
        place = np.arange(starts[-1]) + np.repeat(self.starts[texts] - starts[:-1], size)
        codes = np.append(self.codes[place], self.codes[-1:])
        return Batch(codes, starts)


class _Table(NamedTuple):
    width: NDArray[np.uint8]
    """How many code points each folds to."""
    first: Codes
    """The first of them."""
    several: dict[int, Codes]
    """All of them, where there are two or more."""


@cache
def _table() -> _Table:
    with (files(__package__) / "fold.npz").open("rb") as file, np.load(file) as data:
        code, widths, folded = data["code"], data["width"], data["folded"]
    ends = np.cumsum(widths, dtype=np.int64)
    width = np.ones(SEPARATOR + 1, np.uint8)
    first = np.arange(SEPARATOR + 1, dtype=np.uint32)
    width[code] = widths
    first[code] = folded[np.minimum(ends - widths, folded.size - 1)]
    several = {
        int(code[i]): folded[ends[i] - widths[i] : ends[i]] for i in np.flatnonzero(widths > 1)
    }
    return _Table(width, first, several)


def _encode(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def _apply(codes: Codes) -> tuple[Codes, NDArray[np.uint8] | None]:
    """Fold code points; also return the widths, None where all are one."""
    table = _table()
    widths = table.width[codes]
    out = table.first[codes]
    odd = np.flatnonzero(widths != 1)
    if not odd.size:
        return out, None
    out = np.repeat(out, widths)
    # Where each odd code point's fold begins: its place, shifted by the odd ones before it.
    shift = np.cumsum(widths[odd].astype(np.int64) - 1)
    for at, moved in zip(odd.tolist(), shift.tolist(), strict=True):
        if (size := int(widths[at])) > 1:
            begin = at + moved - size + 1
            out[begin : begin + size] = table.several[int(codes[at])]
    return out, widths


def fold(text: str) -> Folded:
    """Fold one text. Any string will do; folding twice changes nothing more.

    >>> fold("ＮＭＳＬ").text
    'nmsl'
    """
    codes, widths = _apply(_encode(text))
    origin: Sequence[int] = range(len(text) + 1)
    if widths is not None:
        origin = [*np.repeat(np.arange(len(text)), widths).tolist(), len(text)]
    return Folded(codes.astype("<u4", copy=False).tobytes().decode("utf-32-le"), origin)


def fold_batch(texts: Sequence[str]) -> Batch:
    """Fold many texts at once, without offsets."""
    mark = chr(SEPARATOR)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths + 1)))
    codes, widths = _apply(_encode(f"{mark}{mark.join(texts)}{mark}" if texts else mark))
    if widths is not None:
        starts = (np.cumsum(widths, dtype=np.int64) - 1)[starts]
    codes[starts] = SEPARATOR  # the table made them U+FFFD, as it does any a text brings along
    return Batch(codes, starts)
