"""Sums over a batch, text by text: the compiled twins of what adds up in `lianzhi.text`."""

import numpy as np

cimport cython
from libc.math cimport sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memset

from lianzhi.text.compiled.language cimport fetch
from lianzhi.text import folding as _folding, identifiers, ngrams as _ngrams

cdef uint32_t SEPARATOR = _folding.SEPARATOR
cdef uint32_t SEED = _ngrams.SEED, MIX = _ngrams.MIX
cdef uint8_t ASCII = identifiers.ASCII, HAN = identifiers.HAN
cdef uint8_t DOOR = identifiers.DOOR, AT = identifiers.AT, PLATE = identifiers.PLATE
cdef enum:
    A = 97
    Z = 122
    #: Models, and characters of an n-gram.
    MOST = 8
    #: Places whose n-grams are looked up at a time.
    BLOCK = 32
    ROOM = 256  # MOST for each
    SLOTS = 1 << 28
    MOST_PATTERNS = 64
    #: Trees that are gone down at once.
    ABREAST = 10


cdef int look_over(const uint32_t[::1] codes, const int64_t[::1] starts) except -1:
    """Raise where texts lie outside the batch, or codes are none."""
    cdef Py_ssize_t i
    cdef uint32_t most = 0
    for i in range(starts.shape[0] - 1):
        if not 0 <= starts[i] <= starts[i + 1] < codes.shape[0]:
            raise IndexError(f"text {i} lies outside the batch")
    for i in range(codes.shape[0]):
        most = codes[i] if codes[i] > most else most
    if most > SEPARATOR:
        raise ValueError("codes are no batch; fold the texts")
    return 0


cdef inline int64_t added(
    const uint32_t* codes,
    Py_ssize_t size,
    const int8_t* weights,
    int shift,
    Py_ssize_t longest,
    Py_ssize_t models,
    int64_t* totals,
) noexcept:
    """Add up the weights of the n-grams of a text that begin at so many places, of which the first
    is its separator; one more ends it. Returns how many n-grams they are.

    Block by block: the weights of one are asked for before any of them is needed."""
    cdef Py_ssize_t begin, i, n, m, some
    cdef int64_t count = 0
    cdef uint32_t hashed
    cdef int32_t[MOST] sums
    cdef uint32_t[ROOM] found
    for begin in range(0, size, BLOCK):
        some = 0
        for i in range(begin, min(begin + BLOCK, size)):
            hashed = codes[i] * SEED
            if i:  # separators alone say nothing
                found[some] = (hashed >> shift) * <uint32_t>models
                fetch(&weights[found[some]])
                some += 1
            for n in range(1, min(longest, size - i + 1)):
                hashed = (hashed ^ codes[i + n]) * MIX
                found[some] = (hashed >> shift) * <uint32_t>models
                fetch(&weights[found[some]])
                some += 1
        memset(sums, 0, sizeof(sums))
        for i in range(some):
            for m in range(models):
                sums[m] += (&weights[found[i]])[m]
        for m in range(models):
            totals[m] += sums[m]
        count += some
    return count


def ngrams(
    const uint32_t[::1] codes,
    const int64_t[::1] starts,
    const int8_t[:, ::1] weights,
    int longest,
):
    """The compiled twin of `lianzhi.text.ngrams.ngram_means`."""
    cdef Py_ssize_t texts = starts.shape[0] - 1, models = weights.shape[1], text, m, size
    cdef int64_t count
    cdef double root
    cdef int shift = 32 - (int(weights.shape[0]).bit_length() - 1)
    cdef int64_t[MOST] totals
    cdef const uint32_t* first
    cdef const int8_t* weight
    if not 0 < models <= MOST or longest > MOST:
        raise ValueError(f"weights are of {models} models and {longest}-grams, {MOST} at most")
    if not 1 < weights.shape[0] <= SLOTS or weights.shape[0] & (weights.shape[0] - 1):
        raise ValueError(
            f"weights have {weights.shape[0]} slots; make it a power of two, {SLOTS} at most"
        )
    look_over(codes, starts)
    weight = &weights[0, 0]
    means_ = np.zeros((texts, models))
    cdef double[:, ::1] means = means_
    for text in range(texts):
        memset(totals, 0, sizeof(totals))
        size = starts[text + 1] - starts[text]
        if size:
            first = &codes[starts[text]]
            # The same with numbers that the compiler knows.
            if models == 1:
                count = added(first, size, weight, shift, longest, 1, totals)
            elif models == 2:
                count = added(first, size, weight, shift, longest, 2, totals)
            elif models == MOST:
                count = added(first, size, weight, shift, longest, MOST, totals)
            else:
                count = added(first, size, weight, shift, longest, models, totals)
            root = sqrt(<double>max(count, 1))
            for m in range(models):
                means[text, m] = totals[m] / root
    return means_


