"""Seen ids: exact over any history of runs, merges and restarts."""

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.store import seen_ids
from lianzhi.store.seen_ids import Known, SeenIds, digests

KEY = b"k" * 32


def ids(*numbers: int) -> list[bytes]:
    return digests([("s", f"e{n}") for n in numbers], KEY)


def test_new_once_also_within_a_call(tmp_path: Path) -> None:
    index = SeenIds(tmp_path)
    assert index.add(ids(1, 2, 1), 0) == [True, True, False]
    assert index.add(ids(2, 3), 2) == [False, True]
    assert index.known(ids(1, 2, 3, 4)) == [Known(0, None), Known(1, None), Known(2, None), None]
    index.discard(ids(3))
    assert index.known(ids(3)) == [None]
    assert index.add(ids(3), 2) == [True]
    assert index.add([], 3) == []


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
        assert all(index.add(fresh, written))
        index.write_run(written, written + size, fresh, range(written, written + size))
        written += size
        if restart:
            index = SeenIds(folder)
        assert index.covered() == written
    numbers = sorted(set(asked))
    known = [Known(None, n) if n < written else None for n in numbers]
    assert index.known(ids(*numbers)) == known
    assert index.add(ids(*numbers), written) == [n >= written for n in numbers]


def test_runs_are_merged_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_ids, "LONGEST_RUN", 64)
    index = SeenIds(tmp_path)
    for start in range(0, 320, 8):
        index.write_run(start, start + 8, ids(*range(start, start + 8)), [7] * 8)
    assert len(list(tmp_path.glob("*.npy"))) <= 320 // 64 + 3
    assert not any(index.add(ids(*range(320)), 320))
    assert set(index.known(ids(*range(320)))) == {Known(None, 7)}


def test_a_crash_within_a_merge_is_cleared_up(tmp_path: Path) -> None:
    index = SeenIds(tmp_path)
    index.write_run(0, 8, ids(*range(8)), range(8))
    elder = next(tmp_path.glob("*.npy"))
    kept = elder.read_bytes()
    index.write_run(8, 16, ids(*range(8, 16)), range(8, 16))
    elder.write_bytes(kept)
    (tmp_path / "ids-x.new").write_bytes(b"half")
    again = SeenIds(tmp_path)
    assert not elder.exists()
    assert not list(tmp_path.glob("*.new"))
    assert again.covered() == 16
    assert again.add(ids(*range(17)), 16) == [False] * 16 + [True]
    assert again.known(ids(*range(16))) == [Known(None, n) for n in range(16)]


def test_hashes_that_share_their_first_half_are_told_apart(tmp_path: Path) -> None:
    one = secrets.token_bytes(8)
    twins = [one + bytes([n]) * 8 for n in range(4)]
    index = SeenIds(tmp_path)
    index.write_run(0, 2, twins[:2], [5, 6])
    assert index.known(twins) == [Known(None, 5), Known(None, 6), None, None]
    assert index.add(twins, 2) == [False, False, True, True]


def test_no_two_pairs_share_a_hash_and_the_key_matters() -> None:
    pairs = [("a", "b\x1fc"), ("a\x1fb", "c"), ("a", "bc"), ("ab", "c"), ("1:a", "b"), ("1", ":ab")]
    assert len(set(digests(pairs, KEY))) == len(pairs)
    assert digests(pairs, KEY) != digests(pairs, bytes(32))
