"""Rules of the ledger, on SQLite: what a batch writes, what is read, what is refused at opening."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from databases import with_tables
from lianzhi.record.checkpoint import CheckpointError
from lianzhi.record.entry import ERASED, SALT_SIZE, Draft
from lianzhi.record.ports import Evidence
from lianzhi.store import db, tables
from lianzhi.store import ledger as ledgers
from lianzhi.store.ledger import (
    KEY,
    Ledger,
    RecordError,
    custody,
    hold_against,
    kept_nodes,
    open_ledger,
    read_entries,
)
from lianzhi.store.vault import Vault


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    return open_ledger(engine, tmp_path)


def draft(n: int = 0, **more: Any) -> Draft:
    return Draft(
        **({"kind": "case.opened", "ref": f"c{n}", "at": 1000 + n, "payload": {"n": n}} | more)
    )


def write(engine: Engine, statement: str) -> None:
    with db.writing(engine) as connection:
        connection.exec_driver_sql(statement)


def rows(engine: Engine, column: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.scalars(select(column)))


# -- writing ---------------------------------------------------------------------------------------


def test_each_payload_has_a_salt_of_its_own(ledger: Ledger, engine: Engine) -> None:
    ledger.append([draft(n) for n in range(5)])
    salts = rows(engine, tables.payload.c.salt)
    assert {len(salt) for salt in salts} == {SALT_SIZE}
    assert len(set(salts)) == 5
    for size in (1, 2):
        pieces = {salt[-SALT_SIZE // size :] for salt in salts}
        assert len(pieces) == 5, "no salt is a part of another"


def test_texts_are_committed_to_beside_the_payload(ledger: Ledger) -> None:
    ledger.append([draft(0), draft(1, texts={"reason": ("why", ())})])
    assert ledger.payload(0) == {"n": 0}
    whole = ledger.payload(1)
    assert whole is not None
    assert whole.keys() == {"n", "texts"}
    assert whole["texts"].keys() == {"reason"}


def test_a_batch_without_an_entry_signs_nothing(ledger: Ledger, engine: Engine) -> None:
    witness = custody(Path(str(engine.url.database)).parent)[1]
    ledger.append([draft(0)])
    before = witness.stat()
    with ledger.batch() as batch:
        batch.tokens(["somebody"])
    after = witness.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert rows(engine, tables.checkpoint.c.size) == [1]
    ledger.append([draft(1)])
    assert rows(engine, tables.checkpoint.c.size) == [1, 2]


def test_a_fence_is_asked_in_each_batch(engine: Engine, tmp_path: Path) -> None:
    asked: list[Connection] = []
    fenced = open_ledger(engine, tmp_path, fence=asked.append)
    fenced.append([draft(0)])
    fenced.append([draft(1)])
    assert len(asked) == 2

    def closed(connection: Connection) -> None:
        raise PermissionError("another node writes")

    with pytest.raises(PermissionError):
        open_ledger(engine, tmp_path, fence=closed).append([draft(2)])
    assert [entry.ref for entry in fenced.entries()] == ["c0", "c1"]


def test_what_another_process_appended_is_gone_on_from(engine: Engine, tmp_path: Path) -> None:
    one, other = open_ledger(engine, tmp_path), open_ledger(engine, tmp_path)
    for n in range(6):
        (entry,) = (one, other)[n % 2].append([draft(n)])
        assert entry.index == n
    assert (one.size, other.size) == (5, 6)
    assert open_ledger(engine, tmp_path).size == 6


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 8])
def test_entries_are_read_in_chunks_without_a_gap(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    ledger.append([draft(n) for n in range(8)])
    monkeypatch.setattr(ledgers, "_CHUNK", chunk)

    def read(*span: int) -> list[int]:
        return [entry.index for entry in ledger.entries(*span)]

    assert read() == list(range(8))
    for start in range(9):
        for stop in range(10):
            assert read(start, stop) == list(range(8))[start:stop]


def test_a_payload_is_there_or_not(ledger: Ledger) -> None:
    ledger.append([draft(7)])
    assert ledger.payload(0) == {"n": 7}
    assert ledger.payload(1) is None


def test_proofs_are_of_any_size_up_to_the_whole(ledger: Ledger) -> None:
    ledger.append([draft(n) for n in range(5)])
    assert ledger.inclusion(2) == ledger.inclusion(2, 5)
    assert len(ledger.inclusion(2, 3)) == 1
    assert ledger.consistency(3) == ledger.consistency(3, 5)
    for proof in (ledger.inclusion, ledger.consistency):
        with pytest.raises(ValueError, match="size 6: the log has 5 entries"):
            proof(2, 6)
    with pytest.raises(ValueError, match="is not in a tree of 0"):
        ledger.inclusion(0, 0)


def test_missing_nodes_are_no_proof(ledger: Ledger, engine: Engine) -> None:
    ledger.append([draft(n) for n in range(600)])
    with engine.connect() as connection:
        fetch = kept_nodes(connection)
        leaves = fetch(0, 0, 600)
        assert len(leaves) == 600
        assert fetch(0, 7, 2) == leaves[7:9]
        assert len(fetch(8, 0, 2)) == 2
        assert fetch(8, 1, 1) == [*fetch(8, 0, 2)][1:]
        with pytest.raises(RecordError, match="nodes 599 to 600 of level 0"):
            fetch(0, 599, 2)
        with pytest.raises(RecordError, match="of level 8"):
            fetch(8, 1, 2)


def test_rows_are_read_with_their_payloads_or_not_at_all(ledger: Ledger, engine: Engine) -> None:
    ledger.append([draft(n) for n in range(4)])
    with engine.connect() as connection:
        found = read_entries(connection, 1)
        assert [(entry.index, payload) for entry, payload in found] == [
            (n, {"n": n}) for n in (1, 2, 3)
        ]
        assert read_entries(connection, 4) == []
    write(engine, 'DELETE FROM payload WHERE "index" = 3')
    with engine.connect() as connection, pytest.raises(RecordError, match="entry 3 or its payload"):
        read_entries(connection, 0)
    write(engine, 'DELETE FROM payload WHERE "index" = 2')
    with engine.connect() as connection, pytest.raises(RecordError, match="entry 2 or its payload"):
        read_entries(connection, 0)
    write(engine, 'DELETE FROM entry WHERE "index" = 1')
    with engine.connect() as connection, pytest.raises(RecordError, match="entry 1 or its payload"):
        read_entries(connection, 0)


class Seen:
    """A projection that keeps what it is shown."""

    def __init__(self) -> None:
        self.entries: list[int] = []

    def apply(self, connection: Connection, entry: Any, payload: Any) -> None:
        assert payload["n"] == entry.index
        self.entries.append(entry.index)

    def clear(self, connection: Connection) -> None:
        self.entries.clear()


def test_projections_are_folded_from_the_first_entry_to_the_last(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen()
    ledger = open_ledger(engine, tmp_path, projections=[seen])
    ledger.append([draft(n) for n in range(7)])
    assert seen.entries == list(range(7))
    monkeypatch.setattr(ledgers, "_CHUNK", 3)
    seen.entries[:] = [99]
    assert ledger.rebuild() == 7
    assert seen.entries == list(range(7))


# -- what was signed -------------------------------------------------------------------------------


def test_a_record_is_held_against_a_checkpoint_of_any_age(ledger: Ledger, engine: Engine) -> None:
    key, notes = ledger.signer.verifier, [ledger.signer.sign(0, ledgers.merkle.EMPTY_ROOT)]
    for n in range(3):
        ledger.append([draft(n)])
        notes.append(ledger.checkpoint())
    with engine.connect() as connection:
        assert [hold_against(connection, key, note) for note in notes] == [0, 1, 2, 3]
        with pytest.raises(CheckpointError, match="4 entries were signed, 3 are left"):
            hold_against(connection, key, ledger.signer.sign(4, bytes(32)))
        for size in (0, 2, 3):
            with pytest.raises(CheckpointError, match="are not those signed"):
                hold_against(connection, key, ledger.signer.sign(size, bytes(32)))


def test_the_newest_checkpoint_is_given(ledger: Ledger) -> None:
    with pytest.raises(LookupError):
        ledger.checkpoint()
    for n in range(3):
        ledger.append([draft(n)])
        assert ledger.signer.verifier.checkpoint(ledger.checkpoint()).size == n + 1


def test_an_empty_record_has_a_checkpoint_outside(engine: Engine, tmp_path: Path) -> None:
    ledger, (signer, witness) = open_ledger(engine, tmp_path), custody(tmp_path)
    assert signer.verifier.checkpoint(witness.read_text("utf-8")).size == 0
    ledger.append([draft(0)])
    witness.unlink()
    with pytest.raises(RecordError, match="is missing"):
        open_ledger(engine, tmp_path)
    assert not witness.exists()
    assert open_ledger(engine, tmp_path, adopt=True).size == 1
    assert witness.read_text("utf-8") == ledger.checkpoint()


def test_a_record_is_adopted_only_where_that_is_asked_for(engine: Engine, tmp_path: Path) -> None:
    open_ledger(engine, tmp_path).append([draft(0)])
    signer, witness = custody(tmp_path)
    witness.unlink()
    with pytest.raises(RecordError, match="is missing"):
        Ledger(engine, signer, Vault(engine), witness=witness)
    assert Ledger(engine, signer, Vault(engine), witness=witness, adopt=True).size == 1


def test_the_file_outside_is_left_alone_where_it_fits(engine: Engine, tmp_path: Path) -> None:
    open_ledger(engine, tmp_path).append([draft(0)])
    witness = custody(tmp_path)[1]
    before = witness.stat().st_ino
    open_ledger(engine, tmp_path)
    assert witness.stat().st_ino == before


def test_entries_without_any_checkpoint_open_no_record(engine: Engine, tmp_path: Path) -> None:
    open_ledger(engine, tmp_path).append([draft(0)])
    write(engine, "DELETE FROM checkpoint")
    for adopt in (False, True):
        with pytest.raises(RecordError, match="no checkpoint covers 1 entries"):
            open_ledger(engine, tmp_path, adopt=adopt)


def test_a_file_outside_that_was_signed_by_nobody_is_refused(
    engine: Engine, tmp_path: Path
) -> None:
    open_ledger(engine, tmp_path)
    custody(tmp_path)[1].write_text("nonsense", "utf-8")
    with pytest.raises(RecordError, match="not a signed note"):
        open_ledger(engine, tmp_path)
    assert open_ledger(engine, tmp_path, adopt=True).size == 0


def test_a_record_that_somebody_begins_meanwhile_is_read_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is looked for first; before the database is, another process writes both."""
    plain, witness = db.snapshot, custody(tmp_path)[1]
    begun: list[int] = []

    def snapshot(at: Engine) -> Any:
        if not begun:
            begun.append(1)
            open_ledger(engine, tmp_path).append([draft(0)])
        return plain(at)

    monkeypatch.setattr(db, "snapshot", snapshot)
    assert not witness.exists()
    assert open_ledger(engine, tmp_path).size == 1


