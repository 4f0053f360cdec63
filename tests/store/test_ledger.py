"""The ledger: atomic, durable, provable, and never behind or ahead of its projections."""

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, Text, select, text

from databases import Databases
from lianzhi.files import load_or_create_key
from lianzhi.record.checkpoint import Checkpoint
from lianzhi.record.entry import Draft, Entry
from lianzhi.record.merkle import EMPTY_ROOT, verify_consistency, verify_inclusion
from lianzhi.store import db
from lianzhi.store.audit import audit
from lianzhi.store.ledger import Batch, Ledger, RecordError, custody, open_ledger

OWN = MetaData()
KINDS = Table(
    "kinds", OWN, Column("kind", Text, primary_key=True), Column("n", Integer), Column("who", Text)
)


class Kinds:
    """How many entries of a kind, and who was last named in one."""

    refuses: str | None = None

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        if entry.kind == self.refuses:
            raise PermissionError(entry.kind)
        n = connection.scalar(select(KINDS.c.n).where(KINDS.c.kind == entry.kind)) or 0
        connection.execute(KINDS.delete().where(KINDS.c.kind == entry.kind))
        row = {"kind": entry.kind, "n": n + 1, "who": repr(sorted(payload.items()))}
        connection.execute(KINDS.insert().values(row))

    def clear(self, connection: Connection) -> None:
        connection.execute(KINDS.delete())


def draft(n: int, kind: str = "case.opened") -> Draft:
    return Draft(kind=kind, ref=f"case-{n}", at=1_700_000_000_000 + n, payload={"n": n, "t": (n,)})


@pytest.fixture
def engine(engine: Engine) -> Engine:
    OWN.create_all(engine)
    return engine


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    return open_ledger(engine, tmp_path)


def head(ledger: Ledger) -> Checkpoint:
    return ledger.signer.verifier.checkpoint(ledger.checkpoint())


def table(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(r) for r in connection.execute(select(KINDS).order_by(KINDS.c.kind))]


def fine(engine: Engine, home: Path) -> bool:
    return audit(engine, *custody(home)).ok


def test_an_empty_log(ledger: Ledger, engine: Engine, tmp_path: Path) -> None:
    assert list(ledger.entries()) == []
    assert ledger.payload(0) is None
    assert ledger.append([]) == []
    with pytest.raises(LookupError):
        ledger.checkpoint()
    with pytest.raises(ValueError, match="index 0"):
        ledger.inclusion(0)
    assert fine(engine, tmp_path)


def test_what_is_appended_can_be_read_and_proved(ledger: Ledger) -> None:
    sizes, roots = [0], [EMPTY_ROOT]
    for n in (1, 6, 255, 60):
        start = sizes[-1]
        made = ledger.append([draft(start + i) for i in range(n)])
        assert [e.index for e in made] == list(range(start, start + n))
        assert list(ledger.entries(start)) == made
        sizes.append(start + n)
        roots.append(head(ledger).root)
        assert head(ledger).size == start + n
    whole = sizes[-1]
    assert list(ledger.entries(3, 5)) == list(ledger.entries())[3:5]
    assert ledger.payload(7) == {"n": 7, "t": [7]}
    for size, root in zip(sizes, roots, strict=True):
        proof = ledger.consistency(size)
        assert verify_consistency(size, whole, root, roots[-1], proof)
    for entry in ledger.entries():
        proof = ledger.inclusion(entry.index)
        assert verify_inclusion(entry.index, whole, entry.leaf_hash(), roots[-1], proof)
    early = next(ledger.entries(2))
    proof = ledger.inclusion(2, sizes[2])
    assert verify_inclusion(2, sizes[2], early.leaf_hash(), roots[2], proof)
    with pytest.raises(ValueError, match="the log has 322"):
        ledger.inclusion(2, 323)
    with pytest.raises(ValueError, match="the log has 322"):
        ledger.consistency(2, 400)


def test_a_commitment_is_salted(ledger: Ledger) -> None:
    one, other = ledger.append([draft(1), draft(1)])
    assert one.commitment != other.commitment


def test_projections_move_with_the_record_and_rebuild_to_equal_tables(
    engine: Engine, tmp_path: Path
) -> None:
    ledger = open_ledger(engine, tmp_path, projections=[Kinds()])
    for n in range(7):
        ledger.append([draft(n), draft(n, "case.closed"), draft(n, f"k{'x' * n}.made")])
    before = table(engine)
    assert len(before) == 9
    assert before[0][1] == 7
    with db.writing(engine) as connection:
        connection.execute(KINDS.update().values(n=99))
        connection.execute(KINDS.insert().values(kind="x.forged", n=1))
    assert table(engine) != before
    assert ledger.rebuild() == 21
    assert table(engine) == before


