"""A trie over numbered characters, followed from many nodes at once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]


class Pairs(NamedTuple):
    """Pairs of adjacent characters, as a list and as a matrix of bits."""

    first: Index
    second: Index
    bits: NDArray[np.uint8]
    """For each character the bits of those after it: shape [width, bytes]."""

    def has(self, first: Index, second: Index) -> NDArray[np.bool_]:
        """Return which pairs are among them."""
        out: NDArray[np.bool_] = (self.bits[first, second >> 3] >> (second & 7) & 1) > 0
        return out


@dataclass(frozen=True, slots=True)
class Trie:
    """Nodes from 0, the root, on; characters from 1 to `width` - 1."""

    width: int
    root: Index
    """The node that each character leads to from the root; 0 for none."""
    keys: Index
    """A hash table: node * width + character, -1 where empty ..."""
    child: Index
    """... and the node it leads to."""
    next: Pairs
    """Which characters stand after which in any word."""
    word: Index
    """The word that ends at a node; -1 for none."""

    def step(self, node: Index, char: Index) -> tuple[Index, NDArray[np.bool_]]:
        """Return the nodes that characters lead to, and which of them exist."""
        key = node * self.width + char
        slot = _slot(key, self.keys.size)
        there = self.keys[slot]
        open_ = np.flatnonzero((there != key) & (there >= 0))
        while open_.size:
            slot[open_] = (slot[open_] + 1) & (self.keys.size - 1)
            there[open_] = self.keys[slot[open_]]
            open_ = open_[(there[open_] != key[open_]) & (there[open_] >= 0)]
        return self.child[slot], there == key


def grow(chars: Index, size: Index, width: int) -> Trie:
    """Build a trie of words: their characters, one word after the other, and the size of each.

    Words come in the order of their characters, none twice and none empty.
    """
    begin = np.cumsum(size) - size
    at = np.zeros(size.size, np.int64)
    keys, nodes = [], 1
    for depth in range(int(size.max(initial=0))):
        on = np.flatnonzero(size > depth)
        key = at[on] * width + chars[begin[on] + depth]
        new = np.ones(key.size, bool)
        new[1:] = key[1:] != key[:-1]
        keys.append(key[new])
        at[on] = nodes - 1 + np.cumsum(new)
        nodes += keys[-1].size
    every = np.concatenate([*keys, np.zeros(0, np.int64)])
    child = np.arange(1, nodes)
    table, to = _table(every, child)
    root = np.zeros(width, np.int64)
    first = every < width
    root[every[first]] = child[first]
    word = np.full(nodes, -1)
    word[at] = np.arange(size.size)
    return Trie(width, root, table, to, side_by_side(chars, size, width), word)


def side_by_side(chars: Index, size: Index, width: int) -> Pairs:
    """Return the pairs of adjacent characters in words given as for `grow`."""
    inner = np.ones(chars.size, bool)
    inner[np.cumsum(size) - 1] = False
    before = np.flatnonzero(inner)
    both = np.sort(chars[before] * width + chars[before + 1])
    # Each once; numpy.unique, which hashes them, takes four times as long.
    first, second = np.divmod(both[np.diff(both, prepend=-1) > 0], width)
    return Pairs(first, second, bits_of(first, second, width, width))


def bits_of(row: Index, column: Index, rows: int, columns: int) -> NDArray[np.uint8]:
    """Return a matrix of bits, eight columns a byte from the lowest on, set at the pairs."""
    out = np.zeros((rows, -(-columns // 8)), np.uint8)
    np.bitwise_or.at(out, (row, column >> 3), (1 << (column & 7)).astype(np.uint8))
    return out


def _slot(key: Index, size: int) -> Index:
    return (key * 0x9E3779B1 >> 12) & (size - 1)


def _table(keys: Index, child: Index) -> tuple[Index, Index]:
    """Return a hash table with open addressing, at most a third full."""
    size = 1 << (3 * keys.size).bit_length()
    table, to = np.full(size, -1), np.zeros(size, np.int64)
    slot = _slot(keys, size)
    left, claim = np.arange(keys.size), np.zeros(size, np.int64)
    while left.size:  # of those that want a free slot the first has it, the others look further
        free = left[table[slot[left]] < 0]
        claim[slot[free[::-1]]] = free[::-1]
        placed = free[claim[slot[free]] == free]
        table[slot[placed]], to[slot[placed]] = keys[placed], child[placed]
        left = left[table[slot[left]] != keys[left]]
        slot[left] = (slot[left] + 1) & (size - 1)
    return table, to
