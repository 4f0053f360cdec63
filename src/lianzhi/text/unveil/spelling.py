"""Respellings of words: by the readings of their characters, and with neighbours swapped.

All words are worked on at once, as code points one word after the other; none is empty.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.ragged import ranges

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]
#: The most characters of a word that are tried in both their readings; the last ones.
_TURNED = 2
#: The most characters of words with two neighbours swapped ...
_SWAPPED = 6
#: ... and of words that are reversed as a whole.
_REVERSED = 4


class Spelled(NamedTuple):
    """Respelled words, one after the other."""

    codes: Codes
    size: Index
    """The number of code points of each."""
    word: Index
    """The number of the word that each spells."""


def spellings(read: Index, size: Index) -> Spelled:
    """Return words by their readings, one after the other, each in four ways at most.

    `read`, of shape [characters, 2], has the code points that each of their characters may be read
    as, 0 for none. Words with a character that has none are left out.
    """
    end, (first_, other) = np.cumsum(size), read.T.astype(np.uint32)
    first, two = np.where(first_ > 0, first_, other), (first_ > 0) & (other > 0) & (first_ != other)
    upto = np.cumsum(two)
    # Of each character, how many after it in its word may be read in two ways.
    after = np.minimum(upto[np.repeat(end - 1, size)] - upto, _TURNED)
    several = np.minimum(np.add.reduceat(two, end - size, dtype=np.int64), _TURNED)
    readable = np.minimum.reduceat(first, end - size) > 0
    word, version = np.nonzero(
        readable[:, None] & (np.arange(1 << _TURNED) < 1 << several[:, None])
    )
    row, place = ranges(end[word] - size[word], end[word])
    turned = two[place] & (after[place] < _TURNED) & (version[row] >> after[place] & 1 > 0)
    return Spelled(np.where(turned, other[place], first[place]), size[word], word)


def swaps(codes: Codes, size: Index) -> Spelled:
    """Return words with two neighbours swapped, and short words reversed."""
    end = np.cumsum(size)
    of = np.repeat(np.arange(size.size), size)
    first = np.flatnonzero((of[1:] == of[:-1]) & (codes[1:] != codes[:-1]))
    first = first[size[of[first]] <= _SWAPPED]
    word = of[first]
    row, place = ranges(end[word] - size[word], end[word])
    turned = codes[place + (place == first[row]) - (place == first[row] + 1)]
    short = np.flatnonzero((size > 2) & (size <= _REVERSED))
    row, place = ranges(end[short] - size[short], end[short])
    back = codes[end[short][row] - 1 - (place - (end - size)[short][row])]
    other = np.logical_or.reduceat(back != codes[place], np.cumsum(size[short]) - size[short])
    whole = np.concatenate((word, short[other]))
    return Spelled(np.concatenate((turned, back[other[row]])), size[whole], whole)
