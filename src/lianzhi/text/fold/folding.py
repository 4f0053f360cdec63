"""Folding: all spellings of a text normalised to one form, with the positions in the original.

Width, case, compatibility and traditional forms, combining marks, zero-width characters, bidi
controls and variation selectors are removed. The result is NFKC, lower case and OpenCC `t2s` by
character, with marks then removed. Each code point folds by itself to none, one or several, so one
table folds a whole batch in linear time. Then the signs are removed that only keep the characters
of a Chinese word apart (傻*逼). Code points that UTF-8 cannot hold (lone surrogates) and
non-characters become U+FFFD; line ends of any kind become a newline, other spaces a space.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import SEPARATOR, Batch, Codes, as_codes, as_text
from lianzhi.text.arrays.memory import in_large_pages
from lianzhi.text.fold.signs import hiding_signs, may_hide, sign_classes


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets[i]` is the place in the original of its i-th code point.

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


class _Table(NamedTuple):
    width: NDArray[np.uint8]
    """How many code points each folds to."""
    first: Codes
    """The first of them."""
    several: dict[int, Codes]
    """All of them, where there are two or more."""


@cache
def _table() -> _Table:
    data = load_arrays(__package__, "fold")
    code, widths, folded = data["code"], data["width"], data["folded"]
    ends = np.cumsum(widths, dtype=np.int64)
    width = np.ones(SEPARATOR + 1, np.uint8)
    first = np.arange(SEPARATOR + 1, dtype=np.uint32)
    width[code] = widths
    first[code] = folded[np.minimum(ends - widths, folded.size - 1)]
    several = {
        int(code[i]): folded[ends[i] - widths[i] : ends[i]] for i in np.flatnonzero(widths > 1)
    }
    return _Table(in_large_pages(width), in_large_pages(first), several)


def _looked_up(table: NDArray[Any], codes: Codes) -> NDArray[Any]:
    """Look code points up. All are in range; a bounds check would take four times as long."""
    return table.take(codes.astype(np.intp), mode="wrap")


def _apply(codes: Codes) -> tuple[Codes, NDArray[np.uint8] | None]:
    """Fold code points one by one; also return the widths, None where all are one."""
    table = _table()
    widths, out = _looked_up(table.width, codes), _looked_up(table.first, codes)
    odd = np.flatnonzero(widths != 1)
    if not odd.size:
        return out, None
    out = np.repeat(out, widths)
    # Each odd code point's fold begins at its place, shifted by the odd ones before it.
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
    codes, widths = _apply(as_codes(text))
    origin: Sequence[int] = range(len(text) + 1)
    if widths is not None:
        origin = [*np.repeat(np.arange(len(text)), widths).tolist(), len(text)]
    folded = as_text(codes)
    if may_hide().search(folded):
        gaps = hiding_signs(codes)
        folded = as_text(np.delete(codes, gaps))
        origin = np.delete(np.asarray(origin), gaps).tolist()
    return Folded(folded, origin)


def fold_known(text: str, codes: Codes) -> Folded:
    """Return `fold(text)`, given the code points that it is known to fold to.

    Cheaper than `fold` for the many texts in which every code point keeps its place.
    """
    if codes.size == len(text) and (_looked_up(_table().width, as_codes(text)) == 1).all():
        return Folded(as_text(codes), range(len(text) + 1))
    return fold(text)


def fold_char(char: str) -> str:
    """Return what one character folds to by itself, without its neighbours.

    >>> fold_char("Ａ")
    'a'
    """
    table, code = _table(), ord(char)
    if table.width[code] > 1:
        return as_text(table.several[code])
    return chr(table.first[code]) if table.width[code] else ""


def fold_batch(texts: Sequence[str]) -> Batch:
    """Fold many texts at once, without offsets."""
    if fast := _twin():
        return Batch(*fast.fold(texts))
    mark = chr(SEPARATOR)
    folded = [fold(text).text for text in texts]
    sizes = np.fromiter(map(len, folded), np.int64, len(folded))
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes + 1)))
    return Batch(as_codes(mark + "".join(text + mark for text in folded)), starts)


@cache
def _twin() -> Any:
    fast = compiled.twin("fold._folding")
    return fast and fast.Folder(_table(), sign_classes())
