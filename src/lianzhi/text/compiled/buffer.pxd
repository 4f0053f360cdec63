cdef class Buffer:
    cdef char* data
    cdef Py_ssize_t size, room, width

    cdef void* add(self) except NULL
