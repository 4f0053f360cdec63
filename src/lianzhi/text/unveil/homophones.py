"""Homophones: words that a stretch sounds like, and words with two neighbours swapped.

All words are looked for at once in the batch spelled by sound, one code point for each class of
near syllables (Aho and Corasick, 1975).
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.automaton import NumberedStrings
from lianzhi.text.arrays.batch import SEPARATOR, Codes, joined_codes
from lianzhi.text.arrays.ragged import ranges
from lianzhi.text.unveil.channel import CODES, NEAR, SOUND, SWAP, Channel
from lianzhi.text.unveil.guesses import Guesses, none
from lianzhi.text.unveil.spelling import spellings, swaps

Index = NDArray[np.int64]
Floats = NDArray[np.float32]
#: Class n of near syllables is this code point plus n: private use, which nobody writes.
_CLASS = 0xF0000
#: How much more cohesive a word must be than what is written, in nats.
LOOSE = 1.0


class Homophones:
    """Words by their sound; `cohesion`: log-probability of each word's characters in sequence."""

    def __init__(self, words: tuple[str, ...], cohesion: Floats, channel: Channel) -> None:
        self.cohesion = cohesion
        self._read, self._costs = channel.read, channel.costs
        self.sound_of = _table(channel.near[channel.read[:, 0]].astype(np.int64))
        #: All words one after the other, and where each begins.
        self.codes, self._size = joined_codes(words)
        self.begin = np.cumsum(self._size) - self._size
        long = np.flatnonzero(self._size > 1)
        codes, size = self.codes[np.repeat(self._size > 1, self._size)], self._size[long]
        sounds = channel.near[channel.read[codes, :2]].astype(np.int64)
        sounding = spellings(np.where(sounds > 0, sounds + _CLASS, 0), size)
        self.by_sound = NumberedStrings(sounding.codes, sounding.size, long[sounding.word])
        swapped = swaps(codes, size)
        self.swapped = NumberedStrings(swapped.codes, swapped.size, long[swapped.word])

    def guess(self, codes: Codes, pair: Floats) -> list[Guesses]:
        """Return guesses at what a plain batch was written for.

        `pair[i]` is the log-probability of character i + 1 after character i. No guess is made
        where what is written is much more cohesive than the word, less the least cost of writing
        it so.
        """
        before = np.concatenate(([0.0, 0.0], np.cumsum(pair, dtype=np.float64)))
        start, end, word = self.by_sound.find(self.sound_of[np.minimum(codes, CODES)])
        on = np.flatnonzero(self.cohesion[word] - (before[end] - before[start + 1]) > LOOSE)
        start, word = start[on], word[on]
        return [self.priced(codes, start, word), self._swaps(*self.swapped.find(codes))]

    def priced(self, codes: Codes, start: Index, word: Index) -> Guesses:
        """Return priced guesses at words by where they begin, without those written as meant."""
        costs = self._costs
        row, at = ranges(self.begin[word], self.begin[word] + self._size[word])
        written, intended = codes[start[row] + at - self.begin[word][row]], self.codes[at]
        other = np.flatnonzero(written != intended)
        row, written, intended = row[other], written[other], intended[other]
        first_, two = self._read[written], self._read[intended]
        same = ((first_[:, :, None] == two[:, None]) & (first_[:, :, None] > 0)).any((1, 2))
        way = np.where(same, SOUND, NEAR)
        new = np.ones(row.size, bool)
        new[1:] = row[1:] != row[:-1]
        first = np.flatnonzero(new)
        if not first.size:
            return none()
        price = np.where(new, costs.first[way], costs.more[way])
        cost = np.add.reduceat(price, first)
        ways = np.bitwise_or.reduceat(1 << way, first)
        start, word = start[row[first]], word[row[first]]
        return Guesses(start, start + self._size[word], word, cost, ways)

    def _swaps(self, start: Index, end: Index, word: Index) -> Guesses:
        cost = np.full(start.size, self._costs.first[SWAP], np.float32)
        ways = np.full(start.size, 1 << SWAP)
        return Guesses(start, end, word, cost, ways)


def _table(near: Index) -> Codes:
    """Return each code point's class of sound, digits as they are read; itself where it has none.

    Shape [CODES + 1]; the last stands for all others.
    """
    out = np.arange(CODES + 1, dtype=np.uint32)
    out[:CODES] = np.where(near > 0, near + _CLASS, out[:CODES])
    out[CODES] = SEPARATOR
    return out
