"""Which wordings texts may hold: the compiled twin of `wording_index.py`."""

import numpy as np

cimport cython
cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.stdlib cimport qsort

from lianzhi.text.arrays._batch cimport Texts, lying, room, texts_of
from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.arrays._trie cimport Hit, Places, Trie, places_from, search, seek
from lianzhi.text.arrays.batch import joined_codes

cnp.import_array()

#: The columns of no candidates; nobody writes to them.
NOWHERE = np.empty(0, np.int64)


cdef struct Pair:
    int64_t number, text, place


cdef class Seen:
    """Which lists of words were seen in a text. Those that are asked about are there."""

    def __cinit__(self, Py_ssize_t size):
        self.size = size
        self.texts, self.numbers = Buffer(sizeof(int32_t)), Buffer(sizeof(int64_t))
        self.latest = <int32_t*>self.texts.zeros(size)
        self.lists = <int64_t*>self.numbers.hold(3 * size)
        self.first, self.last = self.lists + size, self.lists + 2 * size

    cdef bint sees(self, int64_t one, int32_t text) noexcept:
        return self.latest[one] == text + 1

    cdef void see(self, int64_t one, int32_t text, int64_t place) noexcept:
        if not self.sees(one, text):
            self.lists[self.count] = one
            self.count += 1
            self.latest[one], self.first[one] = text + 1, place
        self.last[one] = place

    cdef int see_all(self, lists, int32_t text, int64_t begin, int64_t end) except -1:
        """Those that marks are in, wherever they stand from where the text begins."""
        cdef int64_t one
        for one in lists:
            if not 0 <= one < self.size:
                raise IndexError(f"list {one} of {self.size}")
            self.see(one, text, begin)
            self.first[one], self.last[one] = begin, end
        return 0


