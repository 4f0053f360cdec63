"""The trigram model: the compiled twin of `language.py`."""

cimport numpy as cnp
from libc.stdint cimport uint32_t

from lianzhi.text.arrays._batch cimport lying, room
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.unveil import language

cnp.import_array()

cdef uint32_t EDGE = language.EDGE
cdef uint32_t SEPARATOR = _SEPARATOR
assert (STEPS, CLASSES) == (language.STEPS, language.CLASSES)
#: Places that are looked up at a time: what they ask for is fetched while others are hashed.
cdef enum:
    BLOCK = 32


cdef class Language:
    """The fitted model: a `language.Language`, read faster."""

    def __init__(self, model):
        self.row, self.one, self.back = model.row, model.one, model.back
        self.two, self.three = model.two, model.three
        self.most_before, self.most_after = model.most_before, model.most_after
        for table in (model.two, model.three):
            if table.size < 2 or table.size & (table.size - 1):
                raise ValueError(f"a table has {table.size} slots; make it a power of two")
        for table in (model.one, model.back):  # whole steps are what others count in
            if (table * STEPS % 1).any():
                raise ValueError(f"logarithms are no multiples of 1/{STEPS}; fit the model anew")
        known = model.one.size
        if model.row.size <= SEPARATOR or model.row.max() >= known:
            raise ValueError("characters have numbers that the model does not know; fit it anew")
        for table in (model.back, model.most_before, model.most_after):
            if table.shape[0] != known or table.shape[1:] not in ((), (CLASSES,)):
                raise ValueError(f"a table is of {table.shape}, not of {known} characters")
        self.two_bits = 32 - (model.two.size.bit_length() - 1)
        self.three_bits = 32 - (model.three.size.bit_length() - 1)

    cdef float after(self, uint32_t first, uint32_t second, uint32_t third) except? 1:
        """Return the log-probability of `third` after the two others."""
        cdef uint32_t value = 0, pair = hashed_pair(first, second)
        if found(self.three, self.three_bits, hashed_three(pair, third), &value):
            return stepped(value)
        return backing_off(self, pair) + likely_after(self, second, third)

    def read(self, cnp.ndarray codes_ not None):
        """Number the code points of a plain batch and score it.

        Returns the numbers; the log-probability of each character after the one before it, from the
        second one on; that of all before each place, whole texts included; and all of it as what is
        compiled reads it.
        """
        lying(codes_, cnp.NPY_UINT32, 1)  # before anybody asks how many they are
        cdef Py_ssize_t begin = 0, i, end, size = codes_.shape[0]
        # Hashes of the two characters before a place, and of the one before it with its own.
        cdef uint32_t second = EDGE, value, most = 0, edges = hashed_pair(EDGE, EDGE)
        cdef uint32_t one = edges, two
        cdef float opens, unseen, each, weight = 0, likely, backed
        cdef bint seen
        cdef double total = 0
        cdef uint32_t[BLOCK] twos, threes
        cdef Plain plain = Plain.__new__(Plain)
        ids_, pair_ = room(cnp.NPY_UINT32, size), room(cnp.NPY_FLOAT, max(size - 1, 0))
        before_, pairs_ = room(cnp.NPY_DOUBLE, size + 1), room(cnp.NPY_DOUBLE, size + 1)
        cdef uint32_t[::1] ids = ids_
        cdef float[::1] pair = pair_
        cdef double[::1] before = before_, pairs = pairs_
        plain.codes, plain.ids, plain.pair = codes_, ids, pair
        plain.before, plain.pairs, plain.size = before, pairs, size
        cdef const uint32_t[::1] codes = plain.codes
        for i in range(size):  # at the door, before any is asked about
            most = max(most, codes[i])
        if not size or not codes[0] == codes[size - 1] == most == SEPARATOR:
            raise ValueError("codes are no batch; fold the texts")
        opens, unseen = likely_after(self, EDGE, EDGE), backing_off(self, edges)
        before[0], pairs[0], pairs[1], weight = 0, 0, 0, unseen
        while begin < size:
            end = min(begin + BLOCK, size)
            for i in range(begin, end):
                ids[i] = self.row[codes[i]]
                two = hashed_pair(second, ids[i])
                twos[i - begin] = finished(two)
                fetch(&self.two[twos[i - begin] >> self.two_bits])
                threes[i - begin] = hashed_three(one, ids[i])
                fetch(&self.three[threes[i - begin] >> self.three_bits])
                second = ids[i]
                one = edges if second == EDGE else two  # what stands before an edge is forgotten
            for i in range(begin, end):
                if i:
                    seen = found(self.two, self.two_bits, twos[i - begin], &value)
                    backed = self.back[ids[i - 1]] + self.one[ids[i]]
                    each = stepped(value) if seen else 0
                    pair[i - 1] = likely = stepped(value >> 8) if seen else backed
                    pairs[i + 1] = pairs[i] + likely
                else:
                    each, likely = unseen, opens
                seen = found(self.three, self.three_bits, threes[i - begin], &value)
                backed = weight + likely
                total += stepped(value) if seen else backed
                weight = unseen if ids[i] == EDGE else each
                before[i + 1] = total
            begin = end
        return ids_, pair_, before_, plain
