"""Whom hits are aimed at: the compiled twin of `_aimed` in `hit_weights.py`."""

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t

from lianzhi.text.arrays._batch cimport Texts, lying, room, texts_of
from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.grammar import context as _context
from lianzhi.text.lexicon import entries as _entries
from lianzhi.text.lexicon._hits cimport Columns, columns_of

cnp.import_array()

cdef int64_t PERSON = _entries.PERSON, THING = _entries.THING, SPEAKER = _entries.SPEAKER
cdef uint8_t PAUSE = _context.PAUSE
cdef Py_ssize_t SEPARATOR = _SEPARATOR


def aimed(
    batch,
    hits,
    cnp.ndarray weights not None,
    cnp.ndarray aimed not None,
    cnp.ndarray classes not None,
    int64_t most,
):
    """Return the weight of each hit by whom it is aimed at.

    Given the weights of entries, those where they are aimed at a person, the classes of code
    points, and the most code points of a short text.
    """
    cdef Texts texts = texts_of(batch[0], batch[1])
    cdef Columns some = columns_of(hits)
    cdef const double* plain = <const double*>lying(weights, cnp.NPY_DOUBLE, 1)
    cdef const double* at_person = <const double*>lying(aimed, cnp.NPY_DOUBLE, 1)
    cdef const uint8_t* class_of = <const uint8_t*>lying(classes, cnp.NPY_UINT8, 1)
    cdef Py_ssize_t i, text, entries = min(weights.shape[0], aimed.shape[0])
    cdef int32_t clause = 0
    cdef bint here
    # Of each place its clause; of each clause whether a person is there, 1, or a thing, 2, or both;
    # of each text whether it is aimed at others than its reader.
    cdef Buffer clauses = Buffer(sizeof(int32_t)), held = Buffer(1), far = Buffer(1)
    cdef int32_t* clause_of = <int32_t*>clauses.hold(texts.size)
    if classes.shape[0] <= SEPARATOR:
        raise ValueError(f"there are classes of {classes.shape[0]} code points, too few")
    for i in range(texts.size):
        clause_of[i] = clause
        clause += 0 < class_of[texts.codes[i]] <= PAUSE
    cdef uint8_t* holds = <uint8_t*>held.zeros(clause + 1)
    cdef uint8_t* elsewhere = <uint8_t*>far.zeros(texts.count)
    for i in range(texts.count):
        elsewhere[i] = texts.starts[i + 1] - texts.starts[i] - 1 > most
    for i in range(some.size):
        if not (
            0 <= some.start[i] < texts.size
            and 0 <= some.text[i] < texts.count
            and 0 <= some.entry[i] < entries
        ):
            raise IndexError(f"hit {i} lies outside the batch or the lexicon")
        if some.role[i] in (THING, SPEAKER):
            elsewhere[some.text[i]] = True
        if some.role[i] in (THING, PERSON):
            holds[clause_of[some.start[i]]] |= 2 if some.role[i] == THING else 1
    found = room(cnp.NPY_DOUBLE, some.size)
    cdef double* weight = <double*>cnp.PyArray_DATA(found)
    for i in range(some.size):
        here = holds[clause_of[some.start[i]]] == 1 or not elsewhere[some.text[i]]
        weight[i] = at_person[some.entry[i]] if here else plain[some.entry[i]]
    return found
