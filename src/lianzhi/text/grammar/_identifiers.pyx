"""Which texts may hold an identifier: the compiled twin of `may_hold` in `identifiers.py`."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text.arrays._batch cimport Texts, lying, texts_of
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.grammar import identifiers

cnp.import_array()

cdef uint32_t SEPARATOR = _SEPARATOR
cdef uint8_t ASCII = identifiers.ASCII, HAN = identifiers.HAN
cdef uint8_t DOOR = identifiers.DOOR, AT = identifiers.AT, PLATE = identifiers.PLATE
cdef enum:
    A = 97
    Z = 122
    DASH = 45
    LOW_LINE = 95

#: No texts; nobody writes to it.
NONE = np.empty(0, np.int64)


def may_hold(
    cnp.ndarray codes not None, cnp.ndarray starts not None, cnp.ndarray hint not None,
    int fewest, Py_ssize_t step, int account,
):
    """Return the numbers of the texts that may hold an identifier."""
    cdef Texts texts = texts_of(codes, starts)
    cdef const uint8_t* hints = <const uint8_t*>lying(hint, cnp.NPY_UINT8, 1)
    cdef Py_ssize_t text, place, last
    cdef int digits, named
    cdef uint32_t code
    cdef uint8_t mark, before
    cdef bint sign, numbered
    cdef list found = []
    if hint.shape[0] <= SEPARATOR:
        raise ValueError(f"hints are of {hint.shape[0]} code points; give one for each there is")
    for text in range(texts.count):
        digits, named, before, sign, last = 0, 0, 0, False, texts.starts[text]
        numbered = False
        for place in range(texts.starts[text], texts.starts[text + 1]):
            code = texts.codes[place]
            mark = hints[code]
            if not mark and code > Z:  # nearly all there is
                named, numbered, before = 0, False, 0
                continue
            if mark == ASCII or mark == HAN:
                digits = digits + 1 if place - last <= step else 1
                last = place
                sign |= digits >= fewest
            if mark == ASCII or A <= code <= Z or code == DASH or code == LOW_LINE:
                named += 1
                numbered |= mark == ASCII
                sign |= numbered and named >= account
            else:
                named, numbered = 0, False
            sign |= mark == AT or mark == DOOR and (before == ASCII or before == HAN)
            sign |= before == PLATE and A <= code <= Z
            before = mark
        if sign:
            found.append(text)
    return np.array(found, np.int64) if found else NONE
