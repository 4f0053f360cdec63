cimport cython
from libc.stdint cimport uint32_t


@cython.final
cdef class Plain:
    cdef const uint32_t[::1] codes, ids
    # Log-probability of each next character, and of all such pairs before each place.
    cdef const float[::1] pair
    cdef double[::1] pairs
    # Log-probability of all before each place, as it is written.
    cdef const double[::1] before
    cdef Py_ssize_t size
