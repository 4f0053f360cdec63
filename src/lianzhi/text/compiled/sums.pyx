"""Sums over a batch, text by text: the compiled twins of what adds up in `lianzhi.text`."""

import numpy as np

cimport numpy as cnp
from libc.math cimport sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memset

from lianzhi.text.compiled.arrays cimport Texts, lying, room, table, texts_of
from lianzhi.text.compiled.language cimport fetch
from lianzhi.text import folding as _folding, identifiers, ngrams as _ngrams

cnp.import_array()

cdef uint32_t SEPARATOR = _folding.SEPARATOR
cdef uint32_t SEED = _ngrams.SEED, MIX = _ngrams.MIX
cdef uint8_t ASCII = identifiers.ASCII, HAN = identifiers.HAN
cdef uint8_t DOOR = identifiers.DOOR, AT = identifiers.AT, PLATE = identifiers.PLATE
cdef enum:
    A = 97
    Z = 122
    DASH = 45
    LOW_LINE = 95
    #: Models, and characters of an n-gram.
    MOST = 8
    #: Places whose n-grams are looked up at a time.
    BLOCK = 32
    ROOM = 256  # MOST for each
    SLOTS = 1 << 28
    MOST_PATTERNS = 64
    #: Trees that are gone down at once.
    ABREAST = 10

#: No texts; nobody writes to it.
NONE = np.empty(0, np.int64)


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
    cdef Py_ssize_t begin = 0, i, n, m, some
    cdef int64_t count = 0
    cdef uint32_t hashed
    cdef int32_t[MOST] sums
    cdef uint32_t[ROOM] found
    while begin < size:
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
        begin += BLOCK
    return count


cdef struct Weights:
    const int8_t* first
    Py_ssize_t models
    int longest
    int shift


cdef Weights weights_of(cnp.ndarray weights, int longest) except *:
    """Weights of n-grams by slot and model. Raises ValueError where they are none."""
    cdef const int8_t* first = <const int8_t*>lying(weights, cnp.NPY_INT8, 2)
    cdef Py_ssize_t slots = weights.shape[0], models = weights.shape[1]
    if not 0 < models <= MOST or longest > MOST:
        raise ValueError(f"weights are of {models} models and {longest}-grams, {MOST} at most")
    if not 1 < slots <= SLOTS or slots & (slots - 1):
        raise ValueError(f"weights have {slots} slots; make it a power of two, {SLOTS} at most")
    return Weights(first, models, longest, 33 - int(slots).bit_length())


cdef inline void means_of(
    const Texts* texts, Py_ssize_t text, const Weights* by, double* means
) noexcept:
    """What the n-grams of a text add up to by each model, over the root of their number."""
    cdef const uint32_t* codes = texts.codes + texts.starts[text]
    cdef Py_ssize_t size = texts.starts[text + 1] - texts.starts[text]
    cdef Py_ssize_t m
    cdef int64_t count = 0
    cdef int64_t[MOST] totals
    cdef double root
    memset(totals, 0, sizeof(totals))
    if size:  # the same with numbers that the compiler knows, of the models that read every text
        if by.models == 2 and by.longest == 3:
            count = added(codes, size, by.first, by.shift, 3, 2, totals)
        elif by.models == MOST and by.longest == 2:
            count = added(codes, size, by.first, by.shift, 2, MOST, totals)
        else:
            count = added(codes, size, by.first, by.shift, by.longest, by.models, totals)
    root = sqrt(<double>max(count, 1))
    for m in range(by.models):
        means[m] = totals[m] / root


def ngrams(
    cnp.ndarray codes not None, cnp.ndarray starts not None, cnp.ndarray weights not None, longest
):
    """The compiled twin of `lianzhi.text.ngrams.ngram_means`."""
    cdef Texts texts = texts_of(codes, starts)
    cdef Weights by = weights_of(weights, longest)
    cdef cnp.ndarray out = table(cnp.NPY_DOUBLE, texts.count, by.models)
    cdef double* means = <double*>cnp.PyArray_DATA(out)
    cdef Py_ssize_t text
    for text in range(texts.count):
        means_of(&texts, text, &by, means + text * by.models)
    return out


def odds(
    cnp.ndarray codes not None,
    cnp.ndarray starts not None,
    cnp.ndarray weights not None,
    longest,
    cnp.ndarray heard not None,
    cnp.ndarray words not None,
    double reach,
):
    """The compiled twin of `lianzhi.text.whole.Whole.odds`: rows of `heard` are units, biases and
    factors of models; `words` are log-odds of what words say, of each text or of all alike."""
    cdef Texts texts = texts_of(codes, starts)
    cdef Weights by = weights_of(weights, longest)
    cdef const double* unit = <const double*>lying(heard, cnp.NPY_DOUBLE, 2)
    cdef const double* said = <const double*>lying(words, cnp.NPY_DOUBLE, 2)
    cdef Py_ssize_t models = heard.shape[1], text, m
    cdef Py_ssize_t step = models if words.shape[0] > 1 else 0
    cdef const double* bias = unit + models
    cdef const double* factor = bias + models
    cdef double[MOST] means
    cdef cnp.ndarray out = table(cnp.NPY_DOUBLE, texts.count, models)
    cdef double* come = <double*>cnp.PyArray_DATA(out)
    if heard.shape[0] != 3 or not 0 < models <= by.models or words.shape[1] != models or (
        words.shape[0] != 1 and words.shape[0] != texts.count
    ):
        raise ValueError(f"odds are of {models} models, and words of {words.shape[1]}")
    for text in range(texts.count):
        means_of(&texts, text, &by, means)
        for m in range(models):
            come[m] = said[m] + factor[m] * min(max(means[m] * unit[m] + bias[m], -reach), reach)
        come, said = come + models, said + step
    return out


