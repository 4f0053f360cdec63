"""Strings found in texts, wherever they begin: many at once, as an automaton would, by a trie."""

import numpy as np

cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.stdlib cimport qsort

from lianzhi.text.compiled.buffer cimport Buffer
from lianzhi.text.compiled.trie cimport Hit, Places, Trie, places_from, search
from lianzhi.text.folding import in_order


cdef enum:
    #: So few pairs are sorted sooner than NumPy is called.
    FEW = 16


cdef inline const uint32_t* beginning(const uint32_t[::1] codes) noexcept:
    """Where code points lie, of which there may be none."""
    return &codes[0] if codes.shape[0] else NULL


@cython.final
cdef class Finder:
    """Strings; each is known by its place."""

    cdef Trie trie

    def __init__(self, strings):
        self.trie = Trie(*in_order(strings), np.arange(len(strings)))

    def find(self, const uint32_t[::1] codes):
        """All that stand in some code points: start, end and string of each, as arrays."""
        cdef Py_ssize_t size = 0, room = 1024
        cdef int32_t row
        found_ = np.empty((3, room), np.int64)
        cdef int64_t[:, ::1] found = found_
        cdef Hit hit = search(0)
        cdef Places places = places_from(0)
        cdef const uint32_t* at = beginning(codes)
        while self.trie.seek(at, codes.shape[0], &places, &hit):
            while self.trie.advance(at, codes.shape[0], &hit):
                for row in range(hit.row, hit.last):
                    if size == room:
                        room *= 2
                        found_ = np.concatenate((found_, np.empty_like(found_)), 1)
                        found = found_
                    found[0, size], found[1, size] = hit.start, hit.end
                    found[2, size] = self.trie.values[row]
                    size += 1
        return found_[0, :size], found_[1, :size], found_[2, :size]


cdef class Seen:
    """Which lists of words were seen in a text."""

    def __init__(self, lists):
        self.last, self.lists = np.zeros(lists, np.int32), np.empty(lists + 1, np.int64)

    cdef bint sees(self, int64_t one, int32_t text) except -1:
        return self.last[one] == text + 1

    cdef int see(self, int64_t one, int32_t text) except -1:
        self.lists[self.count] = one  # room for one more: it goes again where it was seen before
        self.count += not self.sees(one, text)
        self.last[one] = text + 1
        return 0


cdef class Lookup:
    """The compiled twin of `lianzhi.text.lookup.Lookup`: which wordings texts may hold."""

    def __init__(self, strings, lists_of, waiting):
        self.trie = Trie(*in_order(strings), np.arange(len(strings)))
        self.list_at, (self.list_of,) = lists_of.starts, lists_of.columns
        self.waiting, (self.number, self.second) = waiting.starts, waiting.columns

    def within(self, const uint32_t[::1] codes, const int64_t[::1] starts, marked):
        """Wording and text of each pair, by wording; lists of marks are `marked` for some texts."""
        cdef Py_ssize_t text, place, row, size = 0, room = 1024
        cdef int64_t one
        cdef Hit hit = search(0)
        cdef Places places = places_from(0)
        cdef const uint32_t* at = beginning(codes)
        cdef Seen seen = Seen(self.waiting.shape[0])
        found_ = np.empty((2, room), np.int64)
        cdef int64_t[:, ::1] found = found_
        cdef bint some = self.trie.seek(at, codes.shape[0], &places, &hit)
        for text in range(starts.shape[0] - 1):
            if not 0 <= starts[text] <= starts[text + 1] <= codes.shape[0]:
                raise IndexError(f"text {text} lies outside the batch")
            seen.count = 0
            while some and hit.start < starts[text + 1]:
                while self.trie.advance(at, codes.shape[0], &hit):
                    one = self.trie.values[hit.row]
                    for row in range(self.list_at[one], self.list_at[one + 1]):
                        seen.see(self.list_of[row], <int32_t>text)
                some = self.trie.seek(at, codes.shape[0], &places, &hit)
            for one in marked.get(text, ()) if marked else ():
                seen.see(one, <int32_t>text)
            for place in range(seen.count):
                one = seen.lists[place]
                for row in range(self.waiting[one], self.waiting[one + 1]):
                    if not seen.sees(self.second[row], <int32_t>text):
                        continue
                    if size == room:
                        room *= 2
                        found_ = np.concatenate((found_, np.empty_like(found_)), 1)
                        found = found_
                    found[0, size], found[1, size] = self.number[row], text
                    size += 1
        if size <= FEW:
            for row in range(1, size):  # an insertion sort, which is stable as well
                one, text = found[0, row], found[1, row]
                place = row
                while place and found[0, place - 1] > one:
                    found[0, place], found[1, place] = found[0, place - 1], found[1, place - 1]
                    place -= 1
                found[0, place], found[1, place] = one, text
            return found_[0, :size], found_[1, :size]
        order = found_[0, :size].argsort(kind="stable")
        return found_[0, order], found_[1, order]

    def within_one(self, const uint32_t[::1] codes, marked):
        """Wordings that one line may hold, and where the words of the rarest list of each stand."""
        cdef Py_ssize_t i
        cdef Spot* spot
        cdef Buffer spots = self.spots(codes, marked)
        cdef int64_t number = -1
        cdef list found = [], places = []
        for i in range(spots.size):
            spot = <Spot*>spots.data + i
            if spot.number != number:
                number, places = spot.number, []
                found.append((number, places))
            if spot.end >= 0:
                places.append((spot.begin, spot.end))
        return found

    cdef Buffer spots(self, const uint32_t[::1] codes, marked):
        """The same as spots, by wording and by where they end."""
        cdef Py_ssize_t row, i
        cdef int64_t one
        cdef Hit hit = search(0)
        cdef Places places = places_from(0)
        cdef const uint32_t* at = beginning(codes)
        cdef Spot word
        cdef Buffer words = Buffer(sizeof(Spot)), found = Buffer(sizeof(Spot))
        cdef Seen seen = Seen(self.waiting.shape[0])
        while self.trie.seek(at, codes.shape[0], &places, &hit):
            while self.trie.advance(at, codes.shape[0], &hit):
                one = self.trie.values[hit.row]
                (<Spot*>words.add())[0] = Spot(one, hit.end, hit.start)
                for row in range(self.list_at[one], self.list_at[one + 1]):
                    seen.see(self.list_of[row], 0)
        for one in marked:
            seen.see(one, 0)
        for i in range(words.size):
            word = (<Spot*>words.data)[i]
            for row in range(self.list_at[word.number], self.list_at[word.number + 1]):
                self.held(self.list_of[row], word, seen, found)
        for one in marked:
            self.held(one, Spot(0, -1, -1), seen, found)
        qsort(found.data, found.size, sizeof(Spot), by_number)
        return found

    cdef int held(self, int64_t one, Spot spot, Seen seen, Buffer found) except -1:
        """Add a spot for all wordings that wait for a list, and have all else that they need."""
        cdef Py_ssize_t row
        for row in range(self.waiting[one], self.waiting[one + 1]):
            if seen.sees(self.second[row], 0):
                spot.number = self.number[row]
                (<Spot*>found.add())[0] = spot
        return 0


cdef int by_number(const void* one, const void* other) noexcept nogil:
    cdef const Spot* a = <const Spot*>one
    cdef const Spot* b = <const Spot*>other
    if a.number != b.number:
        return -1 if a.number < b.number else 1
    if a.end != b.end:
        return -1 if a.end < b.end else 1
    return (a.begin > b.begin) - (a.begin < b.begin)
