"""Verification names the first place at which rows differ from what was appended."""

from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.record import merkle
from lianzhi.record.checkpoint import Signer
from lianzhi.record.entry import ERASED, Entry, commit, encode, seal
from lianzhi.record.verify import Report, Row, verify

SIGNER = Signer("test.local/record", b"s" * 32)
THIEF = Signer("test.local/record", b"t" * 32)
SIZE = 12
change = msgspec.structs.replace


def row(
    index: int, signer: Signer = SIGNER, kind: str = "case.opened", body: bytes | None = None
) -> Row:
    body = body or b'{"n":%d}' % index
    entry = Entry(index, 1000 + index, kind, f"c{index}", commit(b"salt", body))
    leaf = entry.leaf_hash()
    return Row(entry, leaf, seal(signer.seal_key, index, leaf), b"salt", body)


def reforged(row: Row, index: int) -> Row:
    """As somebody without the key would store it at `index`: all but the seal made to fit."""
    assert row.salt is not None
    assert row.body is not None
    entry = change(row.entry, index=index, commitment=commit(row.salt, row.body))
    return change(row, entry=entry, leaf=entry.leaf_hash())


def sign(rows: Sequence[Row], *sizes: int, signer: Signer = SIGNER) -> list[str]:
    return [signer.sign(n, merkle.root(r.entry.leaf_hash() for r in rows[:n])) for n in sizes]


ROWS = [row(i) for i in range(SIZE)]
NOTES = sign(ROWS, 3, 7, SIZE)


def check(rows: Sequence[Row], key: bytes | None = SIGNER.seal_key) -> Report:
    return verify(lambda: rows, NOTES, NOTES[-1], SIGNER.verifier, seal_key=key)


def test_a_good_record() -> None:
    assert check(ROWS) == Report(True, SIZE, merkle.root(r.leaf for r in ROWS), checkpoints=3)
    assert verify(list, [], None, SIGNER.verifier).ok


def first_difference(rows: Sequence[Row]) -> int:
    return next((k for k in range(SIZE) if k >= len(rows) or rows[k] != ROWS[k]), SIZE)


def edit(rows: list[Row], i: int, _: int) -> str:
    rows[i] = change(rows[i], body=b'{"n":"other"}')
    return "edited"


def edit_at(rows: list[Row], i: int, _: int) -> str:
    rows[i] = change(rows[i], entry=change(rows[i].entry, at=5))
    return "edited"


def edit_leaf(rows: list[Row], i: int, _: int) -> str:
    rows[i] = change(rows[i], leaf=bytes(32))
    return "edited"


def edit_seal(rows: list[Row], i: int, _: int) -> str:
    rows[i] = change(rows[i], seal=bytes(32))
    return "edited"


def remove(rows: list[Row], i: int, _: int) -> str:
    del rows[i]
    return "truncated" if i == len(rows) else "removed"


def insert(rows: list[Row], i: int, _: int) -> str:
    rows.insert(i, row(i, THIEF, body=b'{"n":"forged"}'))
    return "inserted"


def duplicate(rows: list[Row], i: int, j: int) -> str:
    """Another truly sealed row, put in once more."""
    rows.insert(i, rows[j])
    return "inserted"


def overwrite(rows: list[Row], i: int, j: int) -> str:
    rows[i] = rows[j]
    return "edited"


def swap(rows: list[Row], i: int, j: int) -> str:
    rows[i], rows[j] = rows[j], rows[i]
    return "reordered"


def move(rows: list[Row], i: int, j: int) -> str:
    rows.insert(j, rows.pop(i))
    return "reordered"


def truncate(rows: list[Row], i: int, _: int) -> str:
    del rows[i:]
    return "truncated"


OPERATIONS = [edit, edit_at, edit_seal, remove, insert, duplicate, overwrite, swap, move, truncate]
PLACES = [(i, j) for i in range(SIZE) for j in (0, i - 1, i + 1, SIZE - 1) if 0 <= j < SIZE]


