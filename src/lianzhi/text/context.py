"""What stands around a hit in a batch: its clause, quotation marks, Latin neighbours."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import SEPARATOR, Batch, Codes, Index

Mask = NDArray[np.bool_]

_BREAK, _OPENING, _CLOSING, _STRAIGHT = 1, 2, 3, 4
_MARKS = {_BREAK: "\n,.!?;:。、", _OPENING: "“「『", _CLOSING: "”」』", _STRAIGHT: '"'}


@cache
def _class_of() -> NDArray[np.uint8]:
    table = np.zeros(SEPARATOR + 1, np.uint8)
    table[SEPARATOR] = _BREAK
    for mark, chars in _MARKS.items():
        table[[ord(char) for char in chars]] = mark
    return table


class Context:
    """The context of hits at places [start, end) of a batch, each in its text."""

    def __init__(self, batch: Batch, start: Index, end: Index, text: Index) -> None:
        marks = np.flatnonzero(classes := _class_of()[batch.codes])
        self._marks = {mark: marks[classes[marks] == mark] for mark in _MARKS}
        self._clause = np.searchsorted(self._marks[_BREAK], start)
        self._start, self._end = start, end
        self._first, self._last = batch.starts[text], batch.starts[text + 1]

    def clause_holds(self, marked: Mask) -> Mask:
        """Return for each hit whether a marked one stands in its clause."""
        clauses = np.zeros(self._marks[_BREAK].size + 1, bool)
        clauses[self._clause[marked]] = True
        return clauses[self._clause]

    def quoted(self) -> Mask:
        """Return which hits stand in quotation marks that open and close within their text."""
        straight = self._marks[_STRAIGHT]
        opened = np.searchsorted(straight, self._start) - np.searchsorted(straight, self._first)
        closes = np.searchsorted(straight, self._last) > np.searchsorted(straight, self._end)
        opening = np.concatenate(([-1], self._marks[_OPENING]))
        closing = np.concatenate(([-1], self._marks[_CLOSING], [np.iinfo(np.int64).max]))
        last_opening = opening[np.searchsorted(opening, self._start) - 1]
        last_closing = closing[np.searchsorted(closing, self._start) - 1]
        next_closing = closing[np.searchsorted(closing, self._end)]
        paired = (
            (last_opening > self._first)
            & (last_closing < last_opening)
            & (next_closing < self._last)
        )
        inside: Mask = paired | ((opened % 2 == 1) & closes)
        return inside


def beside_latin(codes: Codes, start: Index, end: Index) -> Mask:
    """Return which hits have a Latin letter or digit beside them, a space between or not."""
    before, after = codes[start - 1], codes[end]  # a separator, at least, is on either side
    before = np.where(before == ord(" "), codes[np.maximum(start - 2, 0)], before)
    after = np.where(after == ord(" "), codes[np.minimum(end + 1, codes.size - 1)], after)
    return _is_latin(before) | _is_latin(after)


def _is_latin(codes: Codes) -> Mask:
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    return digit | ((codes >= ord("a")) & (codes <= ord("z")))
