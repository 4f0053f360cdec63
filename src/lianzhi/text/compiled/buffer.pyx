"""A list of structs that grows: the one place where memory is asked for."""

from libc.stdlib cimport free, realloc


cdef class Buffer:
    """Structs of `width` bytes each, one after the other from `data` on."""

    def __cinit__(self, Py_ssize_t width):
        self.width = width

    def __dealloc__(self):
        free(self.data)

    cdef int grow(self) except -1:
        """Make room for twice as many."""
        cdef char* data
        cdef Py_ssize_t room = max(64, 2 * self.room)
        data = <char*>realloc(self.data, room * self.width)
        if data == NULL:
            raise MemoryError
        self.data, self.room = data, room
        return 0
