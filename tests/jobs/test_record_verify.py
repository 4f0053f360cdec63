"""Verification over the life of a node: an honest one is never accused, what is done is named."""

import threading
from pathlib import Path

import pytest
from node_house import opened
from sqlalchemy import text

from lianzhi.chain.protection import Terms
from lianzhi.config import Config
from lianzhi.flow.log import LogDamagedError
from lianzhi.store import audit_events as audits
from lianzhi.store.audit import audit
from lianzhi.store.audit_events import audit_events
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.db import open_engine
from lianzhi.store.heads import acknowledged
from lianzhi.store.ledger import RecordError, custody
from streams import NOW, body, calm, crowd, event, merged

pytestmark = pytest.mark.usefixtures("databases")
EVENTS = merged(calm(80), crowd("victim", 50))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timed work every 20 ms."""
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.02)
    monkeypatch.setattr(audits, "PATIENCE_S", 0.01)


def faults(home: Path) -> list[str]:
    """Everything that another process finds wrong."""
    engine = open_engine(Config().url(home))
    try:
        signer, witness = custody(home)
        report = audit(engine, signer, witness)
        events, tables = audit_events(engine, home, signer.seal_key), audit_tables(engine)
    finally:
        engine.dispose()
    assert report.ok, report
    return [
        *(f"{fault.file} {fault.seq}: {fault.detail}" for fault in events.faults),
        *(f"{fault.table} {fault.key}: {fault.detail}" for fault in tables.faults),
    ]


def lived(home: Path) -> None:
    """A home with findings, a case, a protection and copies of events."""
    node, findings = opened(home)
    with node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        node.protections.grant("victim", Terms(("comment",), NOW + 10**8), "li", None, NOW)
        assert findings


def change(home: Path, statement: str) -> int:
    engine = open_engine(Config().url(home))
    with engine.begin() as connection:
        count = connection.execute(text(statement)).rowcount
    engine.dispose()
    return count


def test_an_honest_life_is_never_accused(tmp_path: Path) -> None:
    lived(tmp_path)
    assert faults(tmp_path) == []
    done, seen = threading.Event(), []

    def watch() -> None:
        while not done.is_set():
            seen.append(faults(tmp_path))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for round_ in range(3):
            node, _ = opened(tmp_path, snapshot_minutes=0.0001)
            with node:
                for part in range(6):
                    someone = f"harmed{round_}{part}"
                    at = NOW - 10**7 + (6 * round_ + part) * 10**6
                    node.intake.submit(
                        body(crowd(someone, 30, seed=10 * round_ + part, start=at)), "test"
                    )
                    if part % 2:
                        node.store.log.turn()
                node.intake.finish()
                node.erasure.erase(f"harmed{round_}2")
                node.ledger.rebuild()
            assert faults(tmp_path) == []
    finally:
        done.set()
        watcher.join()
    assert len(seen) > 3
    assert [found for found in seen if found] == []


def test_the_newest_log_cannot_vanish_or_shrink_unseen(tmp_path: Path) -> None:
    lived(tmp_path)
    (path,) = (tmp_path / "events").glob("*.log")
    whole = path.read_bytes()
    for left in (None, b"", whole[: len(whole) // 2]):
        path.unlink() if left is None else path.write_bytes(left)
        found = faults(tmp_path)
        assert len(found) == 1
        assert path.name in found[0]
        (tmp_path / "snapshots" / "detectors.msgpack").unlink(missing_ok=True)
        with pytest.raises(LogDamagedError, match=f"but {len(EVENTS)} were acknowledged"):
            opened(tmp_path)
    path.write_bytes(whole)
    assert faults(tmp_path) == []
    opened(tmp_path)[0].close()


def test_events_that_nobody_was_warned_of_are_vouched_for_within_moments(tmp_path: Path) -> None:
    node, findings = opened(tmp_path)
    with node:
        node.intake.submit(body([event("quiet", NOW - 1000, "x", "y")]), "test")
        key = node.ledger.signer.seal_key
        held: list[int] = []
        while held != [1]:
            held = [head.after for head in acknowledged(node.engine, key).heads]
        assert findings == []
        next((tmp_path / "events").glob("*.log")).unlink()
        (found,) = faults(tmp_path)
        assert "ends after 0 events, but 1 were acknowledged" in found


def test_whoever_also_removes_the_kept_head_is_noticed_by_the_record(tmp_path: Path) -> None:
    lived(tmp_path)
    change(tmp_path, "DELETE FROM log_head")
    next((tmp_path / "events").glob("*.log")).unlink()
    assert [found.split(" ")[0] for found in faults(tmp_path)] == ["log_head"]
    with pytest.raises(RecordError, match="log_head"):
        opened(tmp_path)


def test_copies_that_a_node_kept_cannot_vanish_unseen(tmp_path: Path) -> None:
    lived(tmp_path)
    kept = change(tmp_path, "DELETE FROM evidence WHERE actor LIKE 'p_%'")
    found = faults(tmp_path)
    assert len(found) == kept > 10
    assert all(one.startswith("evidence ") and "is gone" in one for one in found)


def test_a_protection_cannot_be_prolonged_in_the_tables(tmp_path: Path) -> None:
    lived(tmp_path)
    assert change(tmp_path, "UPDATE protection SET expires_at = expires_at + 1") == 1
    (found,) = faults(tmp_path)
    assert found.startswith("protection ")
    assert found.endswith(": expires_at: not as recorded")
