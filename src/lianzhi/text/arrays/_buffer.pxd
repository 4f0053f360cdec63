cimport cython


@cython.final
cdef class Buffer:
    cdef char* data
    cdef Py_ssize_t size, room, width

    cdef void* hold(self, Py_ssize_t count) except NULL
    cdef void* zeros(self, Py_ssize_t count) except NULL

    cdef inline void* add(self) except NULL:
        """Room for one more at the end. What was added before may have moved."""
        if self.size == self.room:
            self.hold(self.size + 1)
        self.size += 1
        return self.data + (self.size - 1) * self.width
