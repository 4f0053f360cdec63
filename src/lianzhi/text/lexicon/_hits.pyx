"""The lexicon's entries in a batch: the compiled twin of `hits.py`."""

import numpy as np

cimport cython
cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.stdlib cimport qsort

from lianzhi.text.arrays._batch cimport Texts, lying, room, texts_of
from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.arrays._trie cimport Hit, Places, Trie, places_from, search, seek
from lianzhi.text.arrays.batch import joined_codes
from lianzhi.text.lexicon import entries as _entries

cnp.import_array()

cdef int64_t HARMS = len(_entries.KINDS)
cdef int64_t COUNTER = _entries.COUNTER, INNOCENT = _entries.INNOCENT, ASSENT = _entries.ASSENT
#: The columns of no hits; nobody writes to them.
NOWHERE = (np.empty(0, np.int64),) * 5


cdef struct Row:
    # A row of `Hits`; `order` is its place among the others.
    int64_t start, end, entry, role, text, order


cdef struct Stretch:
    # `reach` is the end of the longest stretch that begins no later.
    int64_t start, reach


@cython.final
cdef class Entries:
    """Some of a lexicon's entries; `latin` must not stand inside a longer Latin run."""

    cdef Trie trie
    cdef const int64_t[::1] entry, role
    cdef const uint8_t[::1] latin

    def __init__(self, terms, entry, role, latin):
        self.trie = Trie(*joined_codes(terms), np.arange(len(terms)))
        if not len(terms) == entry.size == role.size == latin.size:
            raise ValueError("columns of entries are not of one length")
        self.entry, self.role, self.latin = entry, role, latin.astype(np.uint8)

    def find(self, cnp.ndarray codes not None, cnp.ndarray starts not None):
        """Return the columns of `Hits`; those inside a longer Latin run are left out."""
        cdef Texts texts = texts_of(codes, starts)
        cdef Py_ssize_t text = 0
        cdef int32_t row
        cdef int64_t one
        cdef Buffer found = None
        cdef Hit hit = search(0)
        cdef Places places = places_from(0)
        while seek(self.trie, texts.codes, texts.size, &places, &hit):
            while self.trie.advance(texts.codes, texts.size, &hit):
                while texts.starts[text + 1] < hit.start:
                    text += 1
                for row in range(hit.row, hit.last):
                    one = self.trie.values[row]
                    if self.latin[one] and beside_latin(texts, hit.start, hit.end):
                        continue
                    found = Buffer(sizeof(Row)) if found is None else found
                    (<Row*>found.add())[0] = Row(
                        hit.start, hit.end, self.entry[one], self.role[one], text, found.size
                    )
        return NOWHERE if found is None else columns(found)


def uncovered(hits):
    """Return the hits that nothing covers, by role and place, the longer first."""
    cdef Py_ssize_t i
    cdef int64_t last = -1, reach = -1
    cdef bint harm, counter
    cdef Row* one
    cdef Columns some = columns_of(hits)
    cdef Buffer rows = Buffer(sizeof(Row)), left = Buffer(sizeof(Row))
    for i in range(some.size):
        (<Row*>rows.add())[0] = Row(
            some.start[i], some.end[i], some.entry[i], some.role[i], some.text[i], i
        )
    qsort(rows.data, rows.size, sizeof(Row), by_role)
    cdef Buffer innocent = stretches(rows, INNOCENT, INNOCENT + 1)
    cdef Buffer countering = stretches(rows, COUNTER, COUNTER + 1), harming = None
    if countering.size:
        harming = stretches(rows, 0, HARMS)
    for i in range(rows.size):
        one = <Row*>rows.data + i
        if one.role != last:
            last, reach = one.role, -1
        if reach >= one.end:
            continue
        reach = one.end
        harm, counter = one.role < HARMS, one.role == COUNTER
        if (harm or counter or one.role == ASSENT) and inside(one, innocent):
            continue
        if harm and inside(one, countering) or counter and inside(one, harming):
            continue
        (<Row*>left.add())[0] = one[0]
    return columns(left)


