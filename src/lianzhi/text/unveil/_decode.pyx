"""Beam search for the likeliest guesses: the compiled twin of `decode.py`."""

import numpy as np

cimport cython
cimport numpy as cnp
from libc.stdint cimport int64_t, uint32_t
from libc.math cimport INFINITY
from libc.stdlib cimport qsort

from lianzhi.text.arrays._batch cimport fetch, room
from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.unveil._guesses cimport Guess, Guesses
from lianzhi.text.unveil._language cimport Language, fetch_after
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.unveil._vocabulary cimport Word, Words
from lianzhi.text.unveil import decode as _decode
from lianzhi.text.unveil import language as _language

cnp.import_array()

cdef uint32_t EDGE = _language.EDGE
cdef Py_ssize_t BEAM = _decode.BEAM, WINDOW = _decode.WINDOW, AFTER = _decode.AFTER
cdef float HOPELESS = _decode.HOPELESS, LENIENCE = _decode.LENIENCE
cdef enum:
    #: Guesses that the memory is asked for ahead of time.
    AHEAD = 4


#: The choice of no guesses; nobody writes to it.
NOTHING = np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32)


cdef struct State:
    uint32_t one, two
    float score
    int64_t guess, prior, order


cdef int by_characters(const void* one, const void* other) noexcept nogil:
    """By the last two characters, the likeliest of the same first."""
    cdef const State* a = <const State*>one
    cdef const State* b = <const State*>other
    if a.one != b.one:
        return -1 if a.one < b.one else 1
    if a.two != b.two:
        return -1 if a.two < b.two else 1
    if a.score != b.score:
        return -1 if a.score > b.score else 1
    return -1 if a.order < b.order else 1


cdef int by_score(const void* one, const void* other) noexcept nogil:
    cdef const State* a = <const State*>one
    cdef const State* b = <const State*>other
    if a.score != b.score:
        return -1 if a.score > b.score else 1
    return by_characters(one, other)