def test_a_key_is_made_for_an_empty_record_only(engine: Engine, tmp_path: Path) -> None:
    assert not (tmp_path / KEY).exists()
    open_ledger(engine, tmp_path)
    first = (tmp_path / KEY).read_bytes()
    (tmp_path / KEY).unlink()
    custody(tmp_path)[1].unlink()
    open_ledger(engine, tmp_path).append([draft(0)])
    assert (tmp_path / KEY).read_bytes() != first
    open_ledger(engine, tmp_path)
    (tmp_path / KEY).unlink()
    with pytest.raises(RecordError, match="restore it from a copy"):
        open_ledger(engine, tmp_path)


# -- erasing ---------------------------------------------------------------------------------------


def erasures(ledger: Ledger) -> list[tuple[str, Any]]:
    return [
        (entry.ref, ledger.payload(entry.index))
        for entry in ledger.entries()
        if entry.kind == ERASED
    ]


def test_an_erasure_is_on_the_record_where_anything_was_removed(ledger: Ledger) -> None:
    ledger.erase("nobody", 1)
    assert erasures(ledger) == []
    with ledger.batch() as batch:
        token = batch.tokens(["somebody"])["somebody"]
    ledger.erase("somebody", 2)
    assert erasures(ledger) == [(token, {"erased": [], "copies": []})]


def test_texts_about_somebody_without_a_token_are_erased_too(ledger: Ledger) -> None:
    ledger.append([draft(0, texts={"reason": ("written by stranger.x", ())})])
    ledger.erase("stranger.x", 2)
    assert erasures(ledger) == [("unknown", {"erased": ["0/reason"], "copies": []})]


def test_copies_of_events_of_somebody_without_a_token_are_erased_too(ledger: Ledger) -> None:
    with ledger.batch() as batch:
        token = batch.tokens(["other"])["other"]
        raw = b'{"actor":"stranger.x"}'
        copy = Evidence(ref="f", seq=3, leaf="00", salt=b"s" * 32, raw=raw, actor=token)
        batch.keep_evidence([copy])
    ledger.erase("stranger.x", 2)
    assert erasures(ledger) == [("unknown", {"erased": [], "copies": ["f/3"]})]
