"""Guesses: a growing list that is sorted once; see `guesses.py`."""

import numpy as np

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport qsort

from lianzhi.text.arrays._buffer cimport Buffer


cdef int by_word(const void* one, const void* other) noexcept nogil:
    """The order of guesses that begin at the same place."""
    cdef const Guess* a = <const Guess*>one
    cdef const Guess* b = <const Guess*>other
    if a.end != b.end:
        return -1 if a.end < b.end else 1
    if a.word != b.word:
        return -1 if a.word < b.word else 1
    if a.cost != b.cost:
        return -1 if a.cost < b.cost else 1
    return -1 if a.order < b.order else 1


cdef enum:
    #: So many at most are put in order here; sorting by a call is quicker from some more on.
    FEW = 12


cdef void put_in_order(Guess* rows, Py_ssize_t count) noexcept:
    cdef Py_ssize_t i, at
    cdef Guess row
    if count > FEW:
        qsort(rows, count, sizeof(Guess), by_word)
        return
    for i in range(1, count):
        row, at = rows[i], i
        while at and by_word(&row, rows + at - 1) < 0:
            rows[at] = rows[at - 1]
            at -= 1
        rows[at] = row


#: The columns of no guesses; nobody writes to them.
NOTHING = *(np.empty(0, np.int64) for _ in range(3)), np.empty(0, np.float32), np.empty(0, np.int64)


cdef class Guesses:
    """Guesses at one plain batch."""

    def __cinit__(self):
        self.buffer = Buffer(sizeof(Guess))

    cdef int add(
        self, int64_t start, int64_t end, int64_t word, float cost, int64_t ways
    ) except -1:
        (<Guess*>self.buffer.add())[0] = Guess(
            <int32_t>start, <int32_t>end, <int32_t>word, <int32_t>ways, <int32_t>self.size, cost
        )
        self.rows, self.size = <Guess*>self.buffer.data, self.buffer.size
        return 0

    def keep_cheapest(self, Py_ssize_t places):
        """Put guesses in order; of those at the same word for the same stretch keep the cheapest.

        They begin at so many `places`.
        """
        cdef Py_ssize_t i, place, kept = 0
        cdef Buffer counts = Buffer(sizeof(int32_t)), sorted_ = Buffer(sizeof(Guess))
        cdef int32_t* at
        cdef Guess* rows
        if self.size < 2:
            return
        at = <int32_t*>counts.zeros(places + 1)
        for i in range(self.size):
            if not 0 <= self.rows[i].start < places:
                raise IndexError(f"a guess begins at {self.rows[i].start} of {places} places")
            at[self.rows[i].start + 1] += 1
        for place in range(places):
            at[place + 1] += at[place]
        rows = <Guess*>sorted_.hold(self.size)
        for i in range(self.size):
            place = self.rows[i].start
            rows[at[place]] = self.rows[i]
            at[place] += 1  # comes to where the next place begins
        self.buffer, self.rows = sorted_, rows
        i = 0
        for place in range(places):
            if at[place] - i > 1:
                put_in_order(rows + i, at[place] - i)
            i = at[place]
        for i in range(self.size):
            if not kept or (
                rows[i].start != rows[kept - 1].start
                or rows[i].end != rows[kept - 1].end
                or rows[i].word != rows[kept - 1].word
            ):
                rows[kept] = rows[i]
                kept += 1
        self.size = self.buffer.size = kept

    def columns(self, some):
        """Return start, end, word, cost and ways of some guesses."""
        cdef Py_ssize_t i
        cdef Guess row
        if not some.size:
            return NOTHING
        cdef const int64_t[::1] which = some
        start_, end_, word_, ways_ = (np.empty(some.size, np.int64) for _ in range(4))
        cost_ = np.empty(some.size, np.float32)
        cdef int64_t[::1] start = start_, end = end_, word = word_, ways = ways_
        cdef float[::1] cost = cost_
        for i in range(which.shape[0]):
            if not 0 <= which[i] < self.size:
                raise IndexError(which[i])
            row = self.rows[which[i]]
            start[i], end[i], word[i], cost[i], ways[i] = (
                row.start, row.end, row.word, row.cost, row.ways
            )
        return start_, end_, word_, cost_, ways_