cdef class WordingIndex:
    """The compiled twin of `WordingIndex` there."""

    def __init__(self, words, lists, waiting):
        self.trie = Trie(*joined_codes(words), lists)
        self.waiting = waiting.starts
        self.number, self.second, self.lead, self.least, self.most = waiting.columns
        self.lists = self.waiting.shape[0] - 1
        self.wordings = waiting.columns[0].max(initial=-1) + 1
        for column, most in (
            (lists, self.lists), (waiting.columns[1], self.lists), (waiting.columns[0], 1 << 31)
        ):
            if column.size and not 0 <= column.min() <= column.max() < most:
                raise ValueError("wordings wait for lists that are not there; make rows of them")
        if waiting.columns[2].min(initial=0) < 0:
            raise ValueError("wordings begin behind what they hold; give them a lead of 0 or more")

    def candidates(self, cnp.ndarray codes not None, cnp.ndarray starts not None, dict marked not None):
        """Wording and text of each pair, by wording, and from where on it may begin; lists of marks
        are `marked` for some texts."""
        cdef Texts texts = texts_of(codes, starts)
        cdef Py_ssize_t text, place, row, next_ = 0
        cdef int64_t one, begin
        cdef Hit hit = search(0)
        cdef Places places = places_from(0)
        cdef Seen seen = Seen(self.lists)
        cdef Buffer found = None
        cdef list marks = sorted(marked.items())
        cdef Py_ssize_t marked_text = marks[0][0] if marks else -1
        if marks and not 0 <= marks[0][0] <= marks[-1][0] < texts.count:
            raise IndexError(f"texts {marks[0][0]} to {marks[-1][0]} of {texts.count} are marked")
        cdef bint some = seek(self.trie, texts.codes, texts.size, &places, &hit)
        for text in range(texts.count):
            seen.count = 0
            while some and hit.start < texts.starts[text + 1]:
                while self.trie.advance(texts.codes, texts.size, &hit):
                    for row in range(hit.row, hit.last):
                        seen.see(self.trie.values[row], <int32_t>text, hit.start)
                some = seek(self.trie, texts.codes, texts.size, &places, &hit)
            if text == marked_text:
                seen.see_all(
                    marks[next_][1], <int32_t>text, texts.starts[text], texts.starts[text + 1]
                )
                next_ += 1
                marked_text = marks[next_][0] if next_ < len(marks) else -1
            for place in range(seen.count):
                one = seen.lists[place]
                for row in range(self.waiting[one], self.waiting[one + 1]):
                    if self.holds(row, one, seen, <int32_t>text):
                        found = Buffer(sizeof(Pair)) if found is None else found
                        begin = max(seen.first[one] - self.lead[row], texts.starts[text])
                        (<Pair*>found.add())[0] = Pair(self.number[row], text, begin)
        return (NOWHERE,) * 3 if found is None else self.by_wording(found)

    cdef tuple by_wording(self, Buffer found):
        """Pairs that come by text, by wording, those of one as they come."""
        cdef Py_ssize_t i
        cdef const Pair* pair
        cdef Buffer begins = Buffer(sizeof(int64_t))
        cdef int64_t* begin = <int64_t*>begins.zeros(self.wordings + 1)
        number_, text_, place_ = (room(cnp.NPY_INT64, found.size) for _ in range(3))
        cdef int64_t* numbers = <int64_t*>cnp.PyArray_DATA(number_)
        cdef int64_t* texts = <int64_t*>cnp.PyArray_DATA(text_)
        cdef int64_t* places = <int64_t*>cnp.PyArray_DATA(place_)
        cdef int64_t at
        for i in range(found.size):
            begin[(<Pair*>found.data)[i].number + 1] += 1
        for i in range(self.wordings):
            begin[i + 1] += begin[i]
        for i in range(found.size):
            pair = <Pair*>found.data + i
            at = begin[pair.number]
            numbers[at], texts[at], places[at] = pair.number, pair.text, pair.place
            begin[pair.number] += 1
        return number_, text_, place_

    def candidates_in_line(self, cnp.ndarray codes not None, marked):
        """Wordings that one line may hold, and where the words of the rarest list of each stand."""
        cdef Py_ssize_t i
        cdef Spot* spot
        cdef const uint32_t* at = <const uint32_t*>lying(codes, cnp.NPY_UINT32, 1)
        cdef Buffer spots = self.spots(at, codes.shape[0], marked)
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

    cdef Buffer spots(self, const uint32_t* at, Py_ssize_t size, marked):
        """The same as spots, by wording and by where they end."""
        cdef Py_ssize_t row, i
        cdef int64_t one
        cdef Hit hit = search(0)
        cdef Places places = places_from(0)
        cdef Buffer words = Buffer(sizeof(Spot)), found = Buffer(sizeof(Spot))
        cdef Seen seen = Seen(self.lists)
        while seek(self.trie, at, size, &places, &hit):
            while self.trie.advance(at, size, &hit):
                for row in range(hit.row, hit.last):
                    one = self.trie.values[row]
                    (<Spot*>words.add())[0] = Spot(one, hit.end, hit.start)
                    seen.see(one, 0, hit.start)
        seen.see_all(marked, 0, 0, size - 1)
        for i in range(words.size):
            self.held((<Spot*>words.data)[i].number, (<Spot*>words.data)[i], seen, found)
        for one in marked:
            self.held(one, Spot(0, -1, -1), seen, found)
        qsort(found.data, found.size, sizeof(Spot), by_number)
        return found

    cdef bint holds(self, Py_ssize_t row, int64_t one, Seen seen, int32_t text) noexcept:
        """Whether a text that has a list has all else that what waits for it needs, where that may
        stand."""
        cdef int64_t other = self.second[row]
        return (
            seen.sees(other, text)
            and seen.last[other] - seen.first[one] >= self.least[row]
            and seen.first[other] - seen.last[one] <= self.most[row]
        )

    cdef int held(self, int64_t one, Spot spot, Seen seen, Buffer found) except -1:
        """Add a spot for all wordings that wait for a list, and have all else that they need."""
        cdef Py_ssize_t row
        for row in range(self.waiting[one], self.waiting[one + 1]):
            if self.holds(row, one, seen, 0):
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
