"""Guesses by sound and order: words that a stretch sounds like, or has with two neighbours swapped.

All words are looked for at once in the batch spelled by sound, one code point for a class of near
syllables (Aho and Corasick, 1975), whatever characters stand there.
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import SEPARATOR, Codes, in_order
from lianzhi.text.rows import spread
from lianzhi.text.unveil.automaton import Automaton
from lianzhi.text.unveil.channel import CODES, NEAR, SOUND, SWAP, Channel
from lianzhi.text.unveil.guesses import Guesses, none
from lianzhi.text.unveil.spelling import spellings, swaps

Index = NDArray[np.int64]
Floats = NDArray[np.float32]
#: Class n of near syllables is this code point and n on: nothing that anybody writes.
_CLASS = 0xF0000
#: By how much a word must hold together better than what is written.
LOOSE = 1.0


class Hearing:
    """Words by their sound. `holds`: how likely the characters of each are after one another."""

    def __init__(self, words: tuple[str, ...], holds: Floats, channel: Channel) -> None:
        self.holds = holds
        self._read, self._costs = channel.read, channel.costs
        self.spelled = _table(channel.near[channel.read[:, 0]].astype(np.int64))
        #: All words one after the other, and where each begins.
        self.codes, self._size = in_order(words)
        self.begin = np.cumsum(self._size) - self._size
        long = np.flatnonzero(self._size > 1)
        codes, size = self.codes[np.repeat(self._size > 1, self._size)], self._size[long]
        sounds = channel.near[channel.read[codes, :2]].astype(np.int64)
        heard = spellings(np.where(sounds > 0, sounds + _CLASS, 0), size)
        self.heard = Automaton(heard.codes, heard.size, long[heard.word])
        swapped = swaps(codes, size)
        self.swapped = Automaton(swapped.codes, swapped.size, long[swapped.word])

    def guess(self, codes: Codes, pair: Floats) -> list[Guesses]:
        """Guess what a plain batch was written for.

        `pair[i]` is the log-probability of character i + 1 after character i. Where what is written
        holds together much better than the word would, less what writing it so costs at least, no
        guess is made.
        """
        before = np.concatenate(([0.0, 0.0], np.cumsum(pair, dtype=np.float64)))
        start, end, word = self.heard.find(self.spelled[np.minimum(codes, CODES)])
        on = np.flatnonzero(self.holds[word] - (before[end] - before[start + 1]) > LOOSE)
        start, word = start[on], word[on]
        return [self.priced(codes, start, word), self._turned(*self.swapped.find(codes))]

    def priced(self, codes: Codes, start: Index, word: Index) -> Guesses:
        """Guesses at words by where they begin; those that stand there as meant are left out."""
        costs = self._costs
        row, at = spread(self.begin[word], self.begin[word] + self._size[word])
        written, meant = codes[start[row] + at - self.begin[word][row]], self.codes[at]
        other = np.flatnonzero(written != meant)
        row, written, meant = row[other], written[other], meant[other]
        one, two = self._read[written], self._read[meant]
        same = ((one[:, :, None] == two[:, None]) & (one[:, :, None] > 0)).any((1, 2))
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

    def _turned(self, start: Index, end: Index, word: Index) -> Guesses:
        cost = np.full(start.size, self._costs.first[SWAP], np.float32)
        ways = np.full(start.size, 1 << SWAP)
        return Guesses(start, end, word, cost, ways)


def _table(near: Index) -> Codes:
    """Code points by their most usual sound, digits as they are read out: themselves where they
    have none. From `CODES` on all are like it, since nobody writes a class itself."""
    out = np.arange(CODES + 1, dtype=np.uint32)
    out[:CODES] = np.where(near > 0, near + _CLASS, out[:CODES])
    out[CODES] = SEPARATOR
    return out
