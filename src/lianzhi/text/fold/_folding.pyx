"""Folding a batch: the compiled twin of `fold_batch` in `fold/folding.py`."""

import numpy as np

cimport cython
cimport numpy as cnp
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memcpy

from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.fold.signs import LONGEST_GAP as _LONGEST_GAP
from lianzhi.text.arrays._batch cimport room
from lianzhi.text.arrays._buffer cimport Buffer

cnp.import_array()

cdef uint32_t SEPARATOR = _SEPARATOR
cdef Py_ssize_t LONGEST_GAP = _LONGEST_GAP


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
        cdef Py_ssize_t size = 0, text = 0, count = len(texts), place, at, i, width
        cdef uint32_t code
        cdef str each
        cdef Buffer folded = Buffer(sizeof(uint32_t))
        cdef uint32_t* codes = NULL
        starts_ = room(cnp.NPY_INT64, count + 1)
        cdef int64_t* starts = <int64_t*>cnp.PyArray_DATA(starts_)
        for item in texts:
            each = item if type(item) is str else str.__str__(item)
            if text == count:
                raise ValueError(f"texts are more than the {count} that they say they are")
            starts[text] = size
            text += 1
            codes = <uint32_t*>folded.hold(size + len(each) + 2)  # between two separators
            codes[size] = SEPARATOR
            size += 1
            for place in range(len(each)):
                code = each[place]
                width = self.width[code]
                if width == 1:
                    codes[size] = self.first[code]
                    size += 1
                elif width:
                    codes = <uint32_t*>folded.hold(size + len(each) - place + width)
                    at = self.begin[self.found(code)]
                    for i in range(width):
                        codes[size + i] = self.folded[at + i]
                    size += width
        if text < count:
            raise ValueError(f"texts are {text}, and say that they are {count}")
        codes = <uint32_t*>folded.hold(size + 1)
        starts[text] = size
        codes[size] = SEPARATOR
        return self.closed(codes, size + 1, starts), starts_

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

    cdef object closed(self, const uint32_t* codes, Py_ssize_t size, int64_t* starts):
        """Without the signs that only keep the characters of a word apart; see `hiding_signs` in `fold/signs.py`."""
        cdef Py_ssize_t place = 0, end, kept = 0, text = 0
        cdef bint soft
        out_ = room(cnp.NPY_UINT32, size)
        cdef uint32_t* out = <uint32_t*>cnp.PyArray_DATA(out_)
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
                    and (soft or self.stands_alone(codes, size, place, end))
                ):
                    memcpy(&out[kept], &codes[place], (end - place) * sizeof(uint32_t))
                    kept += end - place
                place = end
                continue
            if starts[text] == place:
                starts[text] = kept
                text += 1
            out[kept] = codes[place]
            kept, place = kept + 1, place + 1
        return out_ if kept == size else out_[:kept]

    cdef bint stands_alone(
        self, const uint32_t* codes, Py_ssize_t size, Py_ssize_t start, Py_ssize_t end
    ):
        """Whether the characters on both sides of signs [start, end) have no others beside them."""
        if start > 1 and self.word[codes[start - 2]]:
            return False
        return end + 1 >= size or not self.word[codes[end + 1]]
