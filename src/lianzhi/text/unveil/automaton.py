"""Many strings looked for at once in a plain batch (Aho and Corasick, 1975)."""

from collections.abc import Iterable
from itertools import chain

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from lianzhi.text.folding import Codes
from lianzhi.text.rows import Rows

Index = NDArray[np.int64]


class Automaton:
    """Strings, and the numbers that each stands for."""

    def __init__(self, strings: Iterable[tuple[str, int]]) -> None:
        number: dict[str, int] = {}
        rows, values = [], []
        for string, value in strings:
            rows.append(number.setdefault(string, len(number)))
            values.append(value)
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(number))
        row, of = np.array(rows, np.int64), np.array(values, np.int64)
        self._values = Rows(row, of, count=len(number))

    def find(self, codes: Codes) -> tuple[Index, Index, Index]:
        """Stretches [start, end) where a string stands, and what it stands for."""
        text = codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")
        found = chain.from_iterable(self._automaton.find_overlapping(text))
        start, end, string = np.fromiter(found, np.int64).reshape(-1, 3).T
        asked, place = self._values.of(string)
        return start[asked], end[asked], self._values.columns[0][place]
