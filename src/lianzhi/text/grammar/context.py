"""Context of hits: clauses, sentences and quotations of a batch."""

from collections.abc import Sequence
from copy import copy
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR, Batch, Codes, Index

Mask = NDArray[np.bool_]

_STOP, PAUSE, _OPENING, _CLOSING, _STRAIGHT = 1, 2, 3, 4, 5
_MARKS = {_STOP: "\n.。", PAUSE: ",;:!?", _OPENING: "“「『", _CLOSING: "”」』", _STRAIGHT: '"'}
#: What may follow a question.
_PARTICLES = np.array([ord(char) for char in "啊呀呢吗吧嘛哦"], np.uint32)


@cache
def classes() -> NDArray[np.uint8]:
    """Return the class of each code point; classes 1 to `PAUSE` divide clauses."""
    table = np.zeros(SEPARATOR + 1, np.uint8)
    table[SEPARATOR] = _STOP
    for mark, chars in _MARKS.items():
        table[[ord(char) for char in chars]] = mark
    return table


class Context:
    """The context of hits at places [start, end) of a batch, each in its text.

    `quoted` tells which hits stand in quotation marks that open and close within their text.
    """

    def __init__(self, batch: Batch, start: Index, end: Index, text: Index) -> None:
        kinds = classes()[batch.codes]
        marks = kinds.nonzero()[0]
        line_kinds = kinds[marks]
        self._breaks = marks[line_kinds <= PAUSE]
        self.clause = self._lead = self._follow = self._breaks.searchsorted(start)
        self.sentence = marks[line_kinds == _STOP].searchsorted(start)
        if self._breaks.size == marks.size:  # nothing is quoted
            self.quoted = np.zeros(start.size, bool)
            return
        quotes = [marks[line_kinds == mark] for mark in (_OPENING, _CLOSING, _STRAIGHT)]
        bounds = batch.starts[text], batch.starts[text + 1]
        begin, finish = _quotation(quotes, (start, end), bounds)
        self.quoted = begin >= 0
        # The speaker is named in the clause before a quotation or in the one after it; a pause may
        # stand between.
        begin, finish = begin[self.quoted], finish[self.quoted]
        self._lead, self._follow = self.clause.copy(), self.clause.copy()
        self._lead[self.quoted] = self._breaks.searchsorted(begin) - (kinds[begin - 1] == PAUSE)
        self._follow[self.quoted] = self._breaks.searchsorted(finish) + (kinds[finish + 1] == PAUSE)

    def where(self, which: Index) -> "Context":
        """Return the context of some of the hits."""
        context = copy(self)
        context.clause, context.sentence = self.clause[which], self.sentence[which]
        context.quoted = self.quoted[which]
        context._lead, context._follow = self._lead[which], self._follow[which]
        return context

    def clauses(self, marked: Mask) -> Mask:
        """Return for each clause of the batch whether a marked hit begins there."""
        clauses = np.zeros(self._breaks.size + 1, bool)
        clauses[self.clause[marked]] = True
        return clauses

    def clause_holds(self, marked: Mask) -> Mask:
        """Return for each hit whether a marked one stands in its clause."""
        return self.clauses(marked)[self.clause]

    def introduced(self, clauses: Mask) -> Mask:
        """Return which hits stand in one of those clauses, or in a quotation beside one."""
        return clauses[self._lead] | clauses[self._follow]


def _quotation(
    quotes: Sequence[Index], hits: tuple[Index, Index], bounds: tuple[Index, Index]
) -> tuple[Index, Index]:
    """Where the quotation around each hit opens and closes; -1 and 0 where there is none.

    `quotes` are the places of marks that open one, that close one, and that may do either.
    """
    (opens, closes, straight), (start, end), (first, last) = quotes, hits, bounds
    before, after = straight.searchsorted(start), straight.searchsorted(end)
    odd = (before - straight.searchsorted(first)) % 2 == 1
    double = odd & (straight.searchsorted(last) > after)
    straight = np.concatenate((straight, [0]))
    opening = np.concatenate(([-1], opens))
    closing = np.concatenate(([-1], closes, [np.iinfo(np.int64).max]))
    begin = opening[opening.searchsorted(start) - 1]
    finish = closing[closing.searchsorted(end)]
    paired = (begin > first) & (closing[closing.searchsorted(start) - 1] < begin)
    paired &= finish < last
    begin = np.where(paired, begin, np.where(double, straight[before - 1], -1))
    finish = np.where(paired, finish, np.where(double, straight[after], 0))
    return begin, finish


def begins_sentence(codes: Codes, start: Index) -> Mask:
    """Return which stretches begin a text, a sentence or a quotation, or follow 请问."""
    before, second = codes[start - 1], codes[np.maximum(start - 2, 0)]  # a separator, at least
    begins: Mask = np.isin(classes()[before], (_STOP, _OPENING, _STRAIGHT))
    begins |= (before == ord("问")) & (second == ord("请"))
    return begins


def ends_clause(codes: Codes, end: Index) -> Mask:
    """Return which stretches end a clause, or what is quoted, a particle after them or not."""
    after = codes[end]
    after = np.where(np.isin(after, _PARTICLES), codes[np.minimum(end + 1, codes.size - 1)], after)
    kind = classes()[after]
    ends: Mask = (kind > 0) & (kind != _OPENING)
    return ends
