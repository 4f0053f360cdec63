"""The claims of one line, weighed: the compiled twin of `guards.py`."""

from itertools import islice

import numpy as np

cimport cython
cimport numpy as cnp
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.stdlib cimport qsort

from lianzhi.text.arrays._batch cimport lying
from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.grammar._wording_index cimport WordingIndex, Spot
from lianzhi.text.grammar import guards as _guards, wording
from lianzhi.text.lexicon.entries import KINDS as _KINDS

cnp.import_array()


def codes_of(marks):
    """The code points of characters."""
    return np.array(sorted(map(ord, marks)), np.uint32)


cdef Py_ssize_t MOST = _guards.MOST, NEAR = _guards.NEAR, HARMS = len(_KINDS)
cdef double LEAST = _guards.LEAST
cdef const uint32_t[::1] PAUSES = codes_of(wording.PAUSES)
cdef const uint32_t[::1] SELF = codes_of(_guards.SELF), OTHERS = codes_of(_guards.OTHERS)
cdef dict PLACES = {"text": TEXT, "over": OVER, "before": BEFORE, "clause": CLAUSE}
cdef enum:
    TEXT
    OVER
    BEFORE
    CLAUSE
    #: More kinds than there ever are.
    KINDS = 16
if len(_KINDS) > KINDS:
    raise ValueError(f"there are {len(_KINDS)} kinds of harm, {KINDS} at most")


cdef struct Row:
    # See `Claim`; `order` is its place among the others.
    int64_t start, end, kind, group, order
    double weight


cdef int longest_first(const void* one, const void* other) noexcept nogil:
    cdef const Row* a = <const Row*>one
    cdef const Row* b = <const Row*>other
    if a.end - a.start != b.end - b.start:
        return -1 if a.end - a.start > b.end - b.start else 1
    return -1 if a.order < b.order else 1


