"""`lianzhi status`: what is stored, and what a node says of itself."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner

from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_key
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import NOW, body, calm, crowd, merged

EVENTS = merged(calm(80), crowd("victim", 50))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Node(tmp_path, Config(lateness_seconds=5.0), lambda: NOW) as node:
        node.intake.submit(body(EVENTS) + b"{broken\n", "test")
        node.intake.finish()
    return tmp_path


def status(*words: str, code: int = 0) -> dict[str, object]:
    ran = CliRunner().invoke(main, ["status", *words, "--json"])
    assert ran.exit_code == code, ran.output
    return json.loads(ran.output)


def test_it_tells_what_is_stored(home: Path) -> None:
    with Node(home, clock=lambda: NOW) as node:
        seen = status("--home", str(home))
        assert seen["record_entries"] == node.ledger.size > 0
    assert seen["quarantine_rows"] == 1
    assert seen["outbox_messages"] == seen["outbox_dead_messages"] == 0
    assert seen["outbox_oldest_age_seconds"] is None
    assert isinstance(seen["snapshot_age_seconds"], float)
    assert min(seen["database_bytes"], seen["event_log_bytes"]) > 0
    shown = CliRunner().invoke(main, ["status", "--home", str(home)])
    assert "Record entries" in shown.output
    assert "Quarantine rows              1\n" in shown.output


def test_where_there_is_no_deployment_it_makes_none(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["status", "--home", str(tmp_path / "none")])
    assert ran.exit_code == 3
    assert "there is no deployment" in ran.output
    assert not (tmp_path / "none").exists()


def test_it_asks_the_node(home: Path) -> None:
    key = home / "read.key"
    with Node(home, clock=lambda: NOW) as node, socket.create_server(("127.0.0.1", 0)) as listener:
        _, token = add_key(node.ledger, "test", ("read",), NOW, "test", None)
        key.write_text(token + "\n")
        node.judge.wait()
        app = create_app(node, Settings())
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            seen = status("--home", str(home), "--url", url, "--key-file", str(key))
            assert seen["ready"] is True
            assert seen["judging_lag_events"] == 0
            assert seen["backlog_judged_ratio"] == 1
            assert status("--home", str(home), "--url", url)["metrics"] == "this needs an API key"
            node.judge.end(RuntimeError("broken"))
            seen = status("--home", str(home), "--url", url, code=1)
            assert (seen["ready"], "detection has stopped" in str(seen["trouble"])) == (False, True)
        finally:
            server.should_exit = True
            thread.join()


def test_a_key_does_not_leave_the_machine_in_the_clear(home: Path) -> None:
    key = home / "read.key"
    key.write_text("lz_x")
    words = ["status", "--home", str(home), "--url", "http://node.example", "--key-file", str(key)]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 3
    assert "https only" in ran.output


def test_it_loads_nothing_heavy(home: Path) -> None:
    check = (
        "import sys; from lianzhi.cli.main import main;"
        f"sys.argv[1:] = ['status', '--home', {str(home)!r}];"
        "\ntry: main()\nexcept SystemExit as end: assert not end.code, end.code\n"
        "print({'sqlalchemy', 'numpy', 'fastapi', 'rich', 'urllib3'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, text=True)
    assert ran.stdout.endswith("\nset()\n")
