"""Merkle proofs against a slow twin, and every tamper refused."""

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.record import merkle

LIMIT = 130
DATA = [b"entry %d" % i for i in range(LIMIT)]
LEAVES = [merkle.leaf_hash(d) for d in DATA]

# Eight leaves with which Certificate Transparency logs are tried, and the roots of their prefixes.
KNOWN = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
]


# --- the twin: RFC 6962 section 2.1, line by line, over the data itself -------------------------


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def mth(start: int, end: int) -> bytes:
    n = end - start
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + DATA[start]).digest()
    k = largest_power_below(n)
    return sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    n = end - start
    if n == 1:
        return []
    k = largest_power_below(n)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def subproof(m: int, start: int, end: int, known: bool) -> list[bytes]:
    n = end - start
    if m == n:
        return [] if known else [mth(start, end)]
    k = largest_power_below(n)
    if m <= k:
        return [*subproof(m, start, start + k, known), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, False), mth(start, start + k)]


# --- what is under test -------------------------------------------------------------------------


def kept(level: int, first: int, count: int) -> Sequence[bytes]:
    """A tree of less than 256 leaves keeps no node but its leaf hashes."""
    assert level == 0
    return LEAVES[first : first + count]


def consistency(m: int, n: int) -> list[bytes]:
    return merkle.prove(merkle.consistency_ranges(m, n), kept)


def inclusion(i: int, n: int) -> list[bytes]:
    return merkle.prove(merkle.inclusion_ranges(i, n), kept)


ROOTS = [merkle.root(LEAVES[:n]) for n in range(LIMIT + 1)]


def flips(value: bytes, bits: range) -> Iterator[bytes]:
    number = int.from_bytes(value)
    return ((number ^ 1 << bit).to_bytes(32) for bit in bits)


def two_bits(turn: int) -> range:
    """One bit in each half of a hash, other ones each turn: all 256 within 128 turns."""
    return range(turn % 128, 256, 128)


def test_known_answers() -> None:
    data = [bytes.fromhex(leaf) for leaf, _ in KNOWN]
    assert merkle.root([]) == merkle.EMPTY_ROOT
    assert merkle.EMPTY_ROOT.hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    for n, (_, root) in enumerate(KNOWN, 1):
        assert merkle.root(map(merkle.leaf_hash, data[:n])).hex() == root


def test_roots_and_proofs_equal_the_twin() -> None:
    for n in range(LIMIT + 1):
        assert ROOTS[n] == mth(0, n)
        for m in range(n):
            assert inclusion(m, n) == path(m, 0, n)
            if m:
                assert consistency(m, n) == subproof(m, 0, n, True)
        assert n == 0 or consistency(n, n) == []


@given(st.lists(st.integers(0, 40), max_size=12))
def test_any_split_of_appends_gives_the_same_tree(parts: list[int]) -> None:
    whole = [merkle.leaf_hash(b"%d" % i) for i in range(sum(parts))]
    frontier, nodes, done = merkle.Frontier(), [], 0
    for part in parts:
        frontier, new = frontier.extend(whole[done : done + part])
        nodes += new
        done += part
    assert (frontier, nodes) == merkle.Frontier().extend(whole)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1000, 65_536, 66_000])
