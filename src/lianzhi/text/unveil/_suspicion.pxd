cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t

from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.unveil._language cimport Language
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.unveil._vocabulary cimport Words


cdef struct Suspect:
    int64_t start, end, char
    int way
    float extra
    bint clear


cdef struct Asked:
    # What a character may be taken for: where it stands, the row of shapes, how many steps of
    # log-probability it may gain at most, and whether a word of a lexicon has it there.
    int32_t place, row, gain
    bint listed


@cython.final
cdef class Suspicion:
    cdef readonly int kinds
    cdef readonly list pictures
    cdef Plain plain
    cdef Words words
    cdef Language language
    cdef Buffer buffer
    cdef Suspect* rows
    cdef Py_ssize_t size
    # Where a character stands near letters, pictures or what is clearly suspected; where a word may
    # begin, and go on.
    cdef Buffer marks
    cdef uint8_t* beside
    cdef uint8_t* begin
    cdef uint8_t* around

    cdef int add(self, Suspect suspect) except -1
    cdef bint single(self, Py_ssize_t place) except -1
    cdef void mark_beside(self, Py_ssize_t place) noexcept
    cdef int mark(self, uint8_t* some) except -1
    cdef int keep_joining(self, const uint8_t* odd) except -1
    cdef bint joins(self, const Suspect* one, const uint8_t* some) except -1
    cdef int alike(self) except -1
    cdef Py_ssize_t rare(self, Py_ssize_t begin, Py_ssize_t end, int32_t* some) noexcept
    cdef int taken_for(self, const int32_t* some, Py_ssize_t count, Buffer asked) except -1
    cdef Py_ssize_t worth_asking(self, Asked* rows, Py_ssize_t count) except -1
    cdef int ask(self, const Asked* one) except -1
    cdef int made(self) except -1
    cdef int spread(self, const uint8_t* some) except -1
