"""A list of structs that grows: the one place where memory is asked for."""

from libc.stdlib cimport free, realloc
from libc.string cimport memset


cdef class Buffer:
    """Structs of `width` bytes each, one after the other from `data` on."""

    def __cinit__(self, Py_ssize_t width):
        self.width = width

    def __dealloc__(self):
        free(self.data)

    cdef void* hold(self, Py_ssize_t count) except NULL:
        """Make room for so many at least, whatever they are, and tell where."""
        cdef char* data
        cdef Py_ssize_t room
        if count > self.room or self.data == NULL:
            room = max(count, 64, 2 * self.room)
            data = <char*>realloc(self.data, room * self.width)
            if data == NULL:
                raise MemoryError
            self.data, self.room = data, room
        return self.data

    cdef void* zeros(self, Py_ssize_t count) except NULL:
        """So many of them, of nothing but zeros."""
        if count < 0:
            raise ValueError(f"{count} is no number of structs")
        memset(self.hold(count), 0, count * self.width)
        self.size = count
        return self.data
