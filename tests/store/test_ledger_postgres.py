"""The same ledger on PostgreSQL: set LIANZHI_TEST_POSTGRES to the URL of an empty database."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from test_events_audit import EVENTS, OPEN, House, kept

from lianzhi.record.entry import Draft
from lianzhi.record.merkle import verify_inclusion
from lianzhi.record.ports import Evidence
from lianzhi.store import db, migrate
from lianzhi.store.audit import audit
from lianzhi.store.heads import acknowledged, keep
from lianzhi.store.ledger import custody, open_ledger

URL = os.environ.get("LIANZHI_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(
    not URL,
    reason="needs PostgreSQL: apt-get install postgresql, pip install 'psycopg[binary]', "
    "then LIANZHI_TEST_POSTGRES=postgresql+psycopg://user@host/database",
)


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = db.open_engine(URL)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def draft(n: int) -> Draft:
    return Draft("case.noted", f"c{n}", n, {"n": n}, {"note": (f"note {n}", ())})


def test_append_prove_tamper(engine: Engine, tmp_path: Path) -> None:
    ledger = open_ledger(engine, tmp_path)
    for start in range(0, 600, 50):
        ledger.append([draft(n) for n in range(start, start + 50)])
    head = ledger.signer.verifier.checkpoint(ledger.checkpoint())
    entry = next(ledger.entries(300))
    proof = ledger.inclusion(300)
    assert verify_inclusion(300, 600, entry.leaf_hash(), head.root, proof)
    assert audit(engine, *custody(tmp_path)).ok
    with engine.begin() as connection:
        connection.execute(text("UPDATE entry SET ref = 'x' WHERE \"index\" = 300"))
    report = audit(engine, *custody(tmp_path))
    assert (report.first_bad, report.what) == (300, "edited")


def test_two_processes_write_one_log(engine: Engine, tmp_path: Path) -> None:
    """A ledger each, as two processes have; here they truly race."""

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
    assert audit(engine, *custody(tmp_path)).ok


def test_erasure(engine: Engine, tmp_path: Path) -> None:
    ledger = open_ledger(engine, tmp_path)
    with ledger.batch() as batch:
        token = batch.tokens(["alice"])["alice"]
        batch.append([Draft("case.noted", "c", 0, {"who": token}, {"note": ("sad", (token,))})])
        row = Evidence(ref="c", seq=1, leaf="", salt=b"", raw=b"{}", actor=token)
        batch.keep_evidence([row])
    erasure = ledger.erase("alice", at=1)
    assert (erasure.token, erasure.texts, erasure.evidence) == (token, ("0/note",), ("c/1",))
    assert ledger.vault.evidence("c") == []
    assert ledger.vault.text(0, "note") is None
    assert audit(engine, *custody(tmp_path)).ok


def test_copies_of_events_and_where_the_log_ends(engine: Engine, tmp_path: Path) -> None:
    house = House(tmp_path, engine)
    kept(house, "f1", [1, 2, 3])
    for _ in range(2):
        keep(house.ledger, house.store.log.durable)
    assert [h.after for h in acknowledged(engine, house.ledger.signer.seal_key).heads] == [40]
    assert house.faults() == []
    erased = house.ledger.erase(EVENTS[1].actor, at=1).evidence
    assert "f1/1" in erased
    assert house.faults() == []
    house.sql("DELETE FROM evidence WHERE seq = 3")
    house.file(OPEN).unlink()
    assert house.faults() == [("evidence", 3), (OPEN, 30)]
    house.sql("UPDATE log_head SET after = 30")
    assert house.faults() == [("evidence", 3), ("log_head", 0)]
