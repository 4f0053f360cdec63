"""The prover: the proofs of `merkle`, however many are asked for and in whatever order."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.record import merkle
from lianzhi.record.prover import Levels, Prover


def leaves(count: int) -> list[bytes]:
    return [sha256(b"%d" % n).digest() for n in range(count)]


def _kept(tree: list[bytes]) -> merkle.Kept:
    levels = {0: tree}
    for node in merkle.Frontier().extend(tree)[1]:
        levels.setdefault(node.level, []).append(node.hash)
    return lambda level, first, count: levels[level][first : first + count]


@settings(max_examples=60)
@given(data=st.data(), count=st.integers(1, 2000))
def test_every_proof_leads_to_the_root(data: st.DataObject, count: int) -> None:
    tree = leaves(count)
    root, whole, prover = merkle.root(tree), Levels(tree), Prover(count, _kept(tree))
    assert whole.root == root
    for index in data.draw(st.lists(st.integers(0, count - 1), max_size=20)):
        proof = prover.proof(index)
        assert merkle.verify_inclusion(index, count, tree[index], root, proof)
        ranges = merkle.inclusion_ranges(index, count)
        assert proof == whole.proof(index)
        assert proof == [merkle.root(tree[start:end]) for start, end in ranges]


def test_no_proof_is_made_of_what_is_not_there() -> None:
    for prover in (Levels(leaves(3)), Prover(3, _kept(leaves(3)))):
        for index in (3, -1):
            with pytest.raises(ValueError, match="is not in"):
                prover.proof(index)
    assert Levels([]).root == merkle.EMPTY_ROOT


def test_neighbours_share_what_was_read() -> None:
    tree, asked = leaves(100_000), []
    whole = _kept(tree)

    def kept(level: int, first: int, count: int):
        assert count <= 1 << merkle.TILE, "more than a tile at once"
        asked.append((level, first))
        return whole(level, first, count)

    prover = Prover(len(tree), kept)
    for index in range(40_000, 42_000):
        prover.proof(index)
    assert len(asked) < 30
