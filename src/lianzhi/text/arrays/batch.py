"""Batches: many texts as one array of code points, and the strings that go in and out of it."""

from codecs import utf_32_le_decode
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.ragged import ranges

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]

#: Stands between the texts of a batch. No folded text holds it.
SEPARATOR = 0x10FFFF
#: The most code points of a folded text in which wordings are searched for and anything is
#: restored. Both cost ten times as much as finding entries, more in texts made to be slow.
IN_FULL = 4000


class Batch(NamedTuple):
    """Folded texts side by side, each after a separator, and one separator more at the end."""

    codes: Codes
    starts: Index
    """Where the separators stand: one before each text, and the last one."""

    def text(self) -> str:
        """Return the whole batch as one string."""
        return as_text(self.codes)

    def select(self, texts: Index) -> "Batch":
        """Return some of the texts, by their numbers in ascending order, as a batch."""
        if texts.size == self.starts.size - 1:
            return self
        return self.cut(self.starts[texts], self.starts[texts + 1])

    def cut(self, first: Index, last: Index) -> "Batch":
        """Return the non-empty stretches [first, last) as a batch of their own.

        The first code point of each, as a rule the separator before a text, becomes a separator.
        """
        if fast := compiled.twin("arrays._batch"):
            return Batch(*fast.cut(*self, first, last))
        starts = np.concatenate(([0], np.cumsum(last - first)))
        codes = np.append(self.codes[ranges(first, last)[1]], self.codes[-1:])
        codes[starts] = SEPARATOR
        return Batch(codes, starts)


def as_codes(text: str) -> Codes:
    """Return the code points of a text, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def as_text(codes: Codes) -> str:
    """Return the text of code points."""
    return utf_32_le_decode(codes.astype("<u4", copy=False).tobytes())[0]


def joined_codes(strings: Sequence[str]) -> tuple[Codes, Index]:
    """Return the code points of strings, one string after the other, and the size of each."""
    return as_codes("".join(strings)), np.fromiter(map(len, strings), np.int64, len(strings))


def split_codes(codes: Codes, size: Index) -> list[str]:
    """Return strings that lie one after the other as a list; the inverse of `joined_codes`."""
    whole, end = as_text(codes), np.cumsum(size)
    return [whole[a:b] for a, b in zip((end - size).tolist(), end.tolist(), strict=True)]
