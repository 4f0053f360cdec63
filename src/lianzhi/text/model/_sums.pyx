"""Sums over the texts of a batch: the compiled twins of `ngrams.py`, `patterns.py` and
`kind_models.py`, which share the sums over n-grams."""

cimport numpy as cnp
from libc.math cimport sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memset

from lianzhi.text.arrays._batch cimport Texts, fetch, lying, room, table, texts_of
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.model import ngrams as _ngrams

cnp.import_array()

cdef uint32_t SEPARATOR = _SEPARATOR
cdef uint32_t SEED = _ngrams.SEED, MIX = _ngrams.MIX
cdef enum:
    #: Models, and characters of an n-gram.
    MOST = 8
    #: Places whose n-grams are looked up at a time.
    BLOCK = 32
    ROOM = 256  # MOST for each
    SLOTS = 1 << 28
    MOST_PATTERNS = 64


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
    """The compiled twin of `ngrams.ngram_means`."""
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
    cnp.ndarray by_ngrams not None,
    cnp.ndarray words not None,
    double reach,
):
    """The compiled twin of `KindModels.odds`: rows of `by_ngrams` are units, biases and factors of
    models; `words` are log-odds of what words say, of each text or of all alike."""
    cdef Texts texts = texts_of(codes, starts)
    cdef Weights by = weights_of(weights, longest)
    cdef const double* unit = <const double*>lying(by_ngrams, cnp.NPY_DOUBLE, 2)
    cdef const double* said = <const double*>lying(words, cnp.NPY_DOUBLE, 2)
    cdef Py_ssize_t models = by_ngrams.shape[1], text, m
    cdef Py_ssize_t step = models if words.shape[0] > 1 else 0
    cdef const double* bias = unit + models
    cdef const double* factor = bias + models
    cdef double[MOST] means
    cdef cnp.ndarray out = table(cnp.NPY_DOUBLE, texts.count, models)
    cdef double* come = <double*>cnp.PyArray_DATA(out)
    if by_ngrams.shape[0] != 3 or not 0 < models <= by.models or words.shape[1] != models or (
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