cdef Columns columns_of(hits) except *:
    """Return the columns of hits by pointer. Raises where they are not of one length."""
    cdef cnp.ndarray start, end, entry, role, text
    cdef Columns some
    start, end, entry, role, text = hits
    some.start = <const int64_t*>lying(start, cnp.NPY_INT64, 1)
    some.end = <const int64_t*>lying(end, cnp.NPY_INT64, 1)
    some.entry = <const int64_t*>lying(entry, cnp.NPY_INT64, 1)
    some.role = <const int64_t*>lying(role, cnp.NPY_INT64, 1)
    some.text = <const int64_t*>lying(text, cnp.NPY_INT64, 1)
    some.size = start.shape[0]
    if not some.size == end.shape[0] == entry.shape[0] == role.shape[0] == text.shape[0]:
        raise ValueError("columns of hits are not of one length")
    return some


cdef tuple columns(Buffer rows):
    cdef Py_ssize_t i
    cdef const Row* row
    start, end, entry, role, text = (room(cnp.NPY_INT64, rows.size) for _ in range(5))
    cdef int64_t* start_ = <int64_t*>cnp.PyArray_DATA(start)
    cdef int64_t* end_ = <int64_t*>cnp.PyArray_DATA(end)
    cdef int64_t* entry_ = <int64_t*>cnp.PyArray_DATA(entry)
    cdef int64_t* role_ = <int64_t*>cnp.PyArray_DATA(role)
    cdef int64_t* text_ = <int64_t*>cnp.PyArray_DATA(text)
    for i in range(rows.size):
        row = <const Row*>rows.data + i
        start_[i], end_[i], entry_[i] = row.start, row.end, row.entry
        role_[i], text_[i] = row.role, row.text
    return start, end, entry, role, text


cdef Buffer stretches(Buffer rows, int64_t role, int64_t last):
    """Return where hits of some roles stand, in order."""
    cdef Py_ssize_t i
    cdef int64_t reach = -1
    cdef const Row* one
    cdef Stretch* some
    cdef Buffer found = Buffer(sizeof(Stretch))
    for i in range(rows.size):
        one = <const Row*>rows.data + i
        if role <= one.role < last:
            (<Stretch*>found.add())[0] = Stretch(one.start, one.end)
    if last > role + 1:  # those of one role are in order
        qsort(found.data, found.size, sizeof(Stretch), by_start)
    for i in range(found.size):
        some = <Stretch*>found.data + i
        reach = some.reach = max(reach, some.reach)
    return found


cdef bint inside(const Row* one, Buffer others):
    """Return whether a hit lies inside one of some stretches."""
    cdef const Stretch* some = <const Stretch*>others.data
    cdef Py_ssize_t low = 0, high = others.size, middle
    while low < high:
        middle = (low + high) // 2
        if some[middle].start <= one.start:
            low = middle + 1
        else:
            high = middle
    return low > 0 and some[low - 1].reach >= one.end


cdef int by_role(const void* one, const void* other) noexcept nogil:
    cdef const Row* a = <const Row*>one
    cdef const Row* b = <const Row*>other
    if a.role != b.role:
        return -1 if a.role < b.role else 1
    if a.start != b.start:
        return -1 if a.start < b.start else 1
    if a.end != b.end:
        return -1 if a.end > b.end else 1
    return (a.order > b.order) - (a.order < b.order)


cdef int by_start(const void* one, const void* other) noexcept nogil:
    cdef int64_t a = (<const Stretch*>one).start, b = (<const Stretch*>other).start
    return (a > b) - (a < b)


cdef bint beside_latin(Texts texts, Py_ssize_t start, Py_ssize_t end) noexcept:
    """As `beside_latin` in `latin.py` for one stretch; there is a separator on either side, at least."""
    cdef Py_ssize_t last = texts.size - 1
    cdef uint32_t before = texts.codes[start - 1], after = texts.codes[end]
    cdef uint32_t one = texts.codes[min(end + 1, last)], two = texts.codes[min(end + 2, last)]
    if after in (c"-", c"/") and (is_digit(one) or is_latin(one) and not is_latin(two)):
        return True
    if before == c" ":
        before = texts.codes[max(start - 2, 0)]
    return is_latin(before) or is_latin(one if after == c" " else after)


cdef inline bint is_digit(uint32_t code) noexcept:
    return c"0" <= code <= c"9"


cdef inline bint is_latin(uint32_t code) noexcept:
    return is_digit(code) or c"a" <= code <= c"z"
