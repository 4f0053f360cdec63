"""Many strings looked for at once in a plain batch, and what each stands for."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import Codes, parted
from lianzhi.text.rows import Rows
from lianzhi.text.strings import Strings

Index = NDArray[np.int64]


class Automaton:
    """Strings, one after the other, each of a size; they may come several times, and each stands
    for a number."""

    def __init__(self, codes: Codes, size: Index, numbers: Index) -> None:
        self.codes, self.size, self.numbers = codes, size, numbers

    @cached_property
    def _built(self) -> tuple[Strings, Rows]:
        """Built when something is first looked for: what is compiled looks by itself."""
        strings = parted(self.codes, self.size)
        once = list(dict.fromkeys(strings))
        number = dict(zip(once, range(len(once)), strict=True))
        row = np.fromiter(map(number.__getitem__, strings), np.int64, len(strings))
        return Strings(once), Rows(row, self.numbers, count=len(once))

    def find(self, codes: Codes) -> tuple[Index, Index, Index]:
        """Stretches [start, end) where a string stands, and what it stands for."""
        strings, values = self._built
        start, end, string = strings.find(codes)
        asked, place = values.of(string)
        return start[asked], end[asked], values.columns[0][place]
