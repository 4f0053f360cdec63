"""A character trigram model: how likely a character is after two others.

Interpolated Kneser-Ney (Chen and Goodman, 1999), its trigrams seen once left out, written out with
weights of backing off (Katz, 1987). N-grams lie in two tables without chains, each in its slot or
in the one beside it, found by a fingerprint: an n-gram whose slots are taken by more frequent ones
is as good as unseen, and of those never seen one in some hundred thousand seems known (Talbot and
Osborne, 2007, on why that does little harm). Log-probabilities are natural, in sixteenths.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.arrays.memory import in_large_pages

Ids = NDArray[np.uint32]
Floats = NDArray[np.float32]

#: Numbers of unknown characters, and of the edge before and after every text.
UNKNOWN, EDGE = 0, 1
#: Steps of stored log-probabilities that make one nat.
STEPS = 16
#: Characters are classed by their numbers modulo this.
CLASSES = 128

_FIRST, _SECOND, _THIRD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)
_MARK = np.uint32(0x27D4EB2F)


def hashed(*ids: Ids) -> Ids:
    """Hash n-grams of two or three characters."""
    out = ids[0] * _FIRST
    for each, factor in zip(ids[1:], (_SECOND, _THIRD), strict=False):
        out ^= out >> np.uint32(15)
        out = (out + each) * factor
    out ^= out >> np.uint32(13)
    out *= _MARK
    out ^= out >> np.uint32(16)
    return out


def slot_and_print(hashes: Ids, bits: int) -> tuple[Ids, Ids]:
    """Return the slot of an n-gram in a table, and its fingerprint of 16 bits, never 0."""
    return hashes >> np.uint32(32 - bits), (hashes * _FIRST >> np.uint32(16)) | np.uint32(1)


def look_up(table: Ids, hashes: Ids) -> tuple[NDArray[np.bool_], Ids]:
    """Return which n-grams a table has, and what lies in their slots."""
    slot, mark = slot_and_print(hashes, table.size.bit_length() - 1)
    at = slot.astype(np.intp)  # in range: a hash is shifted to the size of its table
    here, beside = table.take(at, mode="wrap"), table.take(at ^ 1, mode="wrap")
    first = here >> np.uint32(16) == mark
    return first | (beside >> np.uint32(16) == mark), np.where(first, here, beside)


def most(first_: Floats, back: Floats, two: Ids) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return `most_before` and `most_after` of a model."""
    ids = np.arange(first_.size, dtype=np.uint32)
    before = np.full((ids.size, CLASSES), 255, np.uint8)
    after = np.full((ids.size, CLASSES), 255, np.uint8)
    for first in ids:
        seen, places = look_up(two, hashed(np.array([first]), ids))
        counted = places >> np.uint32(8) & np.uint32(255)
        likely = np.where(seen, counted, -(back[first] + first_) * STEPS)
        steps = np.minimum(likely, 255).astype(np.uint8)
        mine = before[:, first % CLASSES]
        np.minimum(mine, steps, out=mine)
        np.minimum.at(after[first], ids % CLASSES, steps)
    return before, after


@dataclass(frozen=True, slots=True)
class Language:
    """The fitted model over numbered characters."""

    row: NDArray[np.uint16]
    """The number of each code point."""
    one: Floats
    """Log-probability of each character alone."""
    back: Floats
    """Weight of backing off to that after each character."""
    two: Ids
    """Bigrams: 16 bits of fingerprint, 8 of log-probability, 8 of weight of backing off."""
    three: Ids
    """Trigrams: the same, without weights."""
    most_before: NDArray[np.uint8]
    """Upper bound of each character's log-probability after characters of each class, in steps:
    shape [characters, CLASSES]. A small table that rules out most questions to the large ones."""
    most_after: NDArray[np.uint8]
    """The same for characters of each class after each character."""

    @classmethod
    def of(cls, data: Mapping[str, NDArray[Any]]) -> "Language":
        """Return the model of the arrays that `tools/train_unveil.py` writes."""
        row = np.zeros(SEPARATOR + 1, np.uint16)
        row[data["chars"]] = np.arange(EDGE + 1, data["chars"].size + EDGE + 1)
        row[SEPARATOR] = EDGE
        return cls(in_large_pages(row), *(in_large_pages(data[name]) for name in cls.__slots__[1:]))

    def ids(self, codes: NDArray[np.uint32]) -> Ids:
        """Return the numbers of code points."""
        return self.row[codes].astype(np.uint32)

    def pairs(self, first: Ids, second: Ids) -> tuple[Floats, Floats]:
        """Return log-probabilities of `second` after `first`, and the weights of backing off.

        The weight is 0 where the pair was never seen.
        """
        seen, places = look_up(self.two, hashed(first, second))
        value = (places >> np.uint32(8) & np.uint32(255)).astype(np.float32) / -STEPS
        weight = np.where(seen, (places & np.uint32(255)).astype(np.float32) / -STEPS, 0)
        return np.where(seen, value, self.back[first] + self.one[second]), weight

    def at_most(self, before: Ids, intended: Ids, after: Ids) -> tuple[Floats, Floats]:
        """Return upper bounds for `intended` after `before`, and for `after` after `intended`."""
        first, two = (
            self.most_before[intended, before % CLASSES],
            self.most_after[intended, after % CLASSES],
        )
        return np.divide(first, -STEPS, dtype=np.float32), np.divide(two, -STEPS, dtype=np.float32)

    def after(self, first: Ids, second: Ids, third: Ids) -> Floats:
        """Return the log-probability of `third` after the two others."""
        _, weight = self.pairs(first, second)
        pair, _ = self.pairs(second, third)
        return self._backed(first, second, third, pair, weight)

    def _backed(self, first: Ids, second: Ids, third: Ids, pair: Floats, weight: Floats) -> Floats:
        seen, places = look_up(self.three, hashed(first, second, third))
        value = (places & np.uint32(255)).astype(np.float32) / -STEPS
        out: Floats = np.where(seen, value, weight + pair)
        return out

    def along(self, ids: Ids, pair: Floats, weight: Floats) -> NDArray[np.float64]:
        """Return the log-probability of all before each place of texts, one entry more than ids.

        `pair` and `weight` are what `pairs` has of each two neighbours. Every text has an edge
        before and after it, and none says anything of the next.
        """
        edge = np.array([EDGE], np.uint32)
        opens, unseen = self.pairs(edge, edge)
        second = np.concatenate((edge, ids[:-1]))
        first = np.where(second == EDGE, EDGE, np.concatenate((edge, edge, ids[:-2])))
        weight = np.concatenate((unseen, unseen, weight[:-1]))
        each = self._backed(
            first.astype(np.uint32),
            second,
            ids,
            np.concatenate((opens, pair)),
            np.where(second == EDGE, unseen, weight),
        )
        return np.concatenate(([0.0], np.cumsum(each, dtype=np.float64)))
