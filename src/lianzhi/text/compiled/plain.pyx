"""A plain batch as it was read: see `lianzhi.text.unveil.known`."""

import numpy as np

from lianzhi.text.folding import SEPARATOR


cdef class Plain:
    """Code points, their numbers, and how likely they are. They are looked over here, once: what
    reads them goes by that."""

    def __init__(self, codes, ids, pair, before):
        cdef Py_ssize_t i
        sizes = ids.size, pair.size, before.size
        if not codes.size or sizes != (codes.size, codes.size - 1, codes.size + 1):
            raise ValueError(f"{codes.size} codes have {sizes} numbers, pairs and places; read anew")
        if codes.max() > SEPARATOR or codes[0] != SEPARATOR or codes[codes.size - 1] != SEPARATOR:
            raise ValueError("codes are no batch; fold the texts")
        self.codes, self.ids, self.pair, self.before = codes, ids, pair, before
        self.size = codes.size
        self.pairs = np.zeros(self.size + 1)
        for i in range(2, self.size + 1):
            self.pairs[i] = self.pairs[i - 1] + self.pair[i - 2]
