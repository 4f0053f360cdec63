"""Many strings looked for at once, wherever they begin in a text, by a trie in one hash table.

Most places are told apart by two bits, whether any string begins with, or goes on by, two
characters: the table itself is larger than what a processor has at hand.
"""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from lianzhi.text.folding import as_codes


def filtered(pairs, width):
    """Bits of pairs, each number times `width` and the next: a bit for each, or for each by a hash,
    where that is smaller (Bloom, 1970): at most one in eight of the others seems to be there.

    Returns them with what a pair is multiplied by, and how far the product is shifted.
    """
    bits = max((8 * pairs.size).bit_length(), 1)  # a shift by 32 would be none
    factor, shift, size = 0x9E3779B1, 32 - bits, 1 << bits
    if size >= width * width:
        factor, shift, size = 1, 0, width * width
    marked = np.zeros(size, bool)
    marked[pairs * np.uint32(factor) >> np.uint32(shift)] = True
    return np.packbits(marked, bitorder="little"), factor, shift


cdef class Trie:
    """Strings, none of them empty, which may come several times, and what each stands for.

    They are looked for in texts as these are `spelled`: a code point for each, where that differs.
    """

    def __init__(self, strings, values, spelled=None):
        cdef Py_ssize_t i, at = 0
        cdef int32_t node
        cdef uint32_t nodes = 1, one
        codes_ = as_codes("".join(strings))
        sizes = np.fromiter(map(len, strings), np.int64, len(strings))
        ends_ = np.cumsum(sizes)
        ended_ = np.zeros(len(strings), np.int64)
        cdef const uint32_t[::1] codes = codes_
        cdef const int64_t[::1] ends = ends_
        cdef int64_t[::1] ended = ended_
        used = np.flatnonzero(np.bincount(codes_))
        if not all(strings):
            raise ValueError("a string is empty; leave it out")
        if (codes_.size + 1) * (used.size + 1) >> 32 or used.size >= 1 << 16:
            raise ValueError(f"strings hold {codes_.size} characters, too many; look for fewer")
        self.known, self.width = used.max(initial=0) + 1, used.size + 1
        number_ = np.zeros(self.known, np.uint16)
        number_[used] = np.arange(1, used.size + 1)
        self.number, self.root = number_, np.zeros(self.width, np.int32)
        numbers, inner = number_[codes_].astype(np.uint32), np.ones(codes_.size, bool)
        inner[ends_ - sizes] = False
        second = np.flatnonzero(inner)
        pairs = numbers[second - 1] * np.uint32(self.width) + numbers[second]
        first = ~inner[second - 1]
        self.opens, self.opens_by, self.opens_shift = filtered(pairs[first], self.width)
        self.follows, self.follows_by, self.follows_shift = filtered(pairs[~first], self.width)
        self.clear(codes_.size)
        for i in range(ends.shape[0]):
            one = self.number[codes[at]]
            if not self.root[one]:
                self.root[one] = <int32_t>nodes
                nodes += 1
            node, at = self.root[one], at + 1
            while at < ends[i]:
                one = self.number[codes[at]]
                if not self.step(node, one):
                    self.put(node, one, nodes)
                    nodes += 1
                node, at = self.step(node, one), at + 1
            ended[i] = node
        cdef uint64_t[::1] entries = self.table
        self.clear(nodes)
        for i in range(entries.shape[0]):
            if entries[i]:
                one = entries[i] >> 32
                self.put(one // self.width, one % self.width, <uint32_t>entries[i])
        order = np.argsort(ended_, kind="stable")
        self.first = np.searchsorted(ended_[order], np.arange(nodes + 1)).astype(np.int32)
        self.values = np.asarray(values)[order]
        if spelled is not None:
            known = np.where(spelled < self.known, spelled, 0)
            self.number = np.where(spelled < self.known, number_[known], 0).astype(np.uint16)
            self.known = spelled.size

    def clear(self, most):
        """Begin a table for so many entries at most, which fill two thirds of it."""
        bits = max((3 * most // 2).bit_length(), 4)
        self.table, self.shift = np.zeros(1 << bits, np.uint64), 32 - bits

    cdef int put(self, int32_t node, uint32_t number, uint32_t child) except -1:
        cdef uint32_t key = node * self.width + number
        cdef uint32_t slot = key * <uint32_t>0x9E3779B1 >> self.shift
        while self.table[slot]:
            slot = (slot + 1) & <uint32_t>(self.table.shape[0] - 1)
        self.table[slot] = <uint64_t>key << 32 | child
        return 0

    cdef int32_t step(self, int32_t node, uint32_t number):
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

    cdef bint advance(self, const uint32_t[::1] codes, Hit* hit) except -1:
        """Go on to the next string that begins there, the shortest first, if any is left."""
        cdef uint32_t number
        while hit.end < codes.shape[0]:
            number = numbered(self, codes[hit.end])
            if not number:
                return False
            if hit.end == hit.start:
                hit.node = self.root[number]
            elif hit.end == hit.start + 1 and not holds(
                self.opens, self.opens_by, self.opens_shift, hit.number * self.width + number
            ):
                return False
            elif hit.end > hit.start + 1 and not holds(
                self.follows, self.follows_by, self.follows_shift, hit.number * self.width + number
            ):
                return False
            else:
                hit.node = self.step(hit.node, number)
            if not hit.node:
                return False
            hit.end, hit.number = hit.end + 1, number
            hit.row, hit.last = self.first[hit.node], self.first[hit.node + 1]
            if hit.row < hit.last:
                return True
        return False
