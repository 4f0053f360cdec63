from libc.stdint cimport int64_t


cdef struct Columns:
    # The columns of `Hits`, by pointer.
    const int64_t* start
    const int64_t* end
    const int64_t* entry
    const int64_t* role
    const int64_t* text
    Py_ssize_t size


cdef Columns columns_of(hits) except *
