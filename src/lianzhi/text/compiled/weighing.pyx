"""What speaks for and against guesses: the compiled twin of `signs` in
`lianzhi.text.unveil.weighing`.
"""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text.compiled.plain cimport Plain
from lianzhi.text.compiled.vocabulary cimport Words
from lianzhi.text.unveil import channel as _channel, language as _language, weighing as _weighing

cdef uint32_t EDGE = _language.EDGE
cdef float NOTHING = _weighing.NOTHING
cdef Py_ssize_t WIDTH = len(_weighing.SIGNS), WAYS = len(_channel.WAYS) - 1
cdef enum:
    #: More ways than there ever are.
    MOST = 16
if WAYS > MOST:
    raise ValueError(f"there are {WAYS} ways to hide a word, {MOST} at most")


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


def signs(
    Plain plain not None,
    Words words not None,
    const uint8_t[::1] known,
    const float[::1] likely,
    const float[::1] record,
    some,
    picked,
):
    """A row of signs for each guess; `some` and `picked` as there, the columns between of words."""
    cdef const int64_t[::1] start = some.start, end = some.end, word = some.word, ways = some.ways
    cdef const float[::1] cost = some.cost, odds = picked.odds, alone = picked.alone
    cdef Py_ssize_t row = 0, last, i, place, size = start.shape[0], opens = 0, closes = 0
    cdef float weakest
    cdef Best every
    cdef Best[MOST] by_way
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
            out = &told[place, 0]
            # Of each stretch the pairs inside it; what stands before it where it is of one.
            weakest = plain.pair[start[place] - (end[place] - start[place] == 1)]
            for i in range(start[place] + 1, end[place] - 1):
                weakest = min(weakest, plain.pair[i])
            out[0], out[1], out[2] = alone[place], odds[place], cost[place]
            out[3], out[4] = words.size[word[place]], end[place] - start[place]
            out[5] = known[word[place]]
            out[6] = <float>(plain.before[end[place]] - plain.before[start[place]])
            out[7] = weakest
            out[8], out[9] = plain.pair[start[place] - 1], plain.pair[end[place] - 1]
            out[10] = max(beside(&every, place), NOTHING)
            out[11] = NOTHING
            for i in range(WAYS):
                out[17 + i] = ways[place] >> i & 1
                if out[17 + i]:
                    out[11] = max(out[11], beside(&by_way[i], place))
            out[12], out[13] = last - row - 1, closes - opens - 1
            out[14], out[15] = likely[word[place]], words.bonus[word[place]]
            out[16] = record[word[place]]
        row = last
    return signs_
