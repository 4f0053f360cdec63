"""Inclusion proofs over one tree with shared intermediate hashes.

Proofs of nearby leaves share most hashes, so that asking in order costs little more than reading
the leaves once.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from lianzhi.record import merkle
from lianzhi.record.merkle import HASH_SIZE

#: Cached hashes of ranges, and cached tiles of 256 nodes: a few megabytes.
RANGES, TILES = 16_384, 256
_TILE = 1 << merkle.TILE


class Prover:
    """Proofs over the first `size` leaves of a tree. One thread at a time."""

    def __init__(self, size: int, kept: merkle.Kept) -> None:
        """`kept` gives leaf hashes and kept nodes, as the provers of `merkle` ask for them."""
        self.size, self._kept = size, kept
        self._tile = lru_cache(TILES)(self._read_tile)
        self._root = lru_cache(RANGES)(self._range_root)

    def proof(self, index: int) -> list[bytes]:
        """Proof that leaf `index` is in the tree; raises ValueError where it is not."""
        ranges = merkle.inclusion_ranges(index, self.size)
        return [self._root(start, end) for start, end in ranges]

    def _range_root(self, start: int, end: int) -> bytes:
        return merkle.range_root(start, end, self._nodes)

    def _nodes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """A few nodes out of their tile; they never span two."""
        start = first % _TILE
        return self._tile(level, first // _TILE)[start : start + count]

    def _read_tile(self, level: int, tile: int) -> Sequence[bytes]:
        first = tile * _TILE
        return self._kept(level, first, min(_TILE, (self.size >> level) - first))


class Levels:
    """Proofs over leaves that are all at hand: every level of the tree, some 64 bytes a leaf.

    A node without a sibling stands for itself one level up, which makes the tree of RFC 6962.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [b"".join(leaves)]
        while len(below := self._levels[-1]) > HASH_SIZE:
            pairs = range(0, len(below) - HASH_SIZE, 2 * HASH_SIZE)
            nodes = [sha256(b"\1" + below[at : at + 2 * HASH_SIZE]).digest() for at in pairs]
            if len(below) // HASH_SIZE % 2:
                nodes.append(below[-HASH_SIZE:])
            self._levels.append(b"".join(nodes))

    @property
    def root(self) -> bytes:
        """Merkle tree hash of the leaves."""
        return self._levels[-1] or merkle.EMPTY_ROOT

    def proof(self, index: int) -> list[bytes]:
        """Proof that leaf `index` is in the tree; raises ValueError where it is not."""
        if not 0 <= index < len(self._levels[0]) // HASH_SIZE:
            raise ValueError(f"index {index} is not in the tree")
        hashes = []
        for level in self._levels:
            at = (index ^ 1) * HASH_SIZE
            if at < len(level):
                hashes.append(level[at : at + HASH_SIZE])
            index >>= 1
        return hashes