@cython.final
cdef class Decoder:
    """Reads one plain batch."""

    cdef Words words
    cdef Language language
    cdef Guesses some
    cdef const uint32_t[::1] ids
    cdef const double[::1] before
    cdef Py_ssize_t size
    # Of each guess its odds alone.
    cdef Buffer worths
    cdef float* odds
    cdef Buffer buffer
    cdef State* states
    cdef Py_ssize_t count
    # Where states of each place of a window begin.
    cdef Buffer firsts
    cdef int64_t* bounds
    cdef list picked

    def __init__(
        self,
        Plain plain not None,
        Words words not None,
        Language language not None,
        Guesses some not None,
    ):
        self.words, self.language = words, language
        self.ids, self.before, self.size = plain.ids, plain.before, plain.size
        self.some, self.picked = some, []
        self.buffer = Buffer(sizeof(State))
        self.firsts, self.worths = Buffer(sizeof(int64_t)), Buffer(sizeof(float))
        self.bounds = <int64_t*>self.firsts.zeros(WINDOW + AFTER + 3)
        self.odds = <float*>self.worths.zeros(some.size)

    cdef int add(self, State state) except -1:
        state.order = self.count
        (<State*>self.buffer.add())[0] = state
        self.states, self.count = <State*>self.buffer.data, self.buffer.size
        return 0

    cdef float spell(self, State* state, int64_t word):
        """Return what a word adds to the log-probability; updates the characters of the state."""
        cdef Word each = self.words.each[word]
        cdef uint32_t one = state.one, two = state.two
        cdef float total = self.language.after(one, two, each.first) + each.inner
        if each.size > 1:
            total = total + self.language.after(two, each.first, each.second)
            state.one = each.before_last
        else:
            state.one = two
        state.two = each.last
        return total

    cdef int open(self, State* state, Py_ssize_t place) except -1:
        """Begin with what stands before a place."""
        state.two = self.ids[place - 1]
        state.one = EDGE if state.two == EDGE else self.ids[max(place - 2, 0)]
        state.score, state.guess, state.prior, state.order = 0, -1, -1, 0
        return 0

    cdef float price(self, Py_ssize_t guess):
        return self.some.rows[guess].cost - self.words.each[self.some.rows[guess].word].bonus

    cdef int ask(self, Py_ssize_t guess) except -1:
        """Prefetch what `local_odds` will ask of the language model."""
        cdef Guess row = self.some.rows[guess]
        cdef Word each = self.words.each[row.word]
        cdef State state
        self.open(&state, row.start)
        fetch_after(self.language, state.one, state.two, each.first)
        if each.size > 1:
            fetch_after(self.language, state.two, each.first, each.second)
            state.two = each.before_last
        fetch_after(self.language, state.two, each.last, self.ids[row.end])
        return 0

    cdef float local_odds(self, Py_ssize_t guess):
        """Return the log-odds of a guess against what is written, its neighbours as they are."""
        cdef Guess row = self.some.rows[guess]
        cdef State state
        cdef Py_ssize_t last = row.end + 1
        cdef uint32_t third = self.ids[row.end], fourth
        cdef float total, price = self.price(guess)
        cdef double written = self.before[last + (third != EDGE)] - self.before[row.start]
        self.open(&state, row.start)
        # However likely it is there, and what follows after it.
        if <float>(self.words.each[row.word].inner - price - written) <= -HOPELESS:
            return -INFINITY
        total = self.spell(&state, row.word)
        if <float>(total - price - written) <= -HOPELESS:
            return -INFINITY
        total = total + self.language.after(state.one, state.two, third)
        if third != EDGE:
            fourth = self.ids[min(last, self.size - 1)]
            total = total + self.language.after(state.two, third, fourth)
        return <float>(total - price - written)

    def decode(self):
        """Choose guesses: return their places in order, the odds of their windows, and theirs alone."""
        cdef Py_ssize_t i, first = 0, kept = 0
        cdef int64_t reach = 0, origin = 0
        cdef Guess row
        cdef bint new
        cdef Py_ssize_t text = 0, at = 0, before_text = 0, step, before_step = 0
        cdef Buffer hoped = Buffer(sizeof(int64_t)), begins = Buffer(sizeof(int64_t))
        cdef int64_t* keep = <int64_t*>hoped.zeros(self.some.size)
        for i in range(self.some.size):
            if i + 2 * AHEAD < self.some.size:
                fetch(&self.words.each[self.some.rows[i + 2 * AHEAD].word])
            if i + AHEAD < self.some.size:
                self.ask(i + AHEAD)
            self.odds[i] = self.local_odds(i)
            if self.odds[i] > -HOPELESS:
                keep[kept] = i
                kept += 1
        if not kept:
            return NOTHING
        cdef int64_t* starts = <int64_t*>begins.zeros(kept + 1)
        cdef Py_ssize_t windows = 0
        for i in range(kept):
            row = self.some.rows[keep[i]]
            while at <= row.start:
                text += self.ids[at] == EDGE
                at += 1
            new = i == 0 or row.start > reach + AFTER or text > before_text
            if new:
                origin = row.start
            step = (row.start - origin) // WINDOW
            if new or step != before_step:
                starts[windows] = i
                windows += 1
            before_text, before_step = text, step
            reach = max(reach, row.end)
        starts[windows] = kept
        for i in range(windows):
            first = self.some.rows[keep[starts[i + 1]]].start if i + 1 < windows else self.size
            self.window(keep + starts[i], starts[i + 1] - starts[i], first)
        self.picked.sort()
        kept = len(self.picked)
        guess_, worth_ = room(cnp.NPY_INT64, kept), room(cnp.NPY_FLOAT, kept)
        alone_ = room(cnp.NPY_FLOAT, kept)
        cdef int64_t* guess = <int64_t*>cnp.PyArray_DATA(guess_)
        cdef float* worth = <float*>cnp.PyArray_DATA(worth_)
        cdef float* alone = <float*>cnp.PyArray_DATA(alone_)
        for i in range(kept):
            _, guess[i], worth[i] = self.picked[i]
            alone[i] = self.odds[guess[i]]
        return guess_, worth_, alone_

    cdef int take(self, Py_ssize_t guess, float worth) except -1:
        self.picked.append((self.some.rows[guess].start, guess, worth))
        return 0

    cdef int window(self, int64_t* some, Py_ssize_t count, Py_ssize_t most) except -1:
        """Read one window; so many guesses are its own, and where the next one begins."""
        cdef Py_ssize_t i, kept = 0, first = self.some.rows[some[0]].start, end = 0, last
        for i in range(count):
            end = max(end, self.some.rows[some[i]].end)
        last = end = min(end, first + WINDOW)
        for i in range(AFTER):
            if self.ids[min(last, self.size - 1)] != EDGE:
                last += 1
        if self.ids[min(last, self.size - 1)] == EDGE:
            last += 1
        last = min(last, self.size)
        most = min(most, last)
        for i in range(count):
            if self.some.rows[some[i]].end <= most:
                some[kept] = some[i]
                kept += 1
        if kept == 1:
            if self.odds[some[0]] > -LENIENCE:
                self.take(some[0], self.odds[some[0]])
        elif kept:
            self.search(some, kept, first, last)
        return 0

    cdef int search(
        self, const int64_t* some, Py_ssize_t count, Py_ssize_t first, Py_ssize_t last
    ) except -1:
        cdef Py_ssize_t place, i, begin, length = last - first, nearest
        cdef int64_t at
        cdef State state
        cdef float worth
        self.count = self.buffer.size = 0
        self.open(&state, first)
        self.add(state)
        self.bounds[0], self.bounds[1] = 0, 1
        for place in range(1, length + 1):
            begin = self.count
            for at in range(self.bounds[place - 1], self.bounds[place]):
                state = self.states[at]
                i = first + place - 1
                state.score = state.score + self.language.after(state.one, state.two, self.ids[i])
                state.one, state.two = state.two, self.ids[i]
                state.guess, state.prior = -1, at
                self.add(state)
            for i in range(count):  # they come by where they begin
                if self.some.rows[some[i]].end == first + place:
                    self.guessed(some[i], self.some.rows[some[i]].start - first)
            self.prune(begin)
            self.bounds[place + 1] = self.count
        at = self.bounds[length]
        worth = <float>(self.states[at].score - (self.before[last] - self.before[first]))
        if worth > 0:
            while at >= 0:
                if self.states[at].guess >= 0:
                    self.take(self.states[at].guess, worth)
                at = self.states[at].prior
            return 0
        # Where all is likeliest as it stands: the guess that is nearest to it.
        nearest = some[0]
        for i in range(count):
            if self.odds[some[i]] >= self.odds[nearest]:
                nearest = some[i]
        if self.odds[nearest] > -LENIENCE:
            self.take(nearest, self.odds[nearest])
        return 0

    cdef int guessed(self, int64_t guess, Py_ssize_t origin) except -1:
        cdef int64_t at
        cdef State state
        for at in range(self.bounds[origin], self.bounds[origin + 1]):
            state = self.states[at]
            state.score = state.score - self.price(guess)
            state.score = state.score + self.spell(&state, self.some.rows[guess].word)
            state.guess, state.prior = guess, at
            self.add(state)
        return 0

    cdef int prune(self, Py_ssize_t begin) except -1:
        """Of the states from `begin` on keep the best few, one for each pair of last characters."""
        cdef Py_ssize_t i, kept = begin
        qsort(&self.states[begin], self.count - begin, sizeof(State), by_characters)
        for i in range(begin, self.count):
            if (
                kept == begin
                or self.states[i].one != self.states[kept - 1].one
                or self.states[i].two != self.states[kept - 1].two
            ):
                self.states[kept] = self.states[i]
                kept += 1
        qsort(&self.states[begin], kept - begin, sizeof(State), by_score)
        self.count = self.buffer.size = min(kept, begin + BEAM)
        return 0
