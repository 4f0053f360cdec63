from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t


cdef struct Hit:
    # A string that begins at a place: where it ends, and the rows of what it stands for.
    Py_ssize_t start, end
    int32_t row, last
    # Where in the trie it ends, and by which number.
    int32_t node
    uint32_t number


cdef class Trie:
    cdef const int64_t[::1] values
    cdef int32_t[::1] root
    # Of each node where its values begin; they end where those of the next one do.
    cdef int32_t[::1] first
    cdef uint16_t[::1] number
    # Pairs that begin a string, and those that stand further on in one: see `filtered`.
    cdef const uint8_t[::1] opens, follows
    cdef uint32_t opens_by, follows_by
    cdef int opens_shift, follows_shift
    cdef uint64_t[::1] table
    cdef uint32_t width, known
    cdef int shift

    cdef int put(self, int32_t node, uint32_t number, uint32_t child) except -1
    cdef int32_t step(self, int32_t node, uint32_t number)
    cdef bint advance(self, const uint32_t[::1] codes, Hit* hit) except -1


cdef inline Hit search(Py_ssize_t start):
    """A search for strings that begin at a place, before it has found any."""
    return Hit(start, start, 0, 0, 0, 0)


cdef inline uint32_t numbered(Trie trie, uint32_t code):
    """The number of a code point; 0 where no string holds it."""
    return trie.number[code] if code < trie.known else 0


cdef inline bint holds(const uint8_t[::1] bits, uint32_t factor, int shift, uint32_t pair):
    """Whether a pair may be among those that were `filtered`."""
    cdef uint32_t bit = pair * factor >> shift
    return bits[bit >> 3] >> (bit & 7) & 1
