"""`lianzhi serve` and `lianzhi demo` as an operator meets them."""

import json
import signal
import socket
from contextlib import suppress

import pytest
from click.testing import CliRunner

from databases import needs_postgres
from lianzhi.cli.main import main
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import ROLES, add_key
from lianzhi.store.sign_in import authenticate
from server_process import Server
from waiting import eventually

EVENT = {
    "id": "c1",
    "source": "test",
    "kind": "comment",
    "time": 1_790_000_000_000,
    "actor": "u7",
    "target": "u1",
    "text": "今天的比赛真精彩",
}


@pytest.fixture
def start():
    servers = []

    def start(*words, **more):
        servers.append(Server(*words, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.communicate()


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_port_in_use_is_told_before_anything_is_touched(tmp_path):
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", taken.getsockname()[1], "--home", home)
    assert result.exit_code == 3
    assert "--port" in result.output
    assert not home.exists()


def test_locked_home_is_told(tmp_path):
    with Node(tmp_path):
        result = run("serve", "--port", 0, "--home", tmp_path)
    assert result.exit_code == 3
    assert "another process" in result.output


@pytest.mark.parametrize("file", ["config.toml", "web.toml"])
def test_broken_settings_name_file_and_field(tmp_path, file):
    (tmp_path / file).write_text("nonsense = 1\n")
    result = run("serve", "--port", 0, "--home", tmp_path)
    assert result.exit_code == 3
    assert file in result.output
    assert "nonsense" in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("databases", "number"),
    [
        ("sqlite", signal.SIGTERM),
        ("sqlite", signal.SIGINT),
        pytest.param("postgres", signal.SIGTERM, marks=needs_postgres),
    ],
    indirect=["databases"],
)
def test_serves_and_stops_cleanly(databases, tmp_path, start, number):
    with Node(tmp_path) as node:
        _, key = add_key(node.ledger, "test", ("ingest",), node.now(), "test")
    (tmp_path / "snapshots" / "detectors.msgpack").unlink()
    server = start("serve", "--home", tmp_path, database=databases.url(tmp_path))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    status, body = server.ask("POST", "/v1/events", json.dumps(EVENT), **headers)
    assert (status, json.loads(body)["accepted"]) == (200, 1)
    assert server.ask("GET", "/v1/findings?account=somebody")[0] == 401
    code, _, log = server.stop(number)
    assert code == 0
    assert (tmp_path / "snapshots" / "detectors.msgpack").exists()
    assert "POST /v1/events 200" in log
    assert "somebody" not in log
    assert key not in log
    assert "Traceback" not in log


@pytest.mark.slow
@pytest.mark.parametrize(
    ("proxies", "answers"),
    [('["192.0.2.7"]', [200, 200, 429]), ('["192.0.2.7", "127.0.0.0/8"]', [200, 200, 200])],
)
def test_only_a_trusted_proxy_is_believed_who_asks(tmp_path, start, proxies, answers):
    limits = "client_rate = 0.001\nclient_burst = 2.0\n"
    (tmp_path / "web.toml").write_text(f"trusted_proxies = {proxies}\n{limits}")
    server = start("serve", "--home", tmp_path)
    given = [
        server.ask("GET", "/login", **{"X-Forwarded-For": f"198.51.100.{n}"})[0] for n in range(3)
    ]
    assert given == answers


@pytest.mark.slow
def test_demo_prints_logins_that_work_and_comes_back_clean(tmp_path, start):
    home = tmp_path / "demo"
    server = start("demo", "--home", home)
    assert set(server.said["logins"]) == set(ROLES)
    assert server.ask("GET", "/login")[0] == 200
    status, _ = server.ask("GET", "/v1/cases", Authorization=f"Bearer {server.said['key']}")
    assert status == 200
    again = run("demo", "--home", home, "--port", 0)
    assert again.exit_code == 3
    assert "another demo runs" in again.output
    assert json.loads(server.process.stdout.readline())["topic"] == "round"
    assert server.stop(signal.SIGTERM)[0] == 0
    with Node(home) as node:
        password = server.said["logins"]["reviewer"]
        assert authenticate(node.ledger, "reviewer", password, node.now()).may("work")
    key = home / "keys" / "record.ed25519"
    before = key.read_bytes()
    second = start("demo", "--home", home)

    def made_anew():
        with suppress(FileNotFoundError):
            return key.read_bytes() not in (before, b"")

    assert eventually(made_anew)
    second.process.kill()
    second.process.wait()
    with Node(home) as node:
        assert authenticate(node.ledger, "reviewer", password, node.now()) is None


def test_demo_leaves_a_strange_folder_alone(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    result = run("demo", "--home", tmp_path, "--port", 0)
    assert result.exit_code == 3
    assert "--home" in result.output
    assert precious.read_text() == "mine"
