"""Folding a batch: the compiled twin of `fold_batch` in `lianzhi.text.folding`."""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text import folding as _folding

cdef uint32_t SEPARATOR = _folding.SEPARATOR
cdef Py_ssize_t LONGEST_GAP = _folding.LONGEST_GAP


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
        cdef Py_ssize_t size = 0, room, text = 0, place, at, width
        cdef uint32_t code
        cdef str each
        room = 1024 + 16 * len(texts)
        codes_, starts_ = np.empty(room, np.uint32), np.empty(len(texts) + 1, np.int64)
        cdef uint32_t[::1] codes = codes_
        cdef int64_t[::1] starts = starts_
        for each in texts:
            starts[text] = size
            text += 1
            codes[size] = SEPARATOR
            size += 1
            for place in range(len(each)):
                code = each[place]
                width = self.width[code]
                if size + width + 2 >= room:  # separators are still to come
                    room *= 2
                    codes_ = np.concatenate((codes_, np.empty(room - codes_.size, np.uint32)))
                    codes = codes_
                if width == 1:
                    codes[size] = self.first[code]
                elif width:
                    at = self.begin[np.searchsorted(self.wide, code)]
                    codes[size : size + width] = self.folded[at : at + width]
                size += width
        starts[text] = size
        codes[size] = SEPARATOR
        return self.closed(codes[: size + 1], starts), starts_

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
