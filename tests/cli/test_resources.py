"""Too little of something: the node serves in a smaller way, or says in one line what is wrong.

docs/operations.md has a row for each situation; `TESTS` says which test holds it.
"""

import ctypes
import errno
import http.client
import json
import os
import re
import resource
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from databases import needs_postgres
from lianzhi.cli.main import main
from lianzhi.jobs import storage
from lianzhi.jobs.node import Node
from lianzhi.store import db
from lianzhi.store.accounts import add_key
from lianzhi.store.stored_events import stored
from streams import body, calm
from waiting import eventually

HERE = Path(__file__).parents[1]
DOC = HERE.parent / "docs" / "operations.md"
TESTS = {
    "disk full at the start": "cli/test_resources.py::test_a_full_disk_at_the_start",
    "disk full while it runs": "jobs/test_due_process_outage.py::test_a_full_disk_is_told_in_words",
    "home read-only at the start": "cli/test_resources.py::test_a_read_only_home_at_the_start",
    "home read-only while it runs": "cli/test_resources.py::test_a_home_that_becomes_read_only",
    "database locked at the start": "cli/test_resources.py::test_a_locked_database_at_the_start",
    "database locked while it runs": "jobs/test_outage.py::"
    "test_a_locked_database_holds_detection_up_and_costs_no_finding",
    "database away at the start": "cli/test_resources.py::test_no_database_at_the_start",
    "database away while it runs": "jobs/test_outage.py::"
    "test_a_lost_connection_to_postgresql_costs_no_finding",
    "clock ahead by an hour or a year": "jobs/test_clock_steps.py::"
    "test_a_clock_that_ran_ahead_leaves_nothing_late",
    "clock behind by an hour or a year": "jobs/test_clock_steps.py::"
    "test_a_clock_that_falls_behind_refuses_what_lies_ahead_of_it",
    "less than 2 GiB of address space": "cli/test_resources.py::test_too_little_address_space",
    "64 file descriptors": "cli/test_resources.py::test_64_descriptors_serve_and_lose_nothing",
    "fewer than 64 file descriptors": "cli/test_resources.py::test_too_few_descriptors",
}


def test_the_table_names_what_is_tested() -> None:
    rows = re.search(r"\| situation \|.*?\n\n", DOC.read_text("utf-8"), re.DOTALL)
    assert rows is not None
    situations = [row.split("|")[1].strip() for row in rows[0].strip().splitlines()[2:]]
    assert situations == list(TESTS)
    for place in TESTS.values():
        file, _, name = place.partition("::")
        assert f"def {name}(" in (HERE / file).read_text("utf-8"), place


def serve(home: Path) -> Result:
    """`lianzhi serve`, which is not to come to serving."""
    return CliRunner().invoke(main, ["serve", "--port", "0", "--home", str(home)])


def told(result: Result) -> str:
    """The one line that says why."""
    assert (result.exit_code, result.stdout) == (3, ""), result.output
    (line,) = [one for one in result.stderr.splitlines() if not re.match(r"\d{4}-", one)]
    return line.removeprefix("Error: ")


def lived(home: Path) -> list[str]:
    """A home with events; their ids."""
    events = calm(20)
    with Node(home) as node:
        node.intake.submit(body(events), "test")
    return [event.id for event in events]


def ids(home: Path) -> list[str]:
    return [event.id for frame in stored(home) for event in frame]


def test_a_full_disk_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = lived(tmp_path)
    (tmp_path / "web.key").unlink(missing_ok=True)  # so that the start has something to write

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "web.key")

    with monkeypatch.context() as patch:
        patch.setattr("lianzhi.files.os.fsync", full)
        line = told(serve(tmp_path))
    assert line == "web.key: no space left on device; make room on the disk, and start again"
    assert ids(tmp_path) == kept
    Node(tmp_path).close()


