"""Merkle tree hashing and proofs after RFC 6962 section 2.1, with SHA-256.

A tree of n leaves is known by its frontier: the roots of the perfect subtrees into which [0, n)
falls, largest first. Appending touches nothing else, and every hash of every proof is the root of
some range of leaves, which `cover` splits into perfect subtrees. Only nodes at each eighth level
are kept (a "tile" of 256); the levels between are hashed again when a proof asks for them.

The verifiers follow RFC 9162 sections 2.1.3.2 and 2.1.4.2, share no code with the provers, and
return False for anything that they cannot prove.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec

HASH_SIZE = 32
TILE = 8
"""Nodes are kept at levels 8, 16, 24 and so on; level 0 is the leaf hashes."""

EMPTY_ROOT = sha256().digest()

Kept = Callable[[int, int, int], Sequence[bytes]]
"""(level, first, count) -> hashes of `count` nodes from `first` on; level is a multiple of 8."""


class Node(msgspec.Struct, frozen=True, gc=False):
    """A perfect subtree's root: the hash of leaves [index << level, (index + 1) << level)."""

    level: int
    index: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root of the range whose perfect subtrees, left to right, have these roots."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Frontier(msgspec.Struct, frozen=True):
    """All that appending needs to know of a tree: its size and its perfect subtrees' roots."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """Merkle tree hash of the `size` leaves."""
        return fold(self.hashes)

    def extend(self, leaves: Iterable[bytes]) -> tuple["Frontier", list[Node]]:
        """Append leaf hashes in O(1) amortised each; also returns the nodes to keep."""
        size, stack, kept = self.size, list(self.hashes), []
        for leaf in leaves:
            level, node = 0, leaf
            while size >> level & 1:
                node = node_hash(stack.pop(), node)
                level += 1
                if level % TILE == 0:
                    kept.append(Node(level, size >> level, node))
            stack.append(node)
            size += 1
        return Frontier(size, tuple(stack)), kept


def root(leaves: Iterable[bytes]) -> bytes:
    """Merkle tree hash over leaf hashes."""
    return Frontier().extend(leaves)[0].root


def cover(start: int, end: int) -> Iterator[tuple[int, int]]:
    """(level, index) of the perfect subtrees that make up leaves [start, end), left to right."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def _split(count: int) -> int:
    """Largest power of two smaller than count (count >= 2)."""
    return 1 << (count - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Leaf ranges whose roots prove that leaf `index` is in the tree of `size`."""
    if not 0 <= index < size:
        raise ValueError(f"index {index} is not in a tree of {size}: ask for 0 to {size - 1}")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Leaf ranges whose roots prove that the tree of `old` is a prefix of the tree of `new`.

    RFC 6962 leaves old = 0 undefined. Here that proof is the perfect subtrees of the new tree, so
    that the new root is still checked against something.
    """
    if not 0 <= old <= new:
        raise ValueError(f"sizes {old} and {new}: the first must be between 0 and the second")
    if old == 0:
        return [(i << level, i + 1 << level) for level, i in cover(0, new)]
    start, end, ranges = 0, new, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def node(level: int, index: int, kept: Kept) -> bytes:
    """Root of one perfect subtree, hashed up from the kept level at or below it."""
    span = level % TILE
    hashes = list(kept(level - span, index << span, 1 << span))
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def range_root(start: int, end: int, kept: Kept) -> bytes:
    """Root of leaves [start, end)."""
    return fold([node(level, index, kept) for level, index in cover(start, end)])


def prove(ranges: Iterable[tuple[int, int]], kept: Kept) -> list[bytes]:
    """The proof's hashes, in the order of RFC 6962 sections 2.1.1 and 2.1.2."""
    return [range_root(start, end, kept) for start, end in ranges]


def frontier(size: int, kept: Kept) -> Frontier:
    """Frontier of a stored tree."""
    return Frontier(size, tuple(node(level, index, kept) for level, index in cover(0, size)))


def verify_inclusion(
    index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether leaf hash `leaf` is at `index` in the tree of `size` with `root`."""
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        return False
    at, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            computed = node_hash(sibling, computed)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            computed = node_hash(computed, sibling)
        at >>= 1
        last >>= 1
    return last == 0 and computed == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of size `old` with `old_root` is a prefix of that of `new`."""
    if not 0 <= old <= new or not _hashes(old_root, new_root, *proof):
        return False
    if old == 0:
        return old_root == EMPTY_ROOT and len(proof) == new.bit_count() and fold(proof) == new_root
    if old == new:
        return not proof and old_root == new_root
    at, last = old - 1, new - 1
    while at & 1:
        at >>= 1
        last >>= 1
    path = iter(proof if at else (old_root, *proof))
    first = next(path, None)
    if first is None:
        return False
    found_old = found_new = first
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            found_new = node_hash(found_new, sibling)
        at >>= 1
        last >>= 1
    return last == 0 and found_old == old_root and found_new == new_root


def _hashes(*values: bytes) -> bool:
    """Whether each value has a hash's length; set apart since slices hide bad lengths."""
    return set(map(len, values)) == {HASH_SIZE}
