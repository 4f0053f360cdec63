"""Many strings looked for at once, wherever they begin in a text, by a trie in one hash table.

Most places are told apart by bits, whether any string begins with two or three characters, or goes
on by one: the table itself is larger than what a processor has at hand.
"""

import numpy as np

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from lianzhi.text.arrays.memory import in_large_pages

cdef enum:
    #: Where there may be so many pairs at most, a table of their own has the nodes they lead to.
    #: What sounds alike is looked for by such a table alone, so that 361 classes are the most.
    DENSE = 1 << 17
    #: So many bits by which keys are told apart at least, as a power of two: two kilobytes.
    FEWEST = 14


def room_for(int64_t count):
    """No bits of so many keys yet, a bit for each by a hash (Bloom, 1970): at most one in eight of
    the others seems to be there, and of few keys one in many.

    Returns them, and how far a hash is shifted.
    """
    cdef int bits = max(int(8 * count).bit_length(), FEWEST)
    return np.zeros((<int64_t>1 << bits) // 8, np.uint8), 32 - bits


@cython.boundscheck(False)
cdef inline void opening(
    Trie trie, const uint32_t* codes, Py_ssize_t start, Py_ssize_t end, bint alone, Places* places
) noexcept:
    """Add those of some places at which strings may begin by what stands there and behind it, or
    alone, if any may be; without a branch, since nobody can foresee where it would lead."""
    cdef const uint8_t* opens = &trie.opens[0]
    cdef const uint8_t* lone = &trie.lone[0]
    cdef int shift = trie.opens_shift, lone_shift = trie.lone_shift
    cdef Py_ssize_t count = places.count
    cdef uint32_t bit, other
    cdef uint8_t some
    while start < end:
        bit = place_of(couple(codes[start], codes[start + 1]), shift)
        some = opens[bit >> 3] >> (bit & 7)
        if alone:
            other = place_of(codes[start], lone_shift)
            some |= lone[other >> 3] >> (other & 7)
        places.start[count] = start
        count += some & 1
        start += 1
    places.count = count


cdef inline void mark(uint8_t[::1] bits, int shift, uint32_t key) noexcept:
    """Have a key among those that `holds` tells."""
    cdef uint32_t bit = place_of(key, shift)
    bits[bit >> 3] |= <uint8_t>(1 << (bit & 7))


cdef class Trie:
    """Strings, none of them empty, which may come several times, and what each stands for.

    They lie one after the other, each of a size.
    They are looked for in texts as these are `spelled`: a code point for each, where that differs;
    such are not sought ahead (`seek`), and may hold few characters.
    Searches check the places of a text and no others: tables are made here for all that nodes and
    numbers may ask of them.
    """

    def __init__(self, codes_, sizes, values, spelled=None):
        cdef Py_ssize_t i, at = 0
        cdef uint32_t nodes = 1, one
        cdef int32_t node, child
        ends_ = np.cumsum(sizes)
        ended_ = np.zeros(sizes.size, np.int32)
        cdef const uint32_t[::1] codes = codes_
        cdef const int64_t[::1] ends = ends_
        cdef int32_t[::1] ended = ended_
        used = np.flatnonzero(np.bincount(codes_))
        if not sizes.all():
            raise ValueError("a string is empty; leave it out")
        if (codes_.size + 1) * (used.size + 1) >> 32 or used.size >= 1 << 16:
            raise OverflowError(f"strings hold {codes_.size} characters, too many; look for fewer")
        values = np.asarray(values, np.int64)
        if values.min(initial=0) < 0 or values.max(initial=0) >> 31:
            raise OverflowError("strings stand for numbers of more than 31 bits; number them anew")
        self.known, self.width = used.max(initial=0) + 1, used.size + 1
        number_ = np.zeros(self.known, np.uint16)
        number_[used] = np.arange(1, used.size + 1)
        self.number, self.root = number_, np.zeros(self.width, np.int32)
        # Of each node the one that leads to it, and the number by which it does.
        parent_, by_ = np.zeros((2, codes_.size + 1), np.uint32)
        cdef uint32_t[::1] parent = parent_, by = by_
        self.clear(codes_.size)
        for i in range(ends.shape[0]):
            node = 0
            while at < ends[i]:
                one = self.number[codes[at]]
                child = self.step(node, one) if node else self.root[one]
                if not child:
                    child = <int32_t>nodes
                    parent[nodes], by[nodes], nodes = node, one, nodes + 1
                    if node:
                        self.put(node * self.width + one, child)
                    else:
                        self.root[one] = child
                node, at = child, at + 1
            ended[i] = node
        char_of = np.concatenate(([0], used)).astype(np.uint32)
        self.arrange(parent_[:nodes], by_, ended_, values.astype(np.int32), char_of)
        if spelled is not None:
            if not self.second.shape[0]:  # pairs are told by code points, as strings have them
                raise OverflowError(f"strings hold {used.size} characters, too many to spell")
            known = np.where(spelled < self.known, spelled, 0)
            number_ = np.where(spelled < self.known, number_[known], 0).astype(np.uint16)
            self.known = spelled.size
        self.number = in_large_pages(number_)

    def arrange(
        self,
        const uint32_t[::1] parent,
        const uint32_t[::1] by,
        const int32_t[::1] ended,
        const int32_t[::1] values,
        const uint32_t[::1] char_of,
    ):
        """Lay out what was collected: nodes at which strings end come first, so that of others
        nothing need be looked up."""
        cdef uint32_t node, nodes = <uint32_t>parent.shape[0], key, pair, other, inner
        cdef Py_ssize_t i
        cdef int64_t[5] levels = [0, 0, 0, 0, 0]
        cdef int64_t closing = 0, lone = 0
        # Of each node whether a string ends at it, how deep it lies, from 4 on alike, and its new
        # number.
        cdef uint8_t[::1] ends = np.zeros(nodes, np.uint8), level = np.zeros(nodes, np.uint8)
        cdef uint32_t[::1] new = np.zeros(nodes, np.uint32)
        self.ending = 0
        for i in range(ended.shape[0]):
            self.ending += not ends[ended[i]]
            ends[ended[i]] = 1
        other, inner = 0, self.ending
        for node in range(1, nodes):  # after its parent
            level[node] = level[parent[node]] + (level[parent[node]] < 4)
            levels[level[node]] += 1
            closing += (level[node] == 2) & ends[node]
            lone += (level[node] == 1) & ends[node]
            if ends[node]:
                other += 1
                new[node] = other
            else:
                inner += 1
                new[node] = inner
        pairs = int(self.width) ** 2
        self.opens, self.opens_shift = room_for(levels[2])
        self.closes, self.closes_shift = room_for(closing)
        self.lone, self.lone_shift = room_for(lone)
        self.alone = lone > 0
        self.triples, self.triples_shift = room_for(levels[3])
        self.deeper, self.deeper_shift = room_for(levels[3] + levels[4])
        self.second = np.zeros(pairs if pairs <= DENSE else 0, np.int32)
        self.clear(nodes)
        for node in range(1, nodes):
            other = parent[node]
            key = new[other] * self.width + by[node]
            if level[node] == 1:
                self.root[by[node]] = <int32_t>new[node]
                if ends[node]:
                    mark(self.lone, self.lone_shift, char_of[by[node]])
                continue
            self.put(key, new[node])
            if level[node] > 2:
                mark(self.deeper, self.deeper_shift, key)
            if level[node] == 2:
                pair = by[other] * self.width + by[node]
                mark(self.opens, self.opens_shift, couple(char_of[by[other]], char_of[by[node]]))
                if ends[node]:
                    mark(self.closes, self.closes_shift, pair)
                if self.second.shape[0]:
                    self.second[pair] = <int32_t>new[node]
            elif level[node] == 3:
                pair = by[parent[other]] * self.width + by[other]
                mark(self.triples, self.triples_shift, triple(pair, by[node]))
        # Values by where strings end, in their own order at each node.
        first_, values_ = np.zeros(self.ending + 2, np.int32), np.zeros(values.shape[0], np.int32)
        cdef int32_t[::1] first = first_
        cdef int32_t[::1] sorted_ = values_
        for i in range(ended.shape[0]):
            if new[ended[i]] < <uint32_t>self.ending:
                first[new[ended[i]] + 2] += 1
        for i in range(2, first.shape[0]):
            first[i] += first[i - 1]
        for i in range(ended.shape[0]):
            sorted_[first[new[ended[i]] + 1]] = values[i]
            first[new[ended[i]] + 1] += 1
        self.first, self.values = first_, values_
        self.settle()

    def goes_on(self, nodes):
        """Whether any string goes on from each of some nodes."""
        entries = np.asarray(self.table)
        some = (entries[entries > 0] >> np.uint64(32)) // np.uint64(self.width)
        goes = np.zeros(int(max(nodes.max(initial=0), some.max(initial=0))) + 1, bool)
        goes[some] = True
        return goes[nodes]

    def settle(self):
        """Have all tables side by side."""
        self.opens, self.closes = in_large_pages(np.asarray(self.opens)), in_large_pages(np.asarray(self.closes))
        self.triples = in_large_pages(np.asarray(self.triples))
        self.deeper, self.table = in_large_pages(np.asarray(self.deeper)), in_large_pages(np.asarray(self.table))
        self.root, self.second = in_large_pages(np.asarray(self.root)), in_large_pages(np.asarray(self.second))
        self.first, self.values = in_large_pages(np.asarray(self.first)), in_large_pages(np.asarray(self.values))
        self.lone = in_large_pages(np.asarray(self.lone))

    def clear(self, most):
        """Begin a table for so many entries at most, which fill two thirds of it."""
        bits = max((3 * most // 2).bit_length(), 4)
        self.table, self.shift = np.zeros(1 << bits, np.uint64), 32 - bits

    cdef int put(self, uint32_t key, uint32_t child) except -1:
        cdef uint32_t slot = key * <uint32_t>0x9E3779B1 >> self.shift
        while self.table[slot]:
            slot = (slot + 1) & <uint32_t>(self.table.shape[0] - 1)
        self.table[slot] = <uint64_t>key << 32 | child
        return 0

    @cython.boundscheck(False)
    cdef int32_t step(self, int32_t node, uint32_t number) noexcept:
        """The node that a number leads to from another than the root; 0 where there is none."""
        cdef uint32_t key = node * self.width + number
        cdef uint32_t slot = key * <uint32_t>0x9E3779B1 >> self.shift
        cdef uint64_t entry = self.table[slot]
        while entry:
            if entry >> 32 == key:
                return <int32_t>entry
            slot = (slot + 1) & <uint32_t>(self.table.shape[0] - 1)
            entry = self.table[slot]
        return 0

    @cython.boundscheck(False)
    cdef void look_ahead(self, const uint32_t* codes, Py_ssize_t size, Places* places) noexcept:
        """Seek the next places at which strings may begin.

        Two characters at most are looked at, which is all that is asked of most places.
        """
        cdef Py_ssize_t start = places.further, end, last = size - 1
        places.count = 0
        while start < size and not places.count:
            end = min(start + AHEAD, last)
            if self.alone:
                opening(self, codes, start, end, True, places)
            else:
                opening(self, codes, start, end, False, places)
            start = end
            if start == last and places.count < AHEAD:  # nothing follows after it
                places.start[places.count] = start
                places.count += self.alone and holds(self.lone, self.lone_shift, codes[start])
                start += 1
        places.further, places.at = start, 0

    @cython.boundscheck(False)
    cdef bint go(self, const uint32_t* codes, Py_ssize_t size, Hit* hit) noexcept:
        """Go on by one of so many characters, if any string does."""
        cdef uint32_t number, pair, key
        if hit.end >= size:
            return False
        number = numbered(self, codes[hit.end])
        if not number:
            return False
        if hit.end == hit.start:
            hit.node = self.root[number]
        elif hit.end > hit.start + 1:
            key = hit.node * self.width + number
            if not holds(self.deeper, self.deeper_shift, key):
                return False
            hit.node = self.step(hit.node, number)
        else:
            pair = hit.number * self.width + number
            if self.second.shape[0]:
                hit.node = self.second[pair]
            elif holds(
                self.opens, self.opens_shift, couple(codes[hit.end - 1], codes[hit.end])
            ) and (
                holds(self.closes, self.closes_shift, pair)
                or hit.end + 1 < size
                and self.continues(pair, numbered(self, codes[hit.end + 1]))
            ):
                hit.node = self.step(hit.node, number)
            else:
                return False
        hit.end, hit.number = hit.end + 1, number
        return hit.node != 0

    cdef bint continues(self, uint32_t pair, uint32_t third) noexcept:
        """Whether a pair that begins a string may go on so."""
        if not third:
            return False
        return holds(self.triples, self.triples_shift, triple(pair, third))

    @cython.boundscheck(False)
    cdef bint advance(self, const uint32_t* codes, Py_ssize_t size, Hit* hit) noexcept:
        """Go on to the next string that begins there, the shortest first, if any is left."""
        while self.go(codes, size, hit):
            if hit.node <= self.ending:
                hit.row, hit.last = self.first[hit.node], self.first[hit.node + 1]
                return True
        return False