def test_a_refusal_in_a_projection_leaves_nothing_behind(engine: Engine, tmp_path: Path) -> None:
    kinds = Kinds()
    ledger = open_ledger(engine, tmp_path, projections=[kinds])
    ledger.append([draft(0)])
    note, rows = ledger.checkpoint(), table(engine)
    kinds.refuses = "case.closed"
    with pytest.raises(PermissionError):
        ledger.append([draft(1), Draft("case.closed", "c", 0, {}, {"reason": ("why", ())})])
    assert (ledger.checkpoint(), table(engine)) == (note, rows)
    assert len(list(ledger.entries())) == 1
    assert ledger.vault.text(2, "reason") is None
    assert [e.index for e in ledger.append([draft(1)])] == [1]
    assert fine(engine, tmp_path)


def test_a_savepoint_undoes_only_what_was_done_within(engine: Engine, tmp_path: Path) -> None:
    kinds = Kinds()
    ledger = open_ledger(engine, tmp_path, projections=[kinds])
    kinds.refuses = "case.closed"

    def close(batch: Batch) -> None:
        with batch.savepoint():
            batch.append([draft(1), draft(2, "case.closed")])

    with ledger.batch() as batch:
        batch.append([draft(0)])
        with pytest.raises(PermissionError):
            close(batch)
        with batch.savepoint():
            batch.append([draft(3)])
    assert [entry.ref for entry in ledger.entries()] == ["case-0", "case-3"]
    assert fine(engine, tmp_path)


def test_a_batch_joins_people_entries_and_evidence(engine: Engine, ledger: Ledger) -> None:
    def work() -> None:
        with ledger.batch() as batch:
            token = batch.tokens(["alice"])["alice"]
            batch.append([Draft("case.opened", "c", 1, {"about": token})])
            batch.append([Draft("case.assigned", "c", 2, {"to": token})])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert list(ledger.entries()) == []
    assert ledger.vault.known(["alice"]) == {}
    with ledger.batch() as batch:
        token = batch.tokens(["alice"])["alice"]
        batch.append([draft(0)])
        batch.append([draft(1)])
    assert head(ledger).size == 2
    assert ledger.vault.account(token) == "alice"
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM checkpoint").scalar() == 1


def test_many_threads_write_one_log(ledger: Ledger, engine: Engine, tmp_path: Path) -> None:
    def work(thread: int) -> None:
        for n in range(20):
            ledger.append([draft(thread * 100 + n), draft(thread)])

    threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.index for e in ledger.entries()] == list(range(160))
    assert fine(engine, tmp_path)


def test_two_processes_write_one_log(ledger: Ledger, engine: Engine, tmp_path: Path) -> None:
    """A second ledger stands for another process, such as the command line beside a server."""
    other = open_ledger(engine, tmp_path)
    for n in range(9):
        (ledger if n % 2 else other).append([draft(n)] * (n * 9 + 1))
    assert fine(engine, tmp_path)
    assert head(other) == head(ledger)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_commits_are_durable_and_deletions_overwrite(engine: Engine) -> None:
    with engine.connect() as connection:
        for pragma, value in [
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("secure_delete", 1),
        ]:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value, pragma


KILLED = """
import sys
from pathlib import Path
from lianzhi.record.entry import Draft
from lianzhi.store import db
from lianzhi.store.ledger import open_ledger
home = Path(sys.argv[1])
ledger = open_ledger(db.open_engine(sys.argv[2]), home)
while True:
    made = ledger.append([Draft("case.opened", "c", 0, {"n": n}) for n in range(20)])
    print(made[-1].index, flush=True)
"""