def patterns(
    cnp.ndarray codes not None,
    cnp.ndarray starts not None,
    cnp.ndarray asked not None,
    cnp.ndarray row not None,
    cnp.ndarray points not None,
    cnp.ndarray offset not None,
    cnp.ndarray factor not None,
):
    """The best of each pattern in each text asked for, times its factor, added up."""
    cdef Texts texts = texts_of(codes, starts)
    cdef const int64_t* which = <const int64_t*>lying(asked, cnp.NPY_INT64, 1)
    cdef const uint16_t* row_of = <const uint16_t*>lying(row, cnp.NPY_UINT16, 1)
    cdef const int16_t* first = <const int16_t*>lying(points, cnp.NPY_INT16, 3)
    cdef const int16_t* least = <const int16_t*>lying(offset, cnp.NPY_INT16, 1)
    cdef const int64_t* worth = <const int64_t*>lying(factor, cnp.NPY_INT64, 1)
    cdef Py_ssize_t width = points.shape[0], rows = points.shape[1], count = points.shape[2]
    cdef Py_ssize_t text, i, place, m, at
    cdef int64_t sum
    cdef int16_t[MOST_PATTERNS] best, here
    cdef const int16_t* point
    cdef const int16_t* second
    cdef const int16_t* third
    cdef cnp.ndarray out = room(cnp.NPY_INT64, asked.shape[0])
    cdef int64_t* total = <int64_t*>cnp.PyArray_DATA(out)
    if not width or count > MOST_PATTERNS or not offset.shape[0] == factor.shape[0] == count:
        raise ValueError(f"points are of {count} patterns, {MOST_PATTERNS} at most, all in step")
    if row.shape[0] <= SEPARATOR:
        raise ValueError(f"rows are of {row.shape[0]} code points; give one for each there is")
    for i in range(asked.shape[0]):
        text, sum = which[i], 0
        if not 0 <= text < texts.count:
            raise IndexError(f"text {text} is none of the batch")
        memset(best, 0, sizeof(best))
        for place in range(texts.starts[text], texts.starts[text + 1] + 1):
            if row_of[texts.codes[place]] >= rows:
                raise IndexError(f"row {row_of[texts.codes[place]]} of {rows}")
        for place in range(texts.starts[text], texts.starts[text + 1] - width + 2):
            point = first + row_of[texts.codes[place]] * count
            if width == 3:  # as what is shipped: in one go, so that sums need not be put away
                second = first + (rows + row_of[texts.codes[place + 1]]) * count
                third = first + (2 * rows + row_of[texts.codes[place + 2]]) * count
                for m in range(count):
                    best[m] = max(
                        best[m], <int16_t>(least[m] + point[m] + second[m] + third[m])
                    )
                continue
            for m in range(count):
                here[m] = least[m] + point[m]
            for at in range(1, width):
                point = first + (at * rows + row_of[texts.codes[place + at]]) * count
                for m in range(count):
                    here[m] += point[m]
            for m in range(count):
                best[m] = here[m] if here[m] > best[m] else best[m]
        for m in range(count):
            sum += best[m] * worth[m]
        total[i] = sum
    return out


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
        sum, tree, told = 0, 0, &signs[row, 0]
        while tree <= count - ABREAST:
            asked, bounds = &sign[tree, 0], &bound[tree, 0]
            memset(node, 0, sizeof(node))
            for level in range(levels):
                for each in range(ABREAST):
                    node[each] = 2 * node[each] + 1 + (
                        told[asked[each * nodes + node[each]]] > bounds[each * nodes + node[each]]
                    )
            for each in range(ABREAST):
                sum += leaves[tree + each, node[each] - nodes]
            tree += ABREAST
        for tree in range(tree, count):
            node[0], asked, bounds = 0, &sign[tree, 0], &bound[tree, 0]
            for level in range(levels):
                node[0] = 2 * node[0] + 1 + (told[asked[node[0]]] > bounds[node[0]])
            sum += leaves[tree, node[0] - nodes]
        total[row] = sum
    return total_


def identified(
    cnp.ndarray codes not None, cnp.ndarray starts not None, cnp.ndarray hint not None,
    int fewest, Py_ssize_t step, int account,
):
    """Which texts may hold an identifier; see `lianzhi.text.identifiers.may_hold`."""
    cdef Texts texts = texts_of(codes, starts)
    cdef const uint8_t* hints = <const uint8_t*>lying(hint, cnp.NPY_UINT8, 1)
    cdef Py_ssize_t text, place, last
    cdef int digits, named
    cdef uint32_t code
    cdef uint8_t mark, before
    cdef bint sign, numbered
    cdef list found = []
    if hint.shape[0] <= SEPARATOR:
        raise ValueError(f"hints are of {hint.shape[0]} code points; give one for each there is")
    for text in range(texts.count):
        digits, named, before, sign, last = 0, 0, 0, False, texts.starts[text]
        numbered = False
        for place in range(texts.starts[text], texts.starts[text + 1]):
            code = texts.codes[place]
            mark = hints[code]
            if not mark and code > Z:  # nearly all there is
                named, numbered, before = 0, False, 0
                continue
            if mark == ASCII or mark == HAN:
                digits = digits + 1 if place - last <= step else 1
                last = place
                sign |= digits >= fewest
            if mark == ASCII or A <= code <= Z or code == DASH or code == LOW_LINE:
                named += 1
                numbered |= mark == ASCII
                sign |= numbered and named >= account
            else:
                named, numbered = 0, False
            sign |= mark == AT or mark == DOOR and (before == ASCII or before == HAN)
            sign |= before == PLATE and A <= code <= Z
            before = mark
        if sign:
            found.append(text)
    return np.array(found, np.int64) if found else NONE
