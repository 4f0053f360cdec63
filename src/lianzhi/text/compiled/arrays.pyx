"""Batches by where they lie, looked over before anything is asked about them."""

cimport numpy as cnp
from libc.stdint cimport int64_t, uint32_t

from lianzhi.text import folding as _folding

cnp.import_array()

cdef uint32_t SEPARATOR = _folding.SEPARATOR


cdef Texts texts_of(cnp.ndarray codes, cnp.ndarray starts) except *:
    """A batch. Raises where texts lie outside of it, or codes are none."""
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
