"""One node at a time works on a database, whatever homes there are; who lost it writes nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from node_house import Clock, opened
from sqlalchemy import text
from starlette.testclient import TestClient

from databases import Databases, Server, closing_engine, needs_postgres
from lianzhi.chain.protection import Terms
from lianzhi.config import Config
from lianzhi.jobs.adopt import adopt
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.jobs.mounted import MODEL
from lianzhi.store import owner as owners
from lianzhi.store.db import DatabaseRefusedError, open_engine
from lianzhi.store.migrate import upgrade
from lianzhi.store.owner import Owner, OwnerLostError
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import NOW, body, calm, crowd, merged
from waiting import eventually

EVENTS = merged(calm(80), crowd("victim", 50))
ANOTHER = "another node works on the database"


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long, and timed work is done every 20 ms."""
    monkeypatch.setattr(owners, "WAIT_S", 0.2)
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.02)


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> str:
    """One database, to which the configurations of all homes lead."""
    return databases.url(tmp_path)


def test_a_second_home_is_refused_and_told_who_is_there(url: str, tmp_path: Path) -> None:
    first, _ = opened(tmp_path / "first", database=url)
    with first:
        said = rf"the node of {tmp_path}/first on \S+ \(since 2025-11-18 08:53:20 UTC\) works on it"
        with pytest.raises(DatabaseRefusedError, match=said):
            opened(tmp_path / "second", database=url)
        (tmp_path / "second" / "config.toml").write_text(f'database = "{url}"\n')
        with pytest.raises(DatabaseRefusedError, match=said):
            adopt(tmp_path / "second", NOW)
        first.intake.submit(body(EVENTS), "test")
        first.intake.finish()
    assert not list((tmp_path / "second").glob("events/*")), "it was not begun"
    again, _ = opened(tmp_path / "first", database=url)
    again.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_two_names_of_one_file_are_one_database(databases: Databases, tmp_path: Path) -> None:
    with opened(tmp_path / "first")[0]:
        (tmp_path / "link.db").symlink_to(tmp_path / "first" / "lianzhi.db")
        with pytest.raises(DatabaseRefusedError, match="/first on"):
            opened(tmp_path / "second", database=f"sqlite:///{tmp_path / 'link.db'}")


@pytest.mark.usefixtures("databases")
def test_a_home_may_be_moved(tmp_path: Path) -> None:
    opened(tmp_path / "here")[0].close()
    url = Config().url(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    url = url.replace(f"{tmp_path}/here", f"{tmp_path}/there")
    opened(tmp_path / "there", database=url)[0].close()


HOLDS = """
import sys
from pathlib import Path
from lianzhi.jobs.mounted import MODEL
from lianzhi.store.db import open_engine
from lianzhi.store.migrate import upgrade
from lianzhi.store.owner import Owner
engine = open_engine(sys.argv[1])
owner = Owner(engine, Path(sys.argv[2]))
upgrade(engine, MODEL)
owner.sign(0)
print("held", flush=True)
sys.stdin.read()
"""


def test_an_owner_that_is_killed_holds_nothing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", HOLDS, url, str(tmp_path / "first")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with closing_engine(url) as engine:
            with pytest.raises(DatabaseRefusedError, match=r"since 1970-01-01 00:00:00 UTC"):
                Owner(engine, tmp_path / "second")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            monkeypatch.setattr(owners, "WAIT_S", 5.0)
            Owner(engine, tmp_path / "second").close()


def test_who_was_replaced_writes_nothing_any_more(url: str, tmp_path: Path) -> None:
    """As after a session that broke without its node noticing."""
    node, findings = opened(tmp_path / "first", Clock(), database=url)
    with node:
        with closing_engine(url) as engine:
            other = object.__new__(Owner)
            other._engine, other._home, other._token = engine, "/elsewhere", "another"
            other.sign(NOW)
        before = node.ledger.size
        with pytest.raises(OwnerLostError, match=f"{ANOTHER}: the node of /elsewhere on"):
            node.protections.grant("victim", Terms(("comment",), NOW + 10**8), "li", None, NOW)
        node.intake.submit(body(EVENTS), "test")
        with pytest.raises(DetectionStoppedError, match=ANOTHER):
            node.intake.finish()
        assert (node.ledger.size, findings) == (before, [])


def end_sessions(server: Server, url: str) -> None:
    """End every session on a database that holds a lock until it ends."""
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND granted AND pid <> pg_backend_pid() AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    engine.dispose()


@needs_postgres
def test_a_session_that_breaks_is_taken_up_again(server: Server, tmp_path: Path) -> None:
    url = server.database()
    node, findings = opened(tmp_path / "first", database=url)
    with node:
        node.judge.wait()
        session = node.owner._session
        end_sessions(server, url)
        assert eventually(lambda: node.owner._session not in (session, None))
        assert node.judge.trouble is None
        with pytest.raises(DatabaseRefusedError, match="/first on"):
            opened(tmp_path / "second", database=url)
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        assert findings
    server.drop(url)


@needs_postgres
def test_a_node_whose_place_was_taken_stops_and_says_so(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = server.database()
    node, _ = opened(tmp_path / "first", database=url)
    with node, closing_engine(url) as engine:
        end_sessions(server, url)
        # Wins the race now and then only: until then the node is asked to let go again.
        other = None
        while other is None:
            try:
                other = Owner(engine, tmp_path / "second")
            except DatabaseRefusedError:
                end_sessions(server, url)
        upgrade(engine, MODEL)
        other.sign(NOW)
        assert eventually(lambda: node.judge.trouble is not None)
        assert str(node.judge.trouble).startswith("detection has stopped")
        with pytest.raises(DetectionStoppedError, match=ANOTHER):
            node.intake.submit(body(EVENTS), "test")
        app = create_app(node, Settings(hosts=("testserver",)))
        assert TestClient(app).get("/readyz").status_code == 503
        assert ANOTHER in caplog.text
        assert "/first on" not in caplog.text, "it does not take itself for the other"
        other.close()
    server.drop(url)
