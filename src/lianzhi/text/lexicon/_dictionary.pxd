"""Costs of the words of `lexicon/dictionary.py`. It has no twin itself; those of `boundaries.py`,
`unveil/vocabulary.py` and `unveil/features.py` inline this."""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

cdef enum:
    #: As there; `_boundaries.pyx` asserts it.
    LONGEST = 4
    LONE = 1280
    NEVER = 0x40000000
    FIRST = 0x4E00
    LAST = 0x9FFF


cdef struct Dictionary:
    # The columns of `Words` there, which outlives it.
    const uint64_t* key
    const int32_t* cost
    const int32_t* first


cdef inline Dictionary listed(words) except *:
    """The columns of `Words`, looked over."""
    cdef const uint64_t[::1] key = words.key
    cdef const int32_t[::1] cost = words.cost, first = words.first
    if first.shape[0] != LAST - FIRST + 2 or first[first.shape[0] - 1] != key.shape[0]:
        raise ValueError("the dictionary's words are not all begun; load it anew")
    if cost.shape[0] != key.shape[0]:
        raise ValueError(f"{key.shape[0]} words have {cost.shape[0]} costs")
    return Dictionary(&key[0], &cost[0], &first[0])


cdef inline uint64_t extended(uint64_t word, uint32_t code, Py_ssize_t size) noexcept:
    """A word of so many characters and one more."""
    return word | <uint64_t>code << 16 * (LONGEST - 1 - size)


cdef inline int64_t priced(const Dictionary* words, uint64_t word, Py_ssize_t size) noexcept:
    """What a word of so many Chinese characters costs; never where it is none and has several."""
    cdef Py_ssize_t code = (word >> 16 * (LONGEST - 1)) - FIRST
    cdef int32_t low = words.first[code], high = words.first[code + 1], middle
    while low < high:
        middle = (low + high) >> 1
        if words.key[middle] < word:
            low = middle + 1
        else:
            high = middle
    if low < words.first[code + 1] and words.key[low] == word:
        return min(<int64_t>words.cost[low], LONE) if size == 1 else words.cost[low]
    return LONE if size == 1 else NEVER
