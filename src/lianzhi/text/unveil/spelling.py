"""Words in other letters: as their characters are read, and with neighbours in each other's place.

All words are worked on at once, as code points one word after the other; none is empty.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import as_codes, as_text

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]
#: In a word, so many of the characters that may be read in two ways are; the last ones.
_TURNED = 2
#: Two characters change places in words of so many at most.
_SWAPPED = 6


def in_order(words: Sequence[str]) -> tuple[Codes, Index]:
    """The code points of all words, one word after the other, and how many each has."""
    return as_codes("".join(words)), np.fromiter(map(len, words), np.int64, len(words))


def spellings(read: Index, size: Index) -> tuple[list[str], Index]:
    """Words as they may be spelled, and which word each is: one after the other, four at most.

    `read`, of shape [characters, 2], has the code points that each of their characters may be read
    as, 0 for none. Words with a character that has none are left out.
    """
    end, (one, other) = np.cumsum(size), read.T.astype(np.uint32)
    first, two = np.where(one > 0, one, other), (one > 0) & (other > 0) & (one != other)
    upto = np.cumsum(two)
    after = upto[np.repeat(end - 1, size)] - upto
    several = np.add.reduceat(two, end - size, dtype=np.int64)
    said = np.minimum.reduceat(first, end - size) > 0
    spelled: list[str] = []
    which: list[Index] = []
    for version in range(1 << _TURNED):
        turned = two & (after < _TURNED) & (version >> np.minimum(after, _TURNED) & 1 > 0)
        on = np.flatnonzero(said & (version < 1 << np.minimum(several, _TURNED)))
        spelled += _cut(np.where(turned, other, first), end[on] - size[on], end[on])
        which.append(on)
    every = np.concatenate(which)
    order = np.argsort(every, kind="stable")
    return [spelled[place] for place in order.tolist()], every[order]


def swaps(codes: Codes, size: Index) -> tuple[list[str], Index]:
    """Words with two neighbours in each other's place, and which word each is."""
    end = np.cumsum(size)
    swapped: list[str] = []
    which: list[Index] = []
    for place in range(_SWAPPED - 1):
        on = np.flatnonzero((size > place + 1) & (size <= _SWAPPED))
        one = end[on] - size[on] + place
        other = codes[one] != codes[one + 1]
        on, one = on[other], one[other]
        turned = codes.copy()
        turned[one], turned[one + 1] = codes[one + 1], codes[one]
        swapped += _cut(turned, end[on] - size[on], end[on])
        which.append(on)
    return swapped, np.concatenate(which)


def _cut(codes: Codes, begin: Index, end: Index) -> list[str]:
    """Stretches of code points as strings."""
    whole = as_text(codes)
    return [whole[a:b] for a, b in zip(begin.tolist(), end.tolist(), strict=True)]
