"""Many strings looked for at once in a plain batch (Aho and Corasick, 1975)."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from lianzhi.text.folding import Codes
from lianzhi.text.rows import Rows

Index = NDArray[np.int64]


class Automaton:
    """Strings, which may come several times, and the number that each stands for."""

    def __init__(self, strings: Sequence[str], numbers: Index) -> None:
        once = list(dict.fromkeys(strings))
        number = dict(zip(once, range(len(once)), strict=True))
        self._automaton = CharwiseDoubleArrayAhoCorasick(once)
        row = np.fromiter(map(number.__getitem__, strings), np.int64, len(strings))
        self._values = Rows(row, numbers, count=len(once))

    def find(self, codes: Codes) -> tuple[Index, Index, Index]:
        """Stretches [start, end) where a string stands, and what it stands for."""
        text = codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")
        found = chain.from_iterable(self._automaton.find_overlapping(text))
        start, end, string = np.fromiter(found, np.int64).reshape(-1, 3).T
        asked, place = self._values.of(string)
        return start[asked], end[asked], self._values.columns[0][place]