def test_a_home_that_becomes_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is told as such, and what was acknowledged is there after a new start."""
    events = calm(40)

    def refused(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with Node(tmp_path) as node:
        node.intake.submit(body(events[:20]), "test")
        with monkeypatch.context() as patch:
            for name in ("write", "ftruncate"):
                patch.setattr(f"lianzhi.store.segments.os.{name}", refused)
            for _ in range(2):
                with pytest.raises(OSError, match=r"Read-only|mend the disk") as raised:
                    node.intake.submit(body(events[20:]), "test")
                assert node.ledger.outage(raised.value) == "the disk of the record is read-only"
    assert ids(tmp_path) == [event.id for event in events[:20]]
    with Node(tmp_path) as node:
        again = node.intake.submit(body(events), "test")
        assert (again.accepted, again.duplicates) == (20, 20)


def test_a_locked_database_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = lived(tmp_path)
    monkeypatch.setattr(storage, "open_engine", partial(db.open_engine, busy_ms=5))
    other = sqlite3.connect(tmp_path / "lianzhi.db", isolation_level=None)
    with closing(other):
        other.execute("BEGIN EXCLUSIVE")
        line = told(serve(tmp_path))
    assert line.startswith("another process locks the database: ")
    assert line.endswith("try again when it is mended")
    assert ids(tmp_path) == kept


@needs_postgres
def test_no_database_at_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"postgresql+psycopg://lianzhi@127.0.0.1:{port}/lianzhi"
    (tmp_path / "config.toml").write_text(f'database = "{url}"\n')
    line = told(serve(tmp_path))
    assert line.startswith("the database does not answer: ")
    assert line.endswith("try again when it is mended")


# -- processes of their own ---------------------------------------------------------------


def start(home: Path, before: Callable[[], None]) -> subprocess.Popen[bytes]:
    """`lianzhi serve`; `before` limits the process."""
    call = [sys.executable, "-c", "from lianzhi.cli.main import main; main()", "serve"]
    return subprocess.Popen(
        [*call, "--port", "0", "--json", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=before,  # noqa: PLW1509 - it calls the kernel alone
    )


def failed(process: subprocess.Popen[bytes]) -> str:
    """The one line of a server that does not start."""
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (3, b""), err.decode()
    (line,) = err.decode().splitlines()
    return line.removeprefix("Error: ")


def limited(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


def obey_modes() -> None:
    """Take from root what lets it write where modes forbid it."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; refused to others, who need it not


def test_too_little_address_space(tmp_path: Path) -> None:
    line = failed(start(tmp_path / "home", limited(resource.RLIMIT_AS, 512 << 20)))
    assert line == (
        "the process may have 512 MiB of address space, a node needs 2048: raise `ulimit -v`, or "
        "LimitAS of systemd; to bound the memory in use, set MemoryMax"
    )
    assert not (tmp_path / "home").exists()


def test_too_few_descriptors(tmp_path: Path) -> None:
    line = failed(start(tmp_path / "home", limited(resource.RLIMIT_NOFILE, 63)))
    assert line == (
        "the process may have 63 file descriptors, a node needs 64: raise `ulimit -n`, or "
        "LimitNOFILE of systemd"
    )
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False], ids=["new", "lived in"])
def test_a_read_only_home_at_the_start(tmp_path: Path, first: bool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    kept = [] if first else lived(home)
    paths = [home, *home.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    line = failed(start(home, obey_modes))
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert line.startswith(f"{home}/")
    assert line.endswith(
        "permission denied; make it writable for the user that runs this, and start again"
    )
    assert ids(home) == kept


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, int, str]]:
    """A server with 64 descriptors: process, host, port, key."""
    (tmp_path / "web.toml").write_text("key_rate = 1e6\nkey_burst = 1e6\n")
    with Node(tmp_path) as node:
        _, key = add_key(node.ledger, "test", ("ingest", "read"), node.now(), "test")
    process = start(tmp_path, limited(resource.RLIMIT_NOFILE, 64))
    assert process.stdout is not None
    url = urlsplit(json.loads(process.stdout.readline())["url"])
    yield process, url.hostname or "", url.port or 0, key
    process.kill()
    process.communicate()


def answer_of(connection: socket.socket) -> bytes:
    """What the server sent within a moment; nothing: it waits."""
    connection.settimeout(0.1)
    try:
        return connection.recv(1000)
    except (TimeoutError, ConnectionResetError):
        return b""


@pytest.mark.slow
def test_64_descriptors_serve_and_lose_nothing(
    small: tuple[subprocess.Popen[bytes], str, int, str], tmp_path: Path
) -> None:
    """Sixteen connections are served, the others refused; every acknowledged event is kept."""
    process, host, port, key = small
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    events = calm(400)
    acknowledged: list[str] = []

    def post(start: int) -> int:
        connection = http.client.HTTPConnection(host, port, timeout=20)
        part = events[start : start + 20]
        try:
            connection.request("POST", "/v1/events", body(part), head)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        if answer.status == 200:
            acknowledged.extend(event.id for event in part)
        return answer.status

    assert post(0) == 200
    silent = [socket.create_connection((host, port)) for _ in range(40)]
    burst = [socket.socket() for _ in range(100)]
    try:
        for connection in burst:
            connection.setblocking(False)
            connection.connect_ex((host, port))
        # What is refused is answered; the others wait for a request, and are cut after 10 s.
        answers = [answer for one in silent if (answer := answer_of(one))]
        assert answers, "more than 16 were not refused"
        assert all(answer.startswith(b"HTTP/1.1 503 ") for answer in answers), answers
        assert len(os.listdir(f"/proc/{process.pid}/fd")) < 64  # noqa: PTH208 - no folder of files
    finally:
        for connection in (*silent, *burst):
            connection.close()
    assert eventually(lambda: post(40) == 200)
    for at in range(60, 400, 20):
        assert post(at) == 200
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert b"out of system resource" not in err, "a burst used up all descriptors"
    assert set(acknowledged) <= set(ids(tmp_path))
    assert len(acknowledged) == 380
