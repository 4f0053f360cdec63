"""Folding a batch: the compiled twin of `fold_batch` in `lianzhi.text.folding`."""

import numpy as np

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text import folding as _folding

cdef uint32_t SEPARATOR = _folding.SEPARATOR
cdef Py_ssize_t LONGEST_GAP = _folding.LONGEST_GAP


@cython.final
cdef class Folder:
    """The tables of folding."""

    cdef const uint8_t[::1] width, any, inside, word, han
    cdef const uint32_t[::1] first, folded
    cdef const int64_t[::1] wide, begin

    def __init__(self, table, signs):
        self.width, self.first = table.width, table.first
        self.wide = np.array(sorted(table.several), np.int64)
        parts = [table.several[code] for code in np.asarray(self.wide).tolist()]
        size = np.fromiter(map(len, parts), np.int64, len(parts))
        self.begin = np.cumsum(size) - size
        self.folded = np.concatenate(parts).astype(np.uint32)
        self.any, self.inside, self.word, self.han = (some.view(np.uint8) for some in signs)

    def fold(self, texts):
        """Fold texts: the code points of the batch, and where its separators stand."""
        cdef Py_ssize_t size = 0, room, text = 0, place, at, i, width
        cdef uint32_t code
        cdef str each
        # One for each text, and its separator, where no code point folds to several.
        room = sum(map(len, texts)) + len(texts) + 1
        codes_, starts_ = np.empty(room, np.uint32), np.empty(len(texts) + 1, np.int64)
        cdef uint32_t[::1] codes = codes_
        cdef int64_t[::1] starts = starts_
        for item in texts:
            each = item if type(item) is str else str.__str__(item)
            starts[text] = size
            text += 1
            codes[size] = SEPARATOR
            size += 1
            for place in range(len(each)):
                code = each[place]
                width = self.width[code]
                if width == 1:
                    codes[size] = self.first[code]
                    size += 1
                elif width:
                    room += width - 1
                    if room > codes.shape[0]:
                        more = np.empty(room + codes.shape[0] // 2, np.uint32)
                        more[:size] = codes_[:size]
                        codes_ = more
                        codes = codes_
                    at = self.begin[self.found(code)]
                    for i in range(width):
                        codes[size + i] = self.folded[at + i]
                    size += width
        starts[text] = size
        codes[size] = SEPARATOR
        return self.closed(codes[: size + 1], starts), starts_

    cdef Py_ssize_t found(self, int64_t code) except -1:
        """Which of the code points that fold to several one is."""
        cdef Py_ssize_t low = 0, high = self.wide.shape[0] - 1, middle
        while low < high:
            middle = (low + high) // 2
            if self.wide[middle] < code:
                low = middle + 1
            else:
                high = middle
        return low

    cdef object closed(self, uint32_t[::1] codes, int64_t[::1] starts):
        """Without the signs that only keep the characters of a word apart; see `folding._gaps`."""
        cdef Py_ssize_t place = 0, end, size = codes.shape[0], kept = 0, text = 0
        cdef bint soft
        out_ = np.empty(size, np.uint32)
        cdef uint32_t[::1] out = out_
        while place < size:
            if self.any[codes[place]]:
                end, soft = place, True
                while end < size and self.any[codes[end]]:
                    soft = soft and self.inside[codes[end]]
                    end += 1
                if not (
                    end - place <= LONGEST_GAP
                    and end < size
                    and place
                    and self.han[codes[place - 1]]
                    and self.han[codes[end]]
                    and (soft or self.stands_alone(codes, place, end))
                ):
                    out[kept : kept + end - place] = codes[place:end]
                    kept += end - place
                place = end
                continue
            if starts[text] == place:
                starts[text] = kept
                text += 1
            out[kept] = codes[place]
            kept, place = kept + 1, place + 1
        return out_[:kept]

    cdef bint stands_alone(self, const uint32_t[::1] codes, Py_ssize_t start, Py_ssize_t end):
        """Whether the characters on both sides of signs [start, end) have no others beside them."""
        if start > 1 and self.word[codes[start - 2]]:
            return False
        return end + 1 >= codes.shape[0] or not self.word[codes[end + 1]]
