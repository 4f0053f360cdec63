"""A database that is locked or away: detection waits and goes on, and says so meanwhile."""

import contextlib
import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from node_house import kinds, opened, plain, told
from sqlalchemy import create_engine, exc, text
from starlette.testclient import TestClient

from databases import Server, needs_postgres
from lianzhi.jobs import patience, storage, ticker
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.jobs.node import Node
from lianzhi.store import db
from lianzhi.store import ledger as ledgers
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import body, calm, crowd, merged
from waiting import eventually

EVENTS = merged(calm(80), crowd("victim", 50))
LOCKED = "detection waits: another process locks the database"
AWAY = "detection waits: the database does not answer"
STOPPED = "detection has stopped: start again to go on, nothing is lost"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow one another within milliseconds."""
    monkeypatch.setattr(storage, "open_engine", partial(db.open_engine, busy_ms=5))
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.05)
    monkeypatch.setattr(patience, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(patience, "LONGEST_WAIT_S", 0.02)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[bytes], Any]:
    """The record of a run without an outage."""
    node, _ = opened(tmp_path_factory.mktemp("undisturbed"))
    with node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        return recorded(node)


def recorded(node: Node) -> tuple[list[bytes], Any]:
    """The findings, and how many entries of each kind follow from them."""
    follow = ("finding.", "case.", "protection.", "revisit.")
    return told(node), {k: n for k, n in kinds(node).items() if k.startswith(follow)}


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Another program writes to the database, and does not come to an end."""
    other = sqlite3.connect(home / "lianzhi.db", isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN EXCLUSIVE")
        yield


def readiness(node: Node) -> tuple[int, str]:
    """What a load balancer is told."""
    app = create_app(node, Settings(hosts=("testserver",)))
    answer = TestClient(app).get("/readyz")
    return answer.status_code, answer.json().get("detail", "")


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an operator reads about detection."""
    return [r.getMessage() for r in caplog.records if r.name != ticker.__name__]


def test_a_locked_database_holds_detection_up_and_costs_no_finding(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, undisturbed: Any
) -> None:
    node, findings = opened(tmp_path)
    with node:
        node.intake.submit(body(EVENTS[:70]), "test")
        node.judge.wait()
        for part in (EVENTS[70:100], EVENTS[100:]):
            caplog.clear()
            before = len(findings)
            with locked(tmp_path):
                node.intake.submit(body(part), "test")
                assert eventually(lambda: node.judge.trouble == LOCKED)
                assert readiness(node) == (503, LOCKED)
                time.sleep(0.2)  # many tries
                assert len(findings) == before
            node.judge.wait()
            assert (node.judge.trouble, readiness(node)) == (None, (200, ""))
            waits, goes_on = warnings(caplog)
            assert waits == f"{LOCKED} (database is locked)"
            assert goes_on == "detection goes on: the database answers again"
        node.intake.finish()
        assert recorded(node) == undisturbed
        assert plain(findings) == undisturbed[0]
        assert audit(node.engine, *custody(tmp_path, node.config.origin)).ok


def test_a_connection_that_breaks_after_the_commit_doubles_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Any
) -> None:
    node, findings = opened(tmp_path)
    real, broke = node.ledger.batch, []

    @contextlib.contextmanager
    def breaking() -> Iterator[Any]:
        with real() as batch:
            yield batch
        # Timed work has batches of its own, which are no part of this.
        if len(broke) < 2 and threading.current_thread().name == "judge":
            broke.append(node.judge.trouble)
            raise exc.InterfaceError("COMMIT", None, Exception("the connection is closed"))

    monkeypatch.setattr(node.ledger, "batch", breaking)
    with node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        assert AWAY not in broke[:1]
        assert broke[1:] == [AWAY]
        assert recorded(node) == undisturbed
        assert plain(findings) == undisturbed[0], "each is told, once"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_without_room_for_the_checkpoint_is_waited_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Any, number: int
) -> None:
    node, findings = opened(tmp_path)
    real, full = ledgers.written, []

    def written(path: Path, data: bytes) -> Any:
        if len(full) < 2 and path.name == "checkpoint":
            full.append(node.judge.trouble)
            raise OSError(number, "no room")
        return real(path, data)

    monkeypatch.setattr(ledgers, "written", written)
    with node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        assert "disk" not in (full[0] or ""), "nothing but the events before it kept it"
        assert "disk" in full[1]
        assert recorded(node) == undisturbed
        assert plain(findings) == undisturbed[0], "each is told, once"
        assert audit(node.engine, *custody(tmp_path, node.config.origin)).ok


def test_an_outage_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Any
) -> None:
    """The next start judges what was left; a full queue and a ticker that waits change nothing."""
    monkeypatch.setattr("lianzhi.jobs.judge.WAITING", 20)
    node, findings = opened(tmp_path, lateness_seconds=0.1)
    failed: list[Exception] = []

    def feed() -> None:
        try:
            for start in range(0, len(EVENTS), 10):
                node.intake.submit(body(EVENTS[start : start + 10]), "test")
        except DetectionStoppedError as error:
            failed.append(error)

    with locked(tmp_path):
        sender = threading.Thread(target=feed)
        sender.start()
        assert eventually(lambda: node.judge.trouble == LOCKED)
        time.sleep(0.2)  # the queue is full, and time has come to release what is held back
        assert sender.is_alive()
        started = time.monotonic()
        node.close()
        assert time.monotonic() - started < 3
        sender.join(3)
        assert len(failed) == 1
    again, more = opened(tmp_path)
    with again:
        again.intake.submit(body(EVENTS), "test")
        again.intake.finish()
        assert recorded(again) == undisturbed
        assert plain(findings + more) == undisturbed[0]


def test_what_waiting_does_not_mend_stops_detection_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    node, findings = opened(tmp_path)
    other = sqlite3.connect(tmp_path / "lianzhi.db", isolation_level=None)
    with node, contextlib.closing(other):
        other.execute("ALTER TABLE finding RENAME TO gone")
        node.intake.submit(body(EVENTS), "test")
        with pytest.raises(DetectionStoppedError, match="no such table"):
            node.intake.finish()
        assert (node.judge.trouble, readiness(node)) == (STOPPED, (503, STOPPED))
        assert warnings(caplog) == ["detection has stopped"]
        assert "victim" not in caplog.text, "a log names nobody"
        other.execute("ALTER TABLE gone RENAME TO finding")
    node, findings = opened(tmp_path)
    with node:
        node.intake.finish()
        assert findings


def failures(caplog: pytest.LogCaptureFixture) -> list[str | None]:
    """Stack traces of timed work."""
    return [r.exc_text for r in caplog.records if r.name == ticker.__name__ and r.exc_info]


def at_rest(caplog: pytest.LogCaptureFixture) -> bool:
    """Whether each thread of timed work that told of a failure said since that it goes on."""
    said = {r.thread: r.getMessage() for r in caplog.records if r.name == ticker.__name__}
    return set(said.values()) == {"timed work goes on: nothing fails any more"}


def test_timed_work_that_fails_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    node, _ = opened(tmp_path)
    with node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        for _ in range(2):
            caplog.clear()
            with locked(tmp_path):
                node.intake.submit(body(calm(1, seed=int(time.monotonic_ns()))), "test")
                node.store.log.turn()
                assert eventually(lambda: bool(failures(caplog)))
                time.sleep(0.3)  # several ticks
                assert len(failures(caplog)) == len(set(failures(caplog)))
            # A task that still fails when the database is locked anew is not told of anew.
            assert eventually(lambda: at_rest(caplog) and not node.store.log.sealable())
        assert kinds(node)["segment.sealed"] == 2


@needs_postgres
def test_a_lost_connection_to_postgresql_costs_no_finding(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, undisturbed: Any
) -> None:
    url = server.database()
    other = create_engine(url, isolation_level="AUTOCOMMIT")
    lost = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks "
        "WHERE locktype = 'advisory' AND NOT granted"
    )
    lock, unlock = (text(f"SELECT pg_advisory_{do}({db._WRITER})") for do in ("lock", "unlock"))
    with other.connect() as connection:
        node, findings = opened(tmp_path, database=url)
        with node:
            connection.execute(lock)  # so that the judge is met within its transaction
            try:
                node.intake.submit(body(EVENTS), "test")
                for _ in range(3):
                    assert eventually(lambda: connection.scalar(lost) > 0)
                    # Timed work may have waited there: whoever does is lost until the judge is.
                    assert eventually(
                        lambda: connection.scalar(lost) >= 0 and node.judge.trouble == AWAY
                    )
                assert readiness(node) == (503, AWAY)
                assert findings == []
            finally:
                connection.execute(unlock)
            node.intake.finish()
            assert (node.judge.trouble, readiness(node)) == (None, (200, ""))
            assert len(warnings(caplog)) == 2
            assert recorded(node) == undisturbed
            assert plain(findings) == undisturbed[0]
    other.dispose()
    server.drop(url)
