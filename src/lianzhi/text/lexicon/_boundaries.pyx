"""Entries across word boundaries: the compiled twin of `boundaries.py`."""

import numpy as np

from libc.stdint cimport int64_t, uint32_t, uint64_t

from lianzhi.text.lexicon import boundaries as _boundaries, dictionary as _dictionary
from lianzhi.text.lexicon._dictionary cimport (
    FIRST,
    LAST,
    LONE,
    LONGEST,
    NEVER,
    Dictionary,
    extended,
    listed,
    priced,
)

cdef enum:
    #: Characters on either side, and all that are looked at, at most.
    REACH = 5
    COLUMNS = 14
assert (LONGEST, LONE, NEVER, FIRST, LAST) == (
    _dictionary.LONGEST,
    _dictionary.LONE,
    _dictionary.NEVER,
    _dictionary.FIRST,
    _dictionary.LAST,
)
assert REACH == _boundaries.REACH and COLUMNS == 2 * REACH + LONGEST
cdef int64_t ENTRY = _dictionary.ENTRY, MARGIN = _boundaries.MARGIN

def crosses_boundary(
    const uint32_t[::1] codes, const int64_t[::1] start, const int64_t[::1] end, words
):
    """As `crosses_boundary` there, by the words of a dictionary."""
    cdef Dictionary known = listed(words)
    cdef Py_ssize_t i
    out_ = np.zeros(start.shape[0], bool)
    cdef char[::1] out = out_.view(np.int8)
    for i in range(start.shape[0]):
        out[i] = fits(codes, start[i], end[i]) and crosses(codes, start[i], end[i], &known)
    return out_


cdef bint fits(const uint32_t[::1] codes, Py_ssize_t start, Py_ssize_t end) except -1:
    """Whether a stretch is of as many Chinese characters as it may have."""
    cdef Py_ssize_t place
    if not 2 <= end - start <= LONGEST:
        return False
    for place in range(start, end):
        if not FIRST <= codes[place] <= LAST:
            return False
    return True


cdef bint crosses(
    const uint32_t[::1] codes, Py_ssize_t start, Py_ssize_t end, const Dictionary* words
) except -1:
    cdef Py_ssize_t first = start, last = end, begin, finish, size, opens, closes
    cdef int64_t[COLUMNS + 1] plain, crossed, kept
    cdef int64_t each, own = ENTRY
    cdef uint64_t word
    cdef bint over
    # Mostly there is no word that goes over the beginning, nor over the end.
    if not stands(codes, words, max(start - LONGEST + 1, 0), start, start, end - 1):
        if not stands(codes, words, start + 1, end, end, end + LONGEST):
            return False
    while first > 0 and start - first < REACH and FIRST <= codes[first - 1] <= LAST:
        first -= 1
    while last < codes.shape[0] and last - end < REACH and FIRST <= codes[last] <= LAST:
        last += 1
    for begin in range(last - first + 1):
        plain[begin], crossed[begin], kept[begin] = NEVER, NEVER, NEVER
    plain[0] = 0
    opens, closes = start - first, end - first
    for begin in range(last - first):
        word = 0
        for size in range(1, min(LONGEST, last - first - begin) + 1):
            word = extended(word, codes[first + begin + size - 1], size - 1)
            finish = begin + size
            each = priced(words, word, size)
            if begin == opens and finish == closes:
                own = min(each, ENTRY)
                kept[finish] = min(kept[finish], plain[begin] + own)
            if each == NEVER:
                continue
            over = begin < opens < finish < closes or opens < begin < closes < finish
            if over:
                crossed[finish] = min(crossed[finish], plain[begin] + each)
            else:
                plain[finish] = min(plain[finish], plain[begin] + each)
            crossed[finish] = min(crossed[finish], crossed[begin] + each)
            kept[finish] = min(kept[finish], kept[begin] + each)
    return kept[last - first] - crossed[last - first] > MARGIN


cdef bint stands(
    const uint32_t[::1] codes,
    const Dictionary* words,
    Py_ssize_t first,
    Py_ssize_t until,
    Py_ssize_t after,
    Py_ssize_t before,
) except -1:
    """Whether any word begins at [first, until) and ends behind one place, at another at most."""
    cdef Py_ssize_t begin, place
    cdef uint64_t word
    for begin in range(first, until):
        word = 0
        for place in range(begin, min(begin + LONGEST, before, codes.shape[0])):
            if not FIRST <= codes[place] <= LAST:
                break
            word = extended(word, codes[place], place - begin)
            if place >= after and priced(words, word, 2) != NEVER:
                return True
    return False