@pytest.mark.slow
def test_kill_9_loses_no_acknowledged_entry(
    databases: Databases, engine: Engine, tmp_path: Path
) -> None:
    acknowledged = -1
    for lines in (1, 7, 30, 95):
        command = [sys.executable, "-c", KILLED, str(tmp_path), databases.url(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                acknowledged = int(process.stdout.readline())
            process.kill()
            rest = process.stdout.read().split("\n")[:-1]
            acknowledged = int(rest[-1]) if rest else acknowledged
        ledger = open_ledger(engine, tmp_path)
        size = head(ledger).size
        assert size > acknowledged
        assert fine(engine, tmp_path)


def test_two_processes_that_race_write_one_log(engine: Engine, tmp_path: Path) -> None:
    def work(number: int) -> None:
        ledger = open_ledger(engine, tmp_path)
        for n in range(20):
            with ledger.batch() as batch:
                batch.tokens([f"account-{n}"])
                batch.append([draft(n), draft(number)])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = open_ledger(engine, tmp_path)
    assert [entry.index for entry in ledger.entries()] == list(range(120))
    assert fine(engine, tmp_path)


def test_an_entry_that_somebody_edits_is_named(ledger: Ledger, engine: Engine) -> None:
    for start in range(0, 600, 50):
        ledger.append([draft(n) for n in range(start, start + 50)])
    with engine.begin() as connection:
        connection.execute(text("UPDATE entry SET ref = 'x' WHERE \"index\" = 300"))
    report = audit(engine, ledger.signer, ledger._witness)
    assert (report.first_bad, report.what) == (300, "edited")


# --- what is kept outside -----------------------------------------------------------------------


def test_a_crash_before_the_checkpoint_file_is_mended(
    ledger: Ledger, engine: Engine, tmp_path: Path
) -> None:
    witness = custody(tmp_path)[1]
    ledger.append([draft(0)])
    old = witness.read_bytes()
    ledger.append([draft(1)])
    witness.write_bytes(old)
    assert fine(engine, tmp_path)
    open_ledger(engine, tmp_path)
    assert witness.read_text("utf-8") == ledger.checkpoint()


def cut(engine: Engine, witness: Path) -> None:
    with db.writing(engine) as connection:
        for name, column in (("entry", "index"), ("payload", "index"), ("checkpoint", "size")):
            connection.exec_driver_sql(f'DELETE FROM {name} WHERE "{column}" > 2')


def cut_and_lose(engine: Engine, witness: Path) -> None:
    cut(engine, witness)
    witness.unlink()


def lose_all(engine: Engine, witness: Path) -> None:
    with db.writing(engine) as connection:
        for name in ("entry", "payload", "checkpoint"):
            connection.exec_driver_sql(f"DELETE FROM {name}")


def alter_leaf(engine: Engine, witness: Path) -> None:
    with db.writing(engine) as connection:
        query = text('UPDATE entry SET leaf = :zero WHERE "index" = 1')
        connection.execute(query, {"zero": bytes(32)})


def ruin(engine: Engine, witness: Path) -> None:
    witness.write_text("nonsense")


@pytest.mark.parametrize("fault", [cut, cut_and_lose, lose_all, alter_leaf, ruin])
def test_a_record_that_does_not_fit_takes_no_entries(
    ledger: Ledger, engine: Engine, tmp_path: Path, fault: Callable[[Engine, Path], None]
) -> None:
    for n in range(4):
        ledger.append([draft(n)])
    fault(engine, custody(tmp_path)[1])
    with pytest.raises(RecordError, match="Verify"):
        open_ledger(engine, tmp_path)
    assert not fine(engine, tmp_path)


def test_a_restored_backup_can_be_adopted(ledger: Ledger, engine: Engine, tmp_path: Path) -> None:
    for n in range(5):
        ledger.append([draft(n)])
    cut(engine, custody(tmp_path)[1])
    with db.writing(engine) as connection:
        connection.exec_driver_sql('DELETE FROM entry WHERE "index" = 2')
        connection.exec_driver_sql('DELETE FROM payload WHERE "index" = 2')
        connection.exec_driver_sql("DELETE FROM checkpoint WHERE size > 2")
    assert [e.index for e in open_ledger(engine, tmp_path, adopt=True).append([draft(9)])] == [2]
    assert fine(engine, tmp_path)


def test_another_key_can_not_go_on(ledger: Ledger, engine: Engine, tmp_path: Path) -> None:
    ledger.append([draft(0)])
    key = tmp_path / "keys" / "record.ed25519"
    key.unlink()
    with pytest.raises(RecordError, match="is missing: restore it"):
        open_ledger(engine, tmp_path)
    assert not key.exists(), "none is made that fits nothing"
    load_or_create_key(key)
    with pytest.raises(RecordError, match="signature"):
        open_ledger(engine, tmp_path)


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "a" / "key"
    key = load_or_create_key(path)
    assert len(key) == 32
    assert load_or_create_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["key"]
    path.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        load_or_create_key(path)
    path.chmod(0o600)
    path.write_text("abc")
    with pytest.raises(ValueError, match="64 hex digits"):
        load_or_create_key(path)