@pytest.mark.parametrize("forge", [False, True], ids=["as it is", "recomputed"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_tamper_at_every_place_is_named(
    operation: Callable[[list[Row], int, int], str], forge: bool
) -> None:
    for i, j in PLACES:
        rows = list(ROWS)
        what = operation(rows, i, j)
        if not forge:  # a table has no order but that of the index
            rows.sort(key=lambda r: r.entry.index)
        if rows == ROWS:
            continue
        first = first_difference(rows)
        if forge:
            rows = [reforged(r, k) for k, r in enumerate(rows)]
        report = check(rows)
        assert (report.ok, report.first_bad) == (False, first), (i, j, report)
        if forge:
            assert report.what == what, (i, j, report)
        assert report.size == first
        # An auditor sees it as well, but for the seals, which say nothing to him.
        assert check(rows, key=None).ok is (operation is edit_seal)


@given(
    st.lists(
        st.tuples(st.sampled_from(OPERATIONS), st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)),
        min_size=1,
        max_size=4,
    )
)
def test_after_any_tampering_the_first_difference_is_named(
    steps: list[tuple[Callable[[list[Row], int, int], str], int, int]],
) -> None:
    rows = list(ROWS)
    for operation, i, j in steps:
        if rows:
            operation(rows, i % len(rows), j % len(rows))
    if rows == ROWS:
        return
    first = first_difference(rows)
    report = check([reforged(r, k) for k, r in enumerate(rows)])
    assert (report.ok, report.first_bad) == (False, first)


def test_another_key_seals_nothing() -> None:
    """Even a whole record made anew, seals and checkpoints included, is refused."""
    rows = [row(i, THIEF) for i in range(SIZE)]
    notes = sign(rows, 3, 7, SIZE, signer=THIEF)
    report = verify(lambda: rows, notes, notes[-1], SIGNER.verifier, seal_key=SIGNER.seal_key)
    assert (report.ok, report.first_bad) == (False, 0)


def test_an_auditor_without_the_key_learns_between_which_checkpoints() -> None:
    rows = list(ROWS)
    edit(rows, 5, 0)
    rows[5] = reforged(rows[5], 5)
    report = check(rows, key=None)
    assert (report.ok, report.what, report.first_bad) == (False, "checkpoint", None)
    assert "3 to 6" in report.detail
    rows = [reforged(change(ROWS[0], body=b"{}"), 0), *ROWS[1:]]
    assert "entries 0 to 2 are not what was signed" in check(rows, key=None).detail
    report = check([*ROWS[:4], *ROWS[5:]], key=None)
    assert (report.what, report.first_bad) == ("removed", 4)


def test_a_wrong_stored_leaf_hash_is_named() -> None:
    """Proofs are made from it; recomputing it is putting it right."""
    for i in range(SIZE):
        rows = list(ROWS)
        assert edit_leaf(rows, i, 0) == check(rows).what
        assert check(rows).first_bad == i


@pytest.mark.parametrize("gone", [{"salt": None}, {"body": None}, {"salt": None, "body": None}])
def test_a_payload_without_its_salt_or_its_bytes_is_gone(gone: dict[str, None]) -> None:
    report = check([*ROWS[:4], change(ROWS[4], **gone), *ROWS[5:]])
    assert (report.what, report.first_bad) == ("removed", 4)


def test_the_checkpoint_outside_is_needed() -> None:
    key = SIGNER.seal_key
    report = verify(lambda: ROWS, NOTES, None, SIGNER.verifier, seal_key=key)
    assert (report.ok, report.what, report.first_bad) == (False, "checkpoint", None)
    cut = verify(lambda: ROWS[:7], NOTES[:2], NOTES[2], SIGNER.verifier, seal_key=key)
    assert (cut.what, cut.first_bad) == ("truncated", 7)


def test_entries_under_no_checkpoint_are_named() -> None:
    report = verify(lambda: ROWS, NOTES[:2], NOTES[1], SIGNER.verifier, seal_key=SIGNER.seal_key)
    assert (report.what, report.first_bad) == ("checkpoint", 7)


def test_a_ruined_checkpoint_does_not_hide_the_bad_entry() -> None:
    rows = list(ROWS)
    edit(rows, 5, 0)
    key, ruined = SIGNER.seal_key, NOTES[-1].replace("12", "13")
    report = verify(lambda: rows, [*NOTES[:2], ruined], ruined, SIGNER.verifier, seal_key=key)
    assert (report.what, report.first_bad) == ("edited", 5)
    report = verify(lambda: ROWS, NOTES, ruined, SIGNER.verifier, seal_key=key)
    assert (report.what, report.first_bad) == ("checkpoint", None)
    assert "outside" in report.detail


def test_texts_are_held_to_their_commitments() -> None:
    body = encode({"texts": {"reason": commit(b"s", b"abuse").hex()}})
    good = change(row(0, body=body), texts=(("reason", b"s", b"abuse"),))

    def outcome(*rows: Row) -> tuple[bool, str | None, int | None, int]:
        notes = sign(rows, len(rows))
        report = verify(lambda: rows, notes, notes[0], SIGNER.verifier, seal_key=SIGNER.seal_key)
        return report.ok, report.what, report.first_bad, report.erased

    erasure = row(1, kind=ERASED, body=encode({"erased": ["0/reason"], "evidence": 0}))
    elsewhere = row(1, kind=ERASED, body=encode({"erased": ["9/reason"], "evidence": 0}))
    gone = change(good, texts=())
    assert outcome(good) == (True, None, None, 0)
    assert outcome(change(good, texts=(("reason", b"s", b"praise"),))) == (False, "edited", 0, 0)
    assert outcome(change(good, texts=(*good.texts, ("x", b"s", b"y")))) == (False, "edited", 0, 0)
    assert outcome(gone) == (False, "removed", 0, 0)
    assert outcome(gone, erasure) == (True, None, None, 1)
    assert outcome(gone, elsewhere) == (False, "removed", 0, 0)


def test_a_wrong_kept_node_is_named() -> None:
    rows = [row(i) for i in range(300)]
    notes = sign(rows, 300)
    nodes = {
        (n.level, n.index): n.hash for n in merkle.Frontier().extend([r.leaf for r in rows])[1]
    }
    assert list(nodes) == [(8, 0)]
    for kept, ok in ((nodes, True), ({}, False), ({(8, 0): bytes(32)}, False)):
        report = verify(
            lambda: rows, notes, notes[0], SIGNER.verifier, seal_key=SIGNER.seal_key, nodes=kept
        )
        assert (report.ok, report.what) == (ok, None if ok else "tree")


@pytest.mark.parametrize("place", [0, 1])
def test_every_checkpoint_counts_not_only_the_newest(place: int) -> None:
    """One that was tampered with is named by its size; the others hold."""
    sizes = [3, 7, SIZE]
    forged = list(NOTES)
    forged[place] = sign(ROWS, sizes[place], signer=THIEF)[0]
    fork = list(NOTES)
    fork[place] = SIGNER.sign(sizes[place], b"x" * 32)
    moved = [4, 8, SIZE]
    for notes, stored, detail in (
        (forged, sizes, f"the checkpoint of {sizes[place]} entries in the database: no signature"),
        (fork, sizes, f"to {sizes[place] - 1} are not what was signed"),
        (NOTES, moved, "the checkpoint of 4 entries in the database: it signs 3 entries"),
    ):
        report = verify(lambda: ROWS, notes, NOTES[-1], SIGNER.verifier, sizes=stored)
        assert (report.ok, report.what) == (False, "checkpoint")
        assert detail in report.detail
    sound = verify(lambda: ROWS, NOTES, NOTES[-1], SIGNER.verifier, sizes=sizes)
    assert (sound.ok, sound.checkpoints) == (True, 3)
    with pytest.raises(ValueError, match="zip"):
        verify(lambda: ROWS, NOTES, NOTES[-1], SIGNER.verifier, sizes=sizes[:2])
