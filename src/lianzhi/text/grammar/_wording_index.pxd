cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t

from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.arrays._trie cimport Trie


cdef struct Spot:
    # A wording that a line may hold, and where a word of its rarest list stands; nowhere, and its
    # end is -1, where that is a mark.
    int64_t number, end, begin


@cython.final
cdef class Seen:
    # Which lists of words were seen in a text: of each the latest text, counted from one on.
    cdef Buffer texts, numbers
    cdef int32_t* latest
    # Those that were seen in this one, and where each was first and last.
    cdef int64_t* lists
    cdef int64_t* first
    cdef int64_t* last
    cdef Py_ssize_t size, count

    cdef bint sees(self, int64_t one, int32_t text) noexcept
    cdef void see(self, int64_t one, int32_t text, int64_t place) noexcept
    cdef int see_all(self, lists, int32_t text, int64_t begin, int64_t end) except -1


@cython.final
cdef class WordingIndex:
    # Words, each as often as there are lists that have it, and the list.
    cdef Trie trie
    # By list, what waits for it: see `wording_index.py`.
    cdef const int64_t[::1] waiting, number, second, lead, least, most
    # How many lists and wordings there are.
    cdef Py_ssize_t lists, wordings

    cdef tuple by_wording(self, Buffer found)
    cdef Buffer spots(self, const uint32_t* at, Py_ssize_t size, marked)
    cdef bint holds(self, Py_ssize_t row, int64_t one, Seen seen, int32_t text) noexcept
    cdef int held(self, int64_t one, Spot spot, Seen seen, Buffer found) except -1
