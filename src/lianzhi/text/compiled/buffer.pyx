"""A list of structs that grows: the one place where memory is asked for."""

from libc.stdlib cimport free, realloc
from libc.string cimport memset


cdef class Buffer:
    """Structs of `width` bytes each, one after the other from `data` on."""

    def __cinit__(self, Py_ssize_t width):
        self.width = width

    def __dealloc__(self):
        free(self.data)

    cdef int grow(self) except -1:
        """Make room for twice as many."""
        return self.hold(max(64, 2 * self.room))

    cdef int hold(self, Py_ssize_t room) except -1:
        """Make room for so many, whatever they are."""
        cdef char* data
        if room <= self.room:
            return 0
        data = <char*>realloc(self.data, room * self.width)
        if data == NULL:
            raise MemoryError
        self.data, self.room = data, room
        return 0

    cdef void* zeros(self, Py_ssize_t count) except NULL:
        """So many of them, of nothing but zeros."""
        self.hold(max(count, 1))
        memset(self.data, 0, count * self.width)
        self.size = count
        return self.data
