"""A plain batch as it was read: see `lianzhi.text.unveil.known`."""

import numpy as np


cdef class Plain:
    """Code points, their numbers, and how likely they are."""

    def __init__(self, codes, ids, pair, before):
        cdef Py_ssize_t i
        self.codes, self.ids, self.pair, self.before = codes, ids, pair, before
        self.size = codes.size
        self.pairs = np.zeros(self.size + 1)
        for i in range(2, self.size + 1):
            self.pairs[i] = self.pairs[i - 1] + self.pair[i - 2]