def test_stored_tiles_give_the_same_tree_and_proofs(size: int) -> None:
    leaves = [merkle.leaf_hash(b"%d" % i) for i in range(size)]
    whole, nodes = merkle.Frontier().extend(leaves)
    table = {(n.level, n.index): n.hash for n in nodes}
    assert {level for level, _ in table} <= {8, 16}

    def stored(level: int, first: int, count: int) -> Sequence[bytes]:
        assert level % merkle.TILE == 0
        assert count <= 1 << merkle.TILE
        if level == 0:
            return leaves[first : first + count]
        return [table[level, i] for i in range(first, first + count)]

    assert merkle.frontier(size, stored) == whole
    for index in {0, size // 3, size - 1}:
        proof = merkle.prove(merkle.inclusion_ranges(index, size), stored)
        assert merkle.verify_inclusion(index, size, leaves[index], whole.root, proof)
    for old in {0, size // 2, size - 1, size}:
        proof = merkle.prove(merkle.consistency_ranges(old, size), stored)
        past = merkle.range_root(0, old, stored)
        assert merkle.verify_consistency(old, size, past, whole.root, proof)


def tampered_consistencies(m: int, n: int, bits: range) -> Iterator[tuple[object, ...]]:
    """Every tamper of one of these bits that the verifier lets pass."""
    proof, old, new = consistency(m, n), ROOTS[m], ROOTS[n]
    check = merkle.verify_consistency
    assert check(m, n, old, new, proof), (m, n)
    yield from (("old", m, n) for bad in flips(old, bits) if check(m, n, bad, new, proof))
    yield from (("new", m, n) for bad in flips(new, bits) if check(m, n, old, bad, proof))
    for k, part in enumerate(proof):
        for bad in flips(part, bits):
            if check(m, n, old, new, [*proof[:k], bad, *proof[k + 1 :]]):
                yield ("proof", m, n, k)


PAIRS = [(m, n) for n in range(LIMIT + 1) for m in range(n + 1)]


def tampered_inclusions(i: int, n: int, bits: range) -> Iterator[tuple[object, ...]]:
    """Every tamper of one of these bits that the verifier lets pass."""
    proof, leaf, root = inclusion(i, n), LEAVES[i], ROOTS[n]
    check = merkle.verify_inclusion
    assert check(i, n, leaf, root, proof), (i, n)
    yield from (("leaf", i, n) for bad in flips(leaf, bits) if check(i, n, bad, root, proof))
    yield from (("root", i, n) for bad in flips(root, bits) if check(i, n, leaf, bad, proof))
    for k, part in enumerate(proof):
        for bad in flips(part, bits):
            if check(i, n, leaf, root, [*proof[:k], bad, *proof[k + 1 :]]):
                yield ("proof", i, n, k)


@pytest.mark.slow
def test_tampered_bits_are_refused_at_every_pair_of_sizes() -> None:
    """All 0 <= m <= n <= 130; which hash a proof is about depends on them, which bit does not."""
    for turn, (m, n) in enumerate(PAIRS):
        assert not list(tampered_consistencies(m, n, two_bits(turn)))
        assert m == n or not list(tampered_inclusions(m, n, two_bits(turn)))


def test_every_single_tampered_bit_is_refused_up_to_17() -> None:
    for m, n in PAIRS:
        if n <= 17:
            assert not list(tampered_consistencies(m, n, range(256)))
            assert m == n or not list(tampered_inclusions(m, n, range(256)))


def misshapen(proof: list[bytes]) -> Iterator[list[bytes]]:
    """The proof cut, extended, reordered, and with hashes of a wrong length."""
    extra = bytes(32)
    yield from (proof[:k] + proof[k + 1 :] for k in range(len(proof)))
    yield from ([*proof[:k], extra, *proof[k:]] for k in range(len(proof) + 1))
    yield from ([*proof[:k], proof[k], *proof[k:]] for k in range(len(proof)))
    yield from (
        [*proof[:k], proof[k + 1], proof[k], *proof[k + 2 :]] for k in range(len(proof) - 1)
    )
    for k, part in enumerate(proof):
        for bad in (b"", part[:-1], part + b"\0"):
            yield [*proof[:k], bad, *proof[k + 1 :]]
    if len(proof) > 1:  # the same bytes, cut in another place
        whole = b"".join(proof)
        yield [whole]
        yield [whole[:31], whole[31:]]


def test_misshapen_proofs_are_refused() -> None:
    for m, n in PAIRS[::3]:
        for bad in misshapen(consistency(m, n)):
            assert not merkle.verify_consistency(m, n, ROOTS[m], ROOTS[n], bad), (m, n)
        if m < n:
            for bad in misshapen(inclusion(m, n)):
                assert not merkle.verify_inclusion(m, n, LEAVES[m], ROOTS[n], bad), (m, n)


def test_a_proof_of_another_length_is_refused_even_when_it_hashes_to_the_root() -> None:
    """The sizes alone say how many hashes a proof has; roots are made to fit the wrong number."""
    a, b, c, d = LEAVES[:4]
    node = merkle.node_hash
    assert not merkle.verify_inclusion(0, 1, a, node(b, a), [b])
    assert not merkle.verify_inclusion(1, 2, b, node(c, node(a, b)), [a, c])
    assert not merkle.verify_inclusion(0, 4, a, node(a, b), [b])
    assert not merkle.verify_consistency(1, 2, a, node(c, node(a, b)), [b, c])
    assert not merkle.verify_consistency(2, 4, a, node(c, node(a, b)), [b, c])
    assert not merkle.verify_consistency(1, 4, a, node(a, b), [b])
    assert not merkle.verify_consistency(3, 3, d, d, [c])
    for n in range(1, LIMIT + 1):
        right = merkle.verify_consistency(0, n, ROOTS[0], ROOTS[n], [ROOTS[n]])
        assert right == (n.bit_count() == 1)


def test_wrong_sizes_are_refused() -> None:
    """A proof holds for its own pair of sizes only: tried on every other size up to 40."""
    for n in range(1, 34):
        for m in range(n):
            proof, grown = inclusion(m, n), consistency(m, n)
            for wrong in range(-2, 41):
                if wrong != m:
                    assert not merkle.verify_inclusion(wrong, n, LEAVES[m], ROOTS[n], proof)
                    assert not merkle.verify_consistency(wrong, n, ROOTS[m], ROOTS[n], grown)


def test_a_wrong_new_size_is_refused_unless_it_means_the_same_tree_shape() -> None:
    """The roots commit to the hashes; sizes with the same path through the tree look alike.

    RFC 6962 proofs do not bind the size by themselves: the signed checkpoint, which names size and
    root together, does. What must never pass is a size that needs another number of hashes.
    """
    for n in range(1, 34):
        for m in range(1, n + 1):
            proof = consistency(m, n)
            for wrong in range(m, 41):
                if len(merkle.consistency_ranges(m, wrong)) != len(proof):
                    assert not merkle.verify_consistency(m, wrong, ROOTS[m], ROOTS[n], proof)


@pytest.mark.parametrize(("m", "n"), [(-1, 3), (4, 3), (-2, -1)])
def test_impossible_sizes(m: int, n: int) -> None:
    root = ROOTS[3]
    assert not merkle.verify_consistency(m, n, root, root, [])
    assert not merkle.verify_inclusion(m, n, root, root, [])
    with pytest.raises(ValueError, match=str(m)):
        merkle.consistency_ranges(m, n)
    with pytest.raises(ValueError, match=str(m)):
        merkle.inclusion_ranges(m, n)


def test_a_node_is_not_a_leaf() -> None:
    """An interior node offered as a leaf is refused: leaves and nodes hash with other prefixes."""
    pair = LEAVES[0] + LEAVES[1]
    assert merkle.leaf_hash(pair) != merkle.node_hash(LEAVES[0], LEAVES[1])
    assert not merkle.verify_inclusion(0, 1, merkle.leaf_hash(pair), ROOTS[2], [])