@cython.final
cdef class Guards:
    """The signs and guards of `frames.Frames`."""

    cdef WordingIndex sign_index, guard_index
    cdef const int64_t[::1] sign_kind, sign_group, guard_group, guard_kinds, guard_place
    cdef const double[::1] sign_weight, guard_keep
    cdef const uint8_t[::1] guard_lexicon, guard_plain
    cdef list wordings
    # Of the line that is weighed: pauses before each place, once a guard asks.
    cdef Buffer pauses
    cdef double least, alone, excused

    def __init__(self, data):
        signs, guards = data.signs, data.guards
        self.sign_index, self.guard_index = data.sign_index.fast, data.guard_index.fast
        self.sign_kind, self.sign_group = (
            np.array([getattr(one, name) for one in signs], np.int64) for name in ("kind", "group")
        )
        self.sign_weight = np.array([one.weight for one in signs])
        self.guard_group = np.array([one.group for one in guards], np.int64)
        self.guard_kinds = np.array([bits(one.kinds) for one in guards], np.int64)
        self.guard_place = np.array([PLACES[one.place] for one in guards], np.int64)
        self.guard_keep = np.array([one.keep for one in guards])
        self.guard_lexicon = np.array([one.lexicon for one in guards], np.uint8)
        self.guard_plain = np.array([one.wording.plain for one in guards], np.uint8)
        self.wordings = [one.wording for one in guards]
        self.least, self.alone, self.excused = data.least, data.alone, data.excused

    def weigh_line(
        self, str line, cnp.ndarray codes not None, told, Py_ssize_t own, awake, marks, bint excused
    ):
        """As `guards.weigh_line`; `marks` are the lists that marks of the line are in."""
        cdef const uint32_t* at = <const uint32_t*>lying(codes, cnp.NPY_UINT32, 1)
        cdef Py_ssize_t i, size = codes.shape[0]
        cdef int64_t waking = bits(awake), supported = 0
        cdef Buffer rows = Buffer(sizeof(Row))
        cdef Row* row
        cdef double[KINDS] strength, needed
        cdef bint enough = own > 0
        for one in told:
            (<Row*>rows.add())[0] = Row(one[0], one[1], one[2], one[3], 0, one[4])
            supported |= 1 << <int64_t>one[2]
        if not 0 <= own <= rows.size:
            raise ValueError(f"{own} of {rows.size} were told by the lexicon; give no more than all")
        waking |= supported
        self.pauses = Buffer(sizeof(int64_t))
        self.add_signs(at, size, waking, rows)
        for i in range(KINDS):
            needed[i] = self.least if supported >> i & 1 else self.alone
        strengths(rows, strength)
        for i in range(KINDS):
            enough |= strength[i] > 0 and strength[i] >= needed[i]
        if not enough:
            return [], []  # guards would only take more away
        self.heed(line, at, size, waking, marks, rows)
        for i in range(own, rows.size if excused else 0):
            row = <Row*>rows.data + i
            row.weight *= self.excused
        strengths(rows, strength)
        cdef list weights = [(<Row*>rows.data)[i].weight for i in range(own)], left = []
        for i in range(own, rows.size):
            row = <Row*>rows.data + i
            if strength[row.kind] >= needed[row.kind]:
                left.append(_guards.Claim(row.start, row.end, row.kind, row.group, row.weight))
        return weights, left

    def line_shares(self, str line, cnp.ndarray codes not None, marks):
        """As `guards.line_shares`."""
        cdef const uint32_t* at = <const uint32_t*>lying(codes, cnp.NPY_UINT32, 1)
        cdef Py_ssize_t i, size = codes.shape[0], kind
        cdef Buffer spots = self.guard_index.spots(at, size, marks)
        cdef int64_t number = -1, heeded = -1
        cdef Spot* spot
        cdef double keep
        cdef double[KINDS] left
        cdef bint stands, alone = one_of(at, size, SELF) and not one_of(at, size, OTHERS)
        for kind in range(KINDS):
            left[kind] = 1
        for i in range(spots.size):
            spot = <Spot*>spots.data + i
            if self.guard_place[spot.number] == BEFORE or self.guard_group[spot.number] == heeded:
                continue
            if self.guard_plain[spot.number]:
                stands = spot.end >= 0
            else:
                stands = spot.number != number and self.wordings[spot.number].search.search(line)
            number = spot.number
            if stands:
                heeded = self.guard_group[number]
                keep = max(self.guard_keep[number], LEAST)
                if alone and self.guard_place[number] == OVER:
                    keep = 0
                for kind in range(KINDS):
                    if self.guard_kinds[number] >> kind & 1:
                        left[kind] *= keep
        return [left[kind] for kind in range(HARMS)]

    cdef int add_signs(
        self, const uint32_t* codes, Py_ssize_t size, int64_t waking, Buffer rows
    ) except -1:
        """Signs of some kinds; one that lies inside another says nothing of its own."""
        cdef Py_ssize_t i, j, often = 0
        cdef int64_t number = -1
        cdef Spot* spot
        cdef Row* one
        cdef Row* other
        cdef Buffer found = Buffer(sizeof(Row)), spots = self.sign_index.spots(codes, size, ())
        cdef Py_ssize_t first = rows.size
        for i in range(spots.size):
            spot = <Spot*>spots.data + i
            often = often + 1 if spot.number == number else 0
            number = spot.number
            if often < MOST and waking >> self.sign_kind[number] & 1:
                (<Row*>found.add())[0] = Row(
                    spot.begin, spot.end, self.sign_kind[number], self.sign_group[number], i,
                    self.sign_weight[number],
                )
        qsort(found.data, found.size, sizeof(Row), longest_first)
        for i in range(found.size):
            one = <Row*>found.data + i
            for j in range(first, rows.size):
                other = <Row*>rows.data + j
                if (
                    other.kind == one.kind
                    and other.group != one.group
                    and other.start <= one.start
                    and one.end <= other.end
                ):
                    break
            else:
                (<Row*>rows.add())[0] = one[0]
        return 0

    cdef int heed(
        self,
        str line,
        const uint32_t* codes,
        Py_ssize_t size,
        int64_t waking,
        marks,
        Buffer rows,
    ) except -1:
        """Let the guards of a line take weight away, those of a group once."""
        cdef Py_ssize_t i
        cdef int64_t guard = -1, number = -1
        cdef Spot* spot
        cdef Buffer spots = self.guard_index.spots(codes, size, marks)
        cdef Buffer places = Buffer(sizeof(Spot))
        cdef Py_ssize_t often = 0
        for i in range(spots.size):
            spot = <Spot*>spots.data + i
            if not waking & self.guard_kinds[spot.number]:
                continue
            if guard < 0 or self.guard_group[spot.number] != self.guard_group[guard]:
                self.take(codes, size, guard, places, rows)
                guard, places.size = spot.number, 0
            if self.guard_plain[spot.number]:
                often = often if spot.number == number else 0
                if often < MOST and spot.end >= 0:
                    often += 1
                    (<Spot*>places.add())[0] = spot[0]
            elif spot.number != number:
                search = self.wordings[spot.number].search
                for match in islice(search.finditer(line), MOST):
                    begin, end = match.span()
                    (<Spot*>places.add())[0] = Spot(spot.number, end, begin)
            number = spot.number
        return self.take(codes, size, guard, places, rows)

    cdef int take(
        self, const uint32_t* codes, Py_ssize_t size, int64_t guard, Buffer places, Buffer rows
    ) except -1:
        """Take weight from what a guard stands at."""
        cdef Py_ssize_t i, j
        cdef Row* row
        cdef Spot* spot
        if not places.size:
            return 0
        if not self.pauses.size and self.guard_place[guard] in (BEFORE, CLAUSE):
            self.count_pauses(codes, size)
        for i in range(rows.size):
            row = <Row*>rows.data + i
            if not self.guard_kinds[guard] >> row.kind & 1:
                continue
            if row.group < 0 and not self.guard_lexicon[guard]:
                continue
            for j in range(places.size):
                spot = <Spot*>places.data + j
                if self.stands(self.guard_place[guard], row, spot):
                    row.weight *= self.guard_keep[guard]
                    break
        return 0

    cdef int count_pauses(self, const uint32_t* codes, Py_ssize_t size) except -1:
        """Count the pauses before each place."""
        cdef Py_ssize_t i, j
        cdef int64_t count = 0
        (<int64_t*>self.pauses.add())[0] = 0
        for i in range(size):
            for j in range(PAUSES.shape[0]):
                count += codes[i] == PAUSES[j]
            (<int64_t*>self.pauses.add())[0] = count
        return 0

    cdef bint paused(self, Py_ssize_t begin, Py_ssize_t end):
        cdef const int64_t* before = <const int64_t*>self.pauses.data
        return begin < end and before[end] > before[begin]

    cdef bint stands(self, int64_t place, Row* row, Spot* spot):
        """Whether a guard stands where it must, as to what was told."""
        if place == TEXT:
            return True
        if place == OVER:
            return spot.begin < row.end and row.start < spot.end
        if place == BEFORE:
            return (
                spot.begin <= row.start
                and row.start - spot.end <= NEAR
                and spot.end <= row.end
                and not self.paused(spot.end, row.start)
            )
        return not (self.paused(spot.end, row.start) or self.paused(row.end, spot.begin))


def bits(some):
    """A set of small numbers as bits."""
    return sum(1 << each for each in some)


cdef bint one_of(const uint32_t* codes, Py_ssize_t size, const uint32_t[::1] some) except -1:
    """Whether any of some code points is there."""
    cdef Py_ssize_t i, j
    for i in range(size):
        for j in range(some.shape[0]):
            if codes[i] == some[j]:
                return True
    return False


cdef int strengths(Buffer rows, double* strength) except -1:
    """What each kind comes to, every group counted once; nothing where nothing was told."""
    cdef Py_ssize_t i, place
    cdef Row* row
    cdef dict where = {}
    cdef Buffer best = Buffer(sizeof(Row))
    for i in range(rows.size):
        row = <Row*>rows.data + i
        place = where.setdefault((row.kind, row.group), best.size)
        if place == best.size:
            (<Row*>best.add())[0] = row[0]
        elif row.weight > (<Row*>best.data)[place].weight:
            (<Row*>best.data)[place].weight = row.weight
    for i in range(KINDS):
        strength[i] = 1
    for i in range(best.size):
        row = <Row*>best.data + i
        strength[row.kind] = strength[row.kind] * (1 - row.weight)
    for i in range(KINDS):
        strength[i] = 1 - strength[i]
    return 0
