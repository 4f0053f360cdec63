"""A list of structs that grows: the one place where memory is asked for."""

from libc.stdlib cimport free, realloc


cdef class Buffer:
    """Structs of `width` bytes each, one after the other from `data` on."""

    def __cinit__(self, Py_ssize_t width):
        self.width = width

    def __dealloc__(self):
        free(self.data)

    cdef void* add(self) except NULL:
        """Room for one more at the end. What was added before may have moved."""
        cdef char* data
        cdef Py_ssize_t room = max(64, 2 * self.room)
        if self.size == self.room:
            data = <char*>realloc(self.data, room * self.width)
            if data == NULL:
                raise MemoryError
            self.data, self.room = data, room
        self.size += 1
        return self.data + (self.size - 1) * self.width
