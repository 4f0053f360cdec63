"""While a node opens, its port answers: alive, and not ready."""

import signal
import socket
import threading
from http.client import HTTPConnection
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lianzhi.cli.serving import serve_when_open
from lianzhi.jobs.node import Node
from lianzhi.web.core.settings import Settings
from lianzhi.web.starting import Starting
from waiting import eventually


def test_alive_and_not_ready_until_there_is_an_application() -> None:
    starting = Starting()
    client = TestClient(starting)
    assert client.get("/healthz").json() == {"status": "ok"}
    for path in ("/readyz", "/", "/v1/events"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "the deployment is starting"
    starting.app = Starting()  # stands for any application
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_port_answers_while_the_node_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_open, seen = threading.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def status(path: str) -> int:
            connection = HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=20)
            connection.request("GET", path)
            return connection.getresponse().status

        def slow() -> Node:
            assert may_open.wait(20)
            return Node(tmp_path)

        def look() -> None:
            try:
                seen.append(status("/healthz"))
                seen.append(status("/readyz"))
                may_open.set()
                assert eventually(lambda: status("/readyz") == 200)
                seen.append(status("/healthz"))
            finally:
                may_open.set()
                signal.raise_signal(signal.SIGTERM)

        looking = threading.Thread(target=look)
        looking.start()
        opened: list[Node] = []
        settings = Settings(hosts=("127.0.0.1",))
        serve_when_open(slow, settings, listener, opened.append)
        looking.join()
    assert seen == [200, 503, 200]
    Node(tmp_path).close()  # it was let go of
    assert len(opened) == 1


def test_what_keeps_a_node_from_opening_ends_the_serving() -> None:
    def broken() -> Node:
        raise ValueError("no such home")

    place = ("127.0.0.1", 0)
    with socket.create_server(place) as listener, pytest.raises(ValueError, match="no such home"):
        serve_when_open(broken, Settings(), listener, lambda node: None)