@cython.boundscheck(True)  # rows of points come from a table that is not looked over
def patterns(
    const uint32_t[::1] codes,
    const int64_t[::1] starts,
    const int64_t[::1] asked,
    const uint16_t[::1] row,
    const int16_t[:, :, ::1] points,
    const int16_t[::1] offset,
    const int64_t[::1] factor,
):
    """The best of each pattern in each text asked for, times its factor, added up."""
    cdef Py_ssize_t texts = asked.shape[0], width = points.shape[0], count = points.shape[2]
    cdef Py_ssize_t text, i, place, m
    cdef int64_t sum
    cdef int16_t[MOST_PATTERNS] best, here
    cdef const int16_t* point
    if count > MOST_PATTERNS or offset.shape[0] != count or factor.shape[0] != count:
        raise ValueError(f"points are of {count} patterns, {MOST_PATTERNS} at most, all in step")
    total_ = np.zeros(texts, np.int64)
    cdef int64_t[::1] total = total_
    for text in range(texts):
        memset(best, 0, sizeof(best))
        for i in range(starts[asked[text]], starts[asked[text] + 1] - width + 2):
            for m in range(count):
                here[m] = (&offset[0])[m]
            for place in range(width):
                point = &points[place, row[codes[i + place]], 0]
                for m in range(count):
                    here[m] += point[m]
            for m in range(count):
                best[m] = here[m] if here[m] > best[m] else best[m]
        sum = 0
        for m in range(count):
            sum += best[m] * factor[m]
        total[text] = sum
    return total_


def trees(
    const float[:, ::1] signs,
    const uint8_t[:, ::1] sign,
    const float[:, ::1] bound,
    const int16_t[:, ::1] leaves,
):
    """What the leaves of all trees add up to for each row of signs; see `weighing.Trees`.

    Several trees are gone down at once: each step waits for the one before it in the same tree.
    """
    cdef Py_ssize_t row, tree, each, level, levels, nodes = sign.shape[1], width = signs.shape[1]
    cdef Py_ssize_t count = sign.shape[0]
    cdef int64_t sum
    cdef Py_ssize_t[ABREAST] node
    cdef const float* told
    cdef const float* bounds
    cdef const uint8_t* asked
    if (bound.shape[0], bound.shape[1]) != (count, nodes) or nodes & (nodes + 1) or (
        leaves.shape[0], leaves.shape[1]
    ) != (count, nodes + 1):
        raise ValueError("trees are not whole: a bound for each sign, and a leaf more than that")
    for tree in range(count):
        for each in range(nodes):
            if sign[tree, each] >= width:
                raise IndexError(f"trees ask for sign {sign[tree, each]} of {width}")
    levels = int(nodes).bit_length()
    total_ = np.zeros(signs.shape[0], np.int64)
    cdef int64_t[::1] total = total_
    for row in range(signs.shape[0]):
        sum, told = 0, &signs[row, 0]
        for tree in range(0, count - ABREAST + 1, ABREAST):
            asked, bounds = &sign[tree, 0], &bound[tree, 0]
            memset(node, 0, sizeof(node))
            for level in range(levels):
                for each in range(ABREAST):
                    node[each] = 2 * node[each] + 1 + (
                        told[asked[each * nodes + node[each]]] > bounds[each * nodes + node[each]]
                    )
            for each in range(ABREAST):
                sum += leaves[tree + each, node[each] - nodes]
        for tree in range(count - count % ABREAST, count):
            node[0], asked, bounds = 0, &sign[tree, 0], &bound[tree, 0]
            for level in range(levels):
                node[0] = 2 * node[0] + 1 + (told[asked[node[0]]] > bounds[node[0]])
            sum += leaves[tree, node[0] - nodes]
        total[row] = sum
    return total_


def identified(
    const uint32_t[::1] codes,
    const int64_t[::1] starts,
    const uint8_t[::1] hint,
    int fewest,
):
    """Which texts may hold an identifier; see `lianzhi.text.identifiers.may_hold`."""
    cdef Py_ssize_t text, place
    cdef int digits, others
    cdef uint8_t mark, before
    cdef bint sign
    cdef list found = []
    if hint.shape[0] <= SEPARATOR:
        raise ValueError(f"hints are of {hint.shape[0]} code points; give one for each there is")
    look_over(codes, starts)
    for text in range(starts.shape[0] - 1):
        digits, others, before, sign = 0, 0, 0, False
        for place in range(starts[text], starts[text + 1]):
            mark = hint[codes[place]]
            digits += mark == ASCII
            others += mark == HAN
            sign |= mark == AT or mark == DOOR and (before == ASCII or before == HAN)
            sign |= before == PLATE and A <= codes[place] <= Z
            before = mark
        if sign or digits >= fewest or digits + others >= fewest + 2:
            found.append(text)
    return np.array(found, np.int64)
