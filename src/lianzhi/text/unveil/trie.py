"""A trie over numbered characters, walked by many walkers at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]


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
    next: NDArray[np.bool_]
    """Shape [width * width]: which characters stand after which in any word."""
    word: Index
    """The word that ends at a node; -1 for none."""

    def step(self, node: Index, char: Index) -> tuple[Index, NDArray[np.bool_]]:
        """Follow characters from nodes; also which could be followed."""
        key = node * self.width + char
        slot = _slot(key, self.keys.size)
        there = self.keys[slot]
        open_ = np.flatnonzero((there != key) & (there >= 0))
        while open_.size:
            slot[open_] = (slot[open_] + 1) & (self.keys.size - 1)
            there[open_] = self.keys[slot[open_]]
            open_ = open_[(there[open_] != key[open_]) & (there[open_] >= 0)]
        return self.child[slot], there == key


def grow(words: Sequence[Sequence[int]], width: int) -> Trie:
    """Grow a trie of words."""
    children: dict[int, int] = {}
    following: set[int] = set()
    ends: dict[int, int] = {}
    nodes = 1
    for place, spelled in enumerate(words):
        node = 0
        for char in spelled:
            node = children.setdefault(node * width + char, nodes)
            nodes += node == nodes
        following.update(a * width + b for a, b in pairwise(spelled))
        ends[node] = place
    keys, child = _table(
        np.fromiter(children, np.int64, len(children)),
        np.fromiter(children.values(), np.int64, len(children)),
    )
    root = np.zeros(width, np.int64)
    for char in range(1, width):
        root[char] = children.get(char, 0)
    after = np.zeros(width * width, bool)
    after[list(following)] = True
    word = np.full(nodes, -1)
    word[list(ends)] = list(ends.values())
    return Trie(width, root, keys, child, after, word)


def _slot(key: Index, size: int) -> Index:
    """The slot at which the search for a key begins."""
    return (key * 0x9E3779B1 >> 12) & (size - 1)


def _table(keys: Index, child: Index) -> tuple[Index, Index]:
    """A hash table, open at its slots, a third full at most."""
    size = 1 << (3 * keys.size).bit_length()
    table, to = np.full(size, -1), np.zeros(size, np.int64)
    slot = _slot(keys, size)
    left = np.arange(keys.size)
    while left.size:  # of those that want a free slot the first has it, the others look further
        free = left[table[slot[left]] < 0]
        _, first = np.unique(slot[free], return_index=True)
        placed = free[first]
        table[slot[placed]], to[slot[placed]] = keys[placed], child[placed]
        left = left[table[slot[left]] != keys[left]]
        slot[left] = (slot[left] + 1) & (size - 1)
    return table, to
