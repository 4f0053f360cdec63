cimport cython
from libc.stdint cimport uint8_t, uint16_t, uint32_t

from lianzhi.text.arrays._batch cimport fetch


cdef enum:
    STEPS = 16
    CLASSES = 128


@cython.final
cdef class Language:
    cdef const uint16_t[::1] row
    cdef const float[::1] one, back
    cdef const uint32_t[::1] two, three
    cdef const uint8_t[:, ::1] most_before, most_after
    cdef int two_bits, three_bits

    # No logarithm is above 0, so that 1 tells of an exception; -1 would be asked about each time.
    cdef float after(self, uint32_t first, uint32_t second, uint32_t third) except? 1


cdef inline uint32_t mixed(uint32_t out, uint32_t each, uint32_t factor) noexcept:
    out ^= out >> 15
    return (out + each) * factor


cdef inline uint32_t finished(uint32_t out) noexcept:
    out ^= out >> 13
    out *= <uint32_t>0x27D4EB2F
    return out ^ out >> 16


cdef inline uint32_t hashed_pair(uint32_t first, uint32_t second) noexcept:
    """As `hashed` in `unveil/language.py`, its end left open for a third."""
    return mixed(first * <uint32_t>0x9E3779B1, second, <uint32_t>0x85EBCA77)


cdef inline uint32_t hashed_three(uint32_t pair, uint32_t third) noexcept:
    return finished(mixed(pair, third, <uint32_t>0xC2B2AE3D))


@cython.boundscheck(False)  # a hash is shifted to the size of its table
cdef inline bint found(
    const uint32_t[::1] table, int shift, uint32_t hashed, uint32_t* value
) noexcept:
    """Return whether a table has an n-gram, and set what lies in its slot.

    Both slots are read: a branch would be unpredictable.
    """
    cdef uint32_t slot = hashed >> shift, mark = (hashed * <uint32_t>0x9E3779B1 >> 16) | 1
    cdef uint32_t here = table[slot], beside = table[slot ^ 1]
    value[0] = here if here >> 16 == mark else beside
    return (here >> 16 == mark) | (beside >> 16 == mark)


cdef inline float stepped(uint32_t value) noexcept:
    """A logarithm that is kept in the lower eight bits."""
    return <float>(value & 255) / <float>-STEPS


cdef inline float most_before(Language language, uint32_t first, uint32_t second) except? 1:
    """At most how likely `second` is after `first`."""
    return language.most_before[second, first % CLASSES] / <float>-STEPS


cdef inline float most_after(Language language, uint32_t first, uint32_t second) except? 1:
    """The same, by what stands before it."""
    return language.most_after[first, second % CLASSES] / <float>-STEPS


@cython.boundscheck(False)
cdef inline void fetch_pair(Language language, uint32_t first, uint32_t second) noexcept:
    """Prefetch what is known of a pair."""
    fetch(&language.two[finished(hashed_pair(first, second)) >> language.two_bits])


@cython.boundscheck(False)
cdef inline void fetch_after(
    Language language, uint32_t first, uint32_t second, uint32_t third
) noexcept:
    """Prefetch what is known of `third` after the two others."""
    cdef uint32_t pair = hashed_pair(first, second)
    fetch(&language.three[hashed_three(pair, third) >> language.three_bits])
    fetch(&language.two[finished(pair) >> language.two_bits])
    fetch_pair(language, second, third)


cdef inline float likely_after(Language language, uint32_t first, uint32_t second) except? 1:
    """Log-probability of `second` after `first`."""
    cdef uint32_t value = 0, hashed = finished(hashed_pair(first, second))
    cdef float backed = language.back[first] + language.one[second]
    cdef bint seen = found(language.two, language.two_bits, hashed, &value)
    return stepped(value >> 8) if seen else backed  # both at hand, so that none need be foreseen


cdef inline float backing_off(Language language, uint32_t pair) noexcept:
    """The weight of backing off to the second character of a pair, by the pair's hash."""
    cdef uint32_t value = 0
    return stepped(value) if found(language.two, language.two_bits, finished(pair), &value) else 0
