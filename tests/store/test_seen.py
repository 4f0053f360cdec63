"""Seen ids: exact over any history of runs, merges and restarts."""

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.store import seen_ids
from lianzhi.store.seen_ids import SeenIds, digests

KEY = b"k" * 32


def ids(*numbers: int) -> list[bytes]:
    return digests([("s", f"e{n}") for n in numbers], KEY)


def test_new_once_also_within_a_call(tmp_path: Path) -> None:
    index = SeenIds(tmp_path)
    assert index.add(ids(1, 2, 1)) == [True, True, False]
    assert index.add(ids(2, 3)) == [False, True]
    index.discard(ids(3))
    assert index.add(ids(3)) == [True]
    assert index.add([]) == []


@settings(max_examples=40)
@given(
    history=st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=12),
    asked=st.lists(st.integers(0, 400), max_size=20),
)
def test_any_history_of_runs_is_exact(
    history: list[tuple[int, bool]], asked: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    index, written = SeenIds(folder), 0
    for size, restart in history:
        fresh = ids(*range(written, written + size))
        assert all(index.add(fresh))
        index.write_run(written, written + size, fresh)
        written += size
        if restart:
            index = SeenIds(folder)
        assert index.covered() == written
    assert index.add(ids(*sorted(set(asked)))) == [n >= written for n in sorted(set(asked))]


def test_runs_are_merged_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_ids, "LONGEST_RUN", 64)
    index = SeenIds(tmp_path)
    for start in range(0, 320, 8):
        index.write_run(start, start + 8, ids(*range(start, start + 8)))
    assert len(list(tmp_path.glob("*.npy"))) <= 320 // 64 + 3
    assert not any(index.add(ids(*range(320))))


def test_a_crash_within_a_merge_is_cleared_up(tmp_path: Path) -> None:
    index = SeenIds(tmp_path)
    index.write_run(0, 8, ids(*range(8)))
    elder = next(tmp_path.glob("*.npy"))
    kept = elder.read_bytes()
    index.write_run(8, 16, ids(*range(8, 16)))
    elder.write_bytes(kept)
    (tmp_path / "ids-x.new").write_bytes(b"half")
    again = SeenIds(tmp_path)
    assert not elder.exists()
    assert not list(tmp_path.glob("*.new"))
    assert again.covered() == 16
    assert again.add(ids(*range(17))) == [False] * 16 + [True]


def test_hashes_that_share_their_first_half_are_told_apart(tmp_path: Path) -> None:
    one = secrets.token_bytes(8)
    twins = [one + bytes([n]) * 8 for n in range(4)]
    index = SeenIds(tmp_path)
    index.write_run(0, 2, twins[:2])
    assert index.add(twins) == [False, False, True, True]


def test_no_two_pairs_share_a_hash_and_the_key_matters() -> None:
    pairs = [("a", "b\x1fc"), ("a\x1fb", "c"), ("a", "bc"), ("ab", "c"), ("1:a", "b"), ("1", ":ab")]
    assert len(set(digests(pairs, KEY))) == len(pairs)
    assert digests(pairs, KEY) != digests(pairs, bytes(32))
