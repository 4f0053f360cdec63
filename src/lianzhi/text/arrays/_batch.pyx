"""Batches by pointer, checked before they are read, and `Batch.cut`."""

cimport numpy as cnp
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memcpy

from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR

cnp.import_array()

cdef uint32_t SEPARATOR = _SEPARATOR


cdef Texts texts_of(cnp.ndarray codes, cnp.ndarray starts) except *:
    """Return a batch by pointer. Raises where texts lie outside of it, or it has no code points."""
    cdef Py_ssize_t i
    cdef uint32_t beyond = 0
    cdef bint parted = True
    cdef Texts some
    some.codes, some.size = <const uint32_t*>lying(codes, cnp.NPY_UINT32, 1), codes.shape[0]
    some.starts, some.count = <const int64_t*>lying(starts, cnp.NPY_INT64, 1), starts.shape[0] - 1
    for i in range(some.count):
        if not 0 <= some.starts[i] <= some.starts[i + 1] < some.size:
            raise IndexError(f"text {i} lies outside the batch")
    for i in range(some.size):  # the highest bit is set where one is too large: four at a time
        beyond |= (SEPARATOR - some.codes[i]) | some.codes[i]
    for i in range(some.count):
        parted &= some.codes[some.starts[i]] == SEPARATOR
    if (
        beyond >> 31
        or not parted
        or some.count < 0
        or some.starts[0] != 0
        or some.starts[some.count] != some.size - 1
        or some.codes[some.size - 1] != SEPARATOR
    ):
        raise ValueError("codes are no batch; fold the texts")
    return some


def cut(
    cnp.ndarray codes not None,
    cnp.ndarray starts not None,
    cnp.ndarray first not None,
    cnp.ndarray last not None,
):
    """As `Batch.cut`: the codes, and where the separators stand."""
    cdef Texts some = texts_of(codes, starts)
    cdef const int64_t* begin = <const int64_t*>lying(first, cnp.NPY_INT64, 1)
    cdef const int64_t* end = <const int64_t*>lying(last, cnp.NPY_INT64, 1)
    cdef Py_ssize_t i, count = first.shape[0], size = 0
    if last.shape[0] != count:
        raise ValueError(f"{count} stretches begin, and {last.shape[0]} end")
    starts_ = room(cnp.NPY_INT64, count + 1)
    cdef int64_t* at = <int64_t*>cnp.PyArray_DATA(starts_)
    for i in range(count):
        if not 0 <= begin[i] < end[i] < some.size:
            raise IndexError(f"stretch {i} lies outside the batch")
        at[i] = size
        size += end[i] - begin[i]
    at[count] = size
    codes_ = room(cnp.NPY_UINT32, size + 1)
    cdef uint32_t* out = <uint32_t*>cnp.PyArray_DATA(codes_)
    for i in range(count):
        memcpy(out + at[i], some.codes + begin[i], (end[i] - begin[i]) * sizeof(uint32_t))
    for i in range(count + 1):
        out[at[i]] = SEPARATOR
    return codes_, starts_
