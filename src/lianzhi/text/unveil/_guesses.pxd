cimport cython
from libc.stdint cimport int32_t, int64_t

from lianzhi.text.arrays._buffer cimport Buffer


cdef struct Guess:
    int32_t start, end, word, ways, order
    float cost


@cython.final
cdef class Guesses:
    cdef Buffer buffer
    cdef Guess* rows
    cdef Py_ssize_t size

    cdef int add(
        self, int64_t start, int64_t end, int64_t word, float cost, int64_t ways
    ) except -1
