"""Features of guesses: the compiled twin of `features.py`."""

import numpy as np

from libc.stdint cimport int64_t, uint32_t, uint64_t

from lianzhi.text.lexicon._dictionary cimport FIRST, LAST, LONGEST, NEVER, extended, priced
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.unveil._vocabulary cimport Words
from lianzhi.text.lexicon.dictionary import PARTS as _PARTS
from lianzhi.text.unveil import (
    channel as _channel,
    features as _features,
    language as _language,
    segmentation as _segmentation,
)

cdef uint32_t EDGE = _language.EDGE
cdef float NOTHING = _features.NOTHING, PARTS = _PARTS
cdef Py_ssize_t WIDTH = len(_features.FEATURES), WAYS = len(_channel.WAYS) - 1
cdef int64_t NO_WORD = _segmentation.NO_WORD
cdef enum:
    #: More ways than there ever are.
    MOST = 16
    #: Characters on either side of a stretch, of the longest one, and all.
    REACH = 4
    STRETCH = 8
    COLUMNS = 16
if WAYS > MOST:
    raise ValueError(f"there are {WAYS} ways to hide a word, {MOST} at most")
assert (REACH, STRETCH) == (_segmentation.REACH, _segmentation.LONGEST) and COLUMNS == 2 * REACH + STRETCH
cdef enum:
    ALONE, WINDOW, COST, CHARACTERS, PLACES, LISTED, WRITTEN, WEAKEST, BEFORE, AFTER, OTHERS, SAME
    SEVERAL, TEXT, LIKELY, WORTH, RECORD, PARTED, WORD, FIRST_WAY
assert _features.FEATURES[ALONE] == "alone" and _features.FEATURES[OTHERS] == "others"
assert _features.FEATURES[WORD] == "word" and _features.FEATURES[FIRST_WAY] == _channel.WAYS[0]


cdef struct Best:
    # The surest of some guesses: its row, its odds, and those of the next.
    Py_ssize_t row
    float first, second


cdef inline void heed(Best* best, Py_ssize_t row, float odds) noexcept:
    if best.row < 0 or odds > best.first:
        best.second, best.first, best.row = best.first, odds, row
    elif odds > best.second:
        best.second = odds


cdef inline float beside(const Best* best, Py_ssize_t row) noexcept:
    """The odds of the surest other than that of a row."""
    return best.second if best.row == row else best.first


cdef int part(
    const uint32_t[::1] codes, int64_t start, int64_t end, int64_t meant, Words words, float* out
) except -1:
    """What `segmentation_gain` says of a stretch and the word that is meant.

    Of all ways to part a window the cheapest costs what its last place does; the cheapest to part
    what stands before the stretch, what the stretch's first place does.
    """
    cdef Py_ssize_t first = start, last = end, begin, size
    cdef int64_t[COLUMNS + 1] best, behind
    cdef int64_t each, as_word = NEVER
    cdef uint64_t word
    out[PARTED], out[WORD] = 0, NO_WORD / PARTS
    if end - start > STRETCH:
        return 0
    for begin in range(start, end):
        if not FIRST <= codes[begin] <= LAST:
            return 0
    while start - first < REACH and FIRST <= codes[first - 1] <= LAST:  # an edge stands before all
        first -= 1
    while last - end < REACH and FIRST <= codes[last] <= LAST:  # and after all
        last += 1
    for begin in range(last - first + 1):
        best[begin], behind[begin] = NEVER, NEVER
    best[0], behind[end - first] = 0, 0
    for begin in range(last - first):
        word = 0
        for size in range(1, min(LONGEST, last - first - begin) + 1):
            word = extended(word, codes[first + begin + size - 1], size - 1)
            each = priced(&words.dictionary, word, size)
            if first + begin == start and size == end - start:
                as_word = each
            best[begin + size] = min(best[begin + size], best[begin] + each)
            behind[begin + size] = min(behind[begin + size], behind[begin] + each)
    each = best[last - first] - best[start - first] - behind[last - first]
    out[PARTED] = words.own[meant] - each / PARTS
    out[WORD] = min(as_word, NO_WORD) / PARTS
    return 0


def features_of(
    Plain plain not None,
    Words words not None,
    some,
    picked,
):
    """Return a row of features for each guess; arguments as there."""
    cdef const int64_t[::1] start = some.start, end = some.end, word = some.word, ways = some.ways
    cdef const float[::1] cost = some.cost, odds = picked.odds, alone = picked.alone
    cdef Py_ssize_t row = 0, last, i, place, size = start.shape[0], opens = 0, closes = 0
    cdef float weakest
    cdef Best every
    cdef Best[MOST] by_way
    cdef int64_t meant
    cdef float* out
    signs_ = np.empty((size, WIDTH), np.float32)
    cdef float[:, ::1] told = signs_
    while row < size:
        # The text that they are in, and all guesses in it.
        while closes <= start[row]:
            if plain.ids[closes] == EDGE:
                opens = closes
            closes += 1
        while plain.ids[closes] != EDGE:
            closes += 1
        every = Best(-1, NOTHING, NOTHING)
        for i in range(WAYS):
            by_way[i] = every
        last = row
        while last < size and start[last] < closes:
            heed(&every, last, alone[last])
            for i in range(WAYS):
                if ways[last] >> i & 1:
                    heed(&by_way[i], last, alone[last])
            last += 1
        for place in range(row, last):
            out, meant = &told[place, 0], word[place]
            # Of each stretch the pairs inside it; what stands before it where it is of one.
            weakest = plain.pair[start[place] - (end[place] - start[place] == 1)]
            for i in range(start[place] + 1, end[place] - 1):
                weakest = min(weakest, plain.pair[i])
            out[ALONE], out[WINDOW], out[COST] = alone[place], odds[place], cost[place]
            out[CHARACTERS], out[PLACES] = words.each[meant].size, end[place] - start[place]
            out[LISTED] = words.known[meant]
            out[WRITTEN] = <float>(plain.before[end[place]] - plain.before[start[place]])
            out[WEAKEST] = weakest
            out[BEFORE], out[AFTER] = plain.pair[start[place] - 1], plain.pair[end[place] - 1]
            out[OTHERS] = max(beside(&every, place), NOTHING)
            out[SAME] = NOTHING
            for i in range(WAYS):
                out[FIRST_WAY + i] = ways[place] >> i & 1
                if out[FIRST_WAY + i]:
                    out[SAME] = max(out[SAME], beside(&by_way[i], place))
            out[SEVERAL], out[TEXT] = last - row - 1, closes - opens - 1
            out[LIKELY], out[WORTH] = words.likely[meant], words.each[meant].bonus
            out[RECORD] = words.record[meant]
            part(plain.codes, start[place], end[place], meant, words, out)
        row = last
    return signs_
