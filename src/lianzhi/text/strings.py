"""Many strings looked for at once in a batch, wherever they stand (Aho and Corasick, 1975)."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from numpy.typing import NDArray

from lianzhi.text.folding import Codes, as_text

Index = NDArray[np.int64]


class Strings:
    """Strings, some of which may be the same; each is known by its place."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(strings))

    def find(self, codes: Codes) -> tuple[Index, Index, Index]:
        """Stretches [start, end) where a string stands, and which; in no order."""
        places = chain.from_iterable(self._automaton.find_overlapping(as_text(codes)))
        start, end, string = np.ascontiguousarray(np.fromiter(places, np.int64).reshape(-1, 3).T)
        return start, end, string
