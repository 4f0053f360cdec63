"""Signs inside words: the compiled twin of `gaps.py`."""

import numpy as np

cimport numpy as cnp
from libc.math cimport INFINITY
from libc.stdint cimport int64_t, uint8_t, uint32_t

from lianzhi.text.arrays._batch cimport fetch, lying
from lianzhi.text.unveil._language cimport Language, finished, hashed_pair
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.unveil._vocabulary cimport Words
from lianzhi.text.fold.signs import clause_marks
from lianzhi.text.unveil import gaps as _gaps, language as _language

cnp.import_array()

cdef enum:
    A = 97
    Z = 122
    #: Characters that are looked at together.
    BLOCK = 64
cdef uint32_t EDGE = _language.EDGE
cdef Py_ssize_t MOST = _gaps.MOST
cdef float[2] LIKELY = _gaps.LIKELY, BOUND = _gaps.BOUND
cdef float FREE = _gaps.FREE
cdef const uint8_t[::1] ENDS = clause_marks().view(np.uint8)
#: No gaps; nobody writes to it.
NOTHING = np.empty(0, np.int64), np.empty(0, np.float32)


cdef Py_ssize_t split_codes(
    Plain plain, const int64_t* place, Py_ssize_t most,
    Py_ssize_t begin, Py_ssize_t end, Py_ssize_t* found,
) except -1:
    """Of some characters of texts those that a few signs part from the next. Raises ValueError
    where places go back, or reach beyond so many code points."""
    cdef const uint32_t* ids = &plain.ids[0]
    cdef Py_ssize_t i, count = 0
    cdef int64_t far
    cdef bint astray = False
    for i in range(begin, end):
        far = place[i + 1] - place[i]
        astray |= (far < 1) | (place[i + 1] >= most)
        found[count] = i
        # Branchless: the branch would be unpredictable.
        count += (far > 1) & (far <= MOST + 1) & (ids[i] != EDGE) & (ids[i + 1] != EDGE)
    if astray:
        raise ValueError(f"places {begin} to {end} are not in order inside the batch; read anew")
    return count


def close(
    Plain plain not None,
    cnp.ndarray places not None,
    cnp.ndarray batch not None,
    Words words not None,
    Language language not None,
):
    """Return the characters before gaps, and how bound they are to the next.

    `places` are where those of the plain batch stand in the code points of `batch`.
    """
    cdef const int64_t* place = <const int64_t*>lying(places, cnp.NPY_INT64, 1)
    cdef const uint32_t* codes = <const uint32_t*>lying(batch, cnp.NPY_UINT32, 1)
    cdef Py_ssize_t i, between, begin = 0, end, each, count
    cdef Py_ssize_t[BLOCK] some
    cdef uint32_t[BLOCK] slots
    cdef uint32_t slot
    cdef int hard
    cdef bint letters
    cdef float bound, beside
    cdef list at = [], bounds = []
    if (
        not plain.size
        or places.shape[0] != plain.size
        or not 0 <= place[0] <= place[plain.size - 1] < batch.shape[0]
    ):
        raise ValueError(f"{plain.size} codes have {places.shape[0]} places; read the batch anew")
    while begin < plain.size - 1:
        end = min(begin + BLOCK, plain.size - 1)
        count = split_codes(plain, place, batch.shape[0], begin, end, some)
        begin += BLOCK
        for each in range(count):  # all are asked of the memory before any is looked at
            i = some[each]
            slots[each] = finished(hashed_pair(plain.ids[i], plain.ids[i + 1])) >> words.pair_shift
            fetch(&words.exact[slots[each]])
        for each in range(count):
            i, slot = some[each], slots[each]
            if not words.exact[slot]:
                continue
            hard, letters = 0, latin(plain.codes[i]) and latin(plain.codes[i + 1])
            for between in range(place[i] + 1, place[i + 1]):
                hard |= ENDS[codes[between]]
            bound = plain.pair[i] - language.one[plain.ids[i + 1]]
            beside = -INFINITY
            if hard:
                beside = max(
                    bound_there(plain, place, language, i - 1),
                    bound_there(plain, place, language, i + 1),
                )
            if plain.pair[i] > LIKELY[hard] and bound > BOUND[hard] and 2 * beside < bound or (
                (letters or not hard or beside < FREE and bound > BOUND[1]) and words.listed[slot]
            ):
                # Between two letters no clause ends, but one word and another begins, unless the
                # letters beside them belong to them as well.
                if letters and not (
                    belongs(plain, place, words, i - 1) and belongs(plain, place, words, i + 1)
                ):
                    continue
                at.append(i)
                bounds.append(bound)
    return (np.array(at, np.int64), np.array(bounds, np.float32)) if at else NOTHING


cdef float bound_there(
    Plain plain, const int64_t* place, Language language, Py_ssize_t i
) except? -1:
    """Return how bound a character is to the next, if nothing stands between them."""
    if place[i + 1] - place[i] > 1 or plain.ids[i] == EDGE or plain.ids[i + 1] == EDGE:
        return -INFINITY
    return plain.pair[i] - language.one[plain.ids[i + 1]]


cdef inline bint latin(uint32_t code) noexcept:
    return A <= code <= Z


cdef bint belongs(Plain plain, const int64_t* place, Words words, Py_ssize_t i) except -1:
    """Whether a letter and the next, if that is where it stands, belong together."""
    if not (latin(plain.codes[i]) and latin(plain.codes[i + 1])) or place[i + 1] - place[i] > 1:
        return True
    return words.exact[finished(hashed_pair(plain.ids[i], plain.ids[i + 1])) >> words.pair_shift]
