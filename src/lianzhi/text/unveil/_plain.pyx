"""A plain batch as it was read: see `scored_batch.py`."""

cimport numpy as cnp
from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text.arrays._batch cimport lying, room
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR

cnp.import_array()

cdef uint32_t SEPARATOR = _SEPARATOR


def without(cnp.ndarray codes not None, cnp.ndarray signs not None):
    """The code points that are no signs, and their places: as `without_signs` in `plain.py`."""
    cdef const uint32_t* given = <const uint32_t*>lying(codes, cnp.NPY_UINT32, 1)
    cdef const uint8_t* sign = <const uint8_t*>lying(signs, cnp.NPY_UINT8, 1)
    cdef Py_ssize_t i, kept = 0, size = codes.shape[0]
    left_, place_ = room(cnp.NPY_UINT32, size), room(cnp.NPY_INT64, size)
    cdef uint32_t* left = <uint32_t*>cnp.PyArray_DATA(left_)
    cdef int64_t* place = <int64_t*>cnp.PyArray_DATA(place_)
    if signs.shape[0] <= SEPARATOR:
        raise ValueError(f"signs are of {signs.shape[0]} code points; give one for each there is")
    for i in range(size):
        if given[i] > SEPARATOR:
            raise ValueError("codes are no batch; fold the texts")
        left[kept], place[kept] = given[i], i
        kept += not sign[given[i]]
    return (left_, place_) if kept == size else (left_[:kept], place_[:kept])


cdef class Plain:
    """Code points, their numbers, and how likely they are. Only `_language.Language.read` makes one,
    and checks it; the other twins rely on that."""

    def __init__(self):
        raise TypeError("let `Language.read` make it")
