cimport cython


@cython.final
cdef class Buffer:
    cdef char* data
    cdef Py_ssize_t size, room, width

    cdef int grow(self) except -1
    cdef int hold(self, Py_ssize_t room) except -1
    cdef void* zeros(self, Py_ssize_t count) except NULL
    cdef int hold(self, Py_ssize_t room) except -1
    cdef void* zeros(self, Py_ssize_t count) except NULL
    cdef int hold(self, Py_ssize_t room) except -1
    cdef void* zeros(self, Py_ssize_t count) except NULL

    cdef inline void* add(self) except NULL:
        """Room for one more at the end. What was added before may have moved."""
        if self.size == self.room:
            self.grow()
        self.size += 1
        return self.data + (self.size - 1) * self.width
