cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t


cdef struct Hit:
    # A string that begins at a place: where it ends, and the rows of what it stands for.
    Py_ssize_t start, end
    int32_t row, last
    # Where in the trie it ends, and by which number.
    int32_t node
    uint32_t number


cdef enum:
    #: Places at which strings may begin that are sought ahead of time.
    AHEAD = 64


cdef struct Places:
    # Where strings may begin: those that were sought, which of them comes next, and from where on
    # to seek others.
    Py_ssize_t[AHEAD] start
    Py_ssize_t count, at, further


@cython.final
cdef class Trie:
    cdef const int32_t[::1] values
    cdef int32_t[::1] root
    # Strings end at nodes up to `ending`; of each of them where its values begin, which end where
    # those of the next one do.
    cdef int32_t ending
    cdef int32_t[::1] first
    cdef uint16_t[::1] number
    # Pairs that begin a string, those that are one, triples that begin a longer one, and steps
    # further on: see `room_for`. The first are told by code points, so that nothing but these need
    # be looked at to seek them; all others by numbers.
    cdef uint8_t[::1] opens, closes, triples, deeper
    cdef int opens_shift, closes_shift, triples_shift, deeper_shift
    # Where each pair leads that begins a string, if there can be few pairs.
    cdef int32_t[::1] second
    # Code points that are a string; whether any is.
    cdef uint8_t[::1] lone
    cdef int lone_shift
    cdef bint alone
    cdef uint64_t[::1] table
    cdef uint32_t width, known
    cdef int shift

    cdef int put(self, uint32_t key, uint32_t child) except -1
    cdef int32_t step(self, int32_t node, uint32_t number) noexcept
    cdef bint go(self, const uint32_t* codes, Py_ssize_t size, Hit* hit) noexcept
    cdef void look_ahead(self, const uint32_t* codes, Py_ssize_t size, Places* places) noexcept
    cdef bint continues(self, uint32_t pair, uint32_t third) noexcept
    cdef bint advance(self, const uint32_t* codes, Py_ssize_t size, Hit* hit) noexcept


cdef inline Hit search(Py_ssize_t start) noexcept:
    """A search for strings that begin at a place, before it has found any."""
    return Hit(start, start, 0, 0, 0, 0)


cdef inline Places places_from(Py_ssize_t start) noexcept:
    """The places from one on, before any is sought."""
    cdef Places places
    places.count, places.at, places.further = 0, 0, start
    return places


cdef inline uint32_t couple(uint32_t code, uint32_t next_) noexcept:
    """The key of two code points."""
    return (code << 16) + next_


cdef inline uint32_t triple(uint32_t pair, uint32_t third) noexcept:
    """The key of three characters, by those of the first two and the number of the third."""
    return pair * <uint32_t>0x85EBCA6B + third


@cython.boundscheck(False)
cdef inline uint32_t numbered(Trie trie, uint32_t code) noexcept:
    """The number of a code point; 0 where no string holds it."""
    return trie.number[code] if code < trie.known else 0


cdef inline uint32_t place_of(uint32_t key, int shift) noexcept:
    """The bit of a key: see `room_for`."""
    return key * <uint32_t>0x9E3779B1 >> shift


@cython.boundscheck(False)  # a key is shifted to the number of bits
cdef inline bint holds(const uint8_t[::1] bits, int shift, uint32_t key) noexcept:
    """Whether a key may be among those that bits were made of by `room_for`."""
    cdef uint32_t bit = place_of(key, shift)
    return bits[bit >> 3] >> (bit & 7) & 1


cdef inline bint seek(
    Trie trie, const uint32_t* codes, Py_ssize_t size, Places* places, Hit* hit
) noexcept:
    """Go to the next place at which a string may begin, if there is any among so many."""
    if places.at == places.count:
        trie.look_ahead(codes, size, places)
        if not places.count:
            return False
    hit[0] = search(places.start[places.at])
    places.at += 1
    return True
