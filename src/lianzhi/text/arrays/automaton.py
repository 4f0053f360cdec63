"""Many strings looked for at once in a batch, wherever they stand (Aho and Corasick, 1975)."""

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Codes, as_text, split_codes
from lianzhi.text.arrays.ragged import Ragged

Index = NDArray[np.int64]


class Strings:
    """Distinct or repeated strings; each is known by its place in the sequence."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(strings))

    def find(self, codes: Codes) -> tuple[Index, Index, Index]:
        """Return the ranges [start, end) where a string occurs, and its index; unordered."""
        places = chain.from_iterable(self._automaton.find_overlapping(as_text(codes)))
        start, end, string = np.ascontiguousarray(np.fromiter(places, np.int64).reshape(-1, 3).T)
        return start, end, string


class NumberedStrings:
    """Strings, each mapped to a number; one string may have several.

    `codes` holds the strings one after the other, `size` the length of each.
    """

    def __init__(self, codes: Codes, size: Index, numbers: Index) -> None:
        self.codes, self.size, self.numbers = codes, size, numbers

    @cached_property
    def _built(self) -> tuple[Strings, Ragged]:
        """Built on the first search: compiled twins search by a trie of their own."""
        strings = split_codes(self.codes, self.size)
        once = list(dict.fromkeys(strings))
        number = dict(zip(once, range(len(once)), strict=True))
        row = np.fromiter(map(number.__getitem__, strings), np.int64, len(strings))
        return Strings(once), Ragged(row, self.numbers, count=len(once))

    def find(self, codes: Codes) -> tuple[Index, Index, Index]:
        """Return the ranges [start, end) where a string occurs, and its number."""
        strings, values = self._built
        start, end, string = strings.find(codes)
        row, place = values.of(string)
        return start[row], end[row], values.columns[0][place]
