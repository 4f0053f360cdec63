"""A plain batch as it was read: see `lianzhi.text.unveil.known`."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text.folding import SEPARATOR as _SEPARATOR

cdef uint32_t SEPARATOR = _SEPARATOR


def without(const uint32_t[::1] codes, const uint8_t[::1] signs):
    """The code points that are no signs, and their places: as `of` in `lianzhi.text.unveil.plain`."""
    cdef Py_ssize_t i, kept = 0
    left_, place_ = np.empty(codes.shape[0], np.uint32), np.empty(codes.shape[0], np.int64)
    cdef uint32_t[::1] left = left_
    cdef int64_t[::1] place = place_
    for i in range(codes.shape[0]):
        left[kept], place[kept] = codes[i], i
        kept += not signs[codes[i]]
    return left_[:kept], place_[:kept]


cdef class Plain:
    """Code points, their numbers, and how likely they are. They are looked over here, once: what
    reads them goes by that."""

    def __init__(self, codes, ids, pair, before):
        cdef Py_ssize_t i
        cdef uint32_t most = 0
        self.codes, self.ids, self.pair, self.before = codes, ids, pair, before
        self.size = self.codes.shape[0]
        if (
            not self.size
            or self.ids.shape[0] != self.size
            or self.pair.shape[0] != self.size - 1
            or self.before.shape[0] != self.size + 1
        ):
            sizes = ids.size, pair.size, before.size
            raise ValueError(f"{self.size} codes have {sizes} numbers, pairs and places; read anew")
        for i in range(self.size):
            most = max(most, self.codes[i])
        if not self.codes[0] == self.codes[self.size - 1] == most == SEPARATOR:
            raise ValueError("codes are no batch; fold the texts")
        self.pairs = np.zeros(self.size + 1)
        for i in range(2, self.size + 1):
            self.pairs[i] = self.pairs[i - 1] + self.pair[i - 2]
