"""Connections that never say what they want, or say too much, over real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from lianzhi.web.core import connections
from lianzhi.web.core.connections import Bounds, Connections, most_connections
from lianzhi.web.core.limits import network_of
from waiting import eventually

BOUNDS = Bounds(total=40, each=10, head_bytes=64 * 1024, head_s=0.5)
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def application(scope, receive, send):
    body = b""
    while (message := await receive()).get("more_body") or message.get("body"):
        body += message["body"]
        if not message.get("more_body"):
            break
    await PlainTextResponse(f"{len(body)}")(scope, receive, send)


def serving(bounds: Bounds, trusted: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    config = uvicorn.Config(
        application, log_config=None, lifespan="off", http=Connections(bounds, trusted).protocol
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    yield from serving(BOUNDS)


@pytest.fixture
def behind_a_proxy() -> Iterator[tuple[str, int]]:
    yield from serving(BOUNDS, ("127.0.0.0/8",))


def said(connection: socket.socket) -> bytes:
    """What the server sends until it closes."""
    connection.settimeout(5)
    answer = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def asked(address: tuple[str, int], data: bytes = REQUEST) -> bytes:
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return said(connection)


def test_a_head_that_never_ends_is_given_up(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        began = time.monotonic()
        for byte in b"GET / HTTP/1.1\r\nHost: x\r\n":
            connection.sendall(bytes([byte]))
        assert said(connection).startswith(b"HTTP/1.1 408 ")
        assert 0.4 < time.monotonic() - began < 3


def test_a_connection_that_says_nothing_is_given_up(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        assert said(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 70_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000,
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(9000)),
    ],
    ids=["open", "whole", "url", "many"],
)
def test_a_head_that_is_too_large_is_refused_at_once(address: tuple[str, int], data: bytes) -> None:
    with socket.create_connection(address) as connection:
        began = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        answer = said(connection)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert b"200 OK" not in answer
        assert time.monotonic() - began < BOUNDS.head_s


def test_a_large_body_after_a_small_head_is_taken(address: tuple[str, int]) -> None:
    body = b"b" * 300_000
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"
    answer = asked(address, head + body)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"300000")


def test_a_body_may_take_longer_than_a_head(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
        for byte in b"body":
            time.sleep(0.2)
            connection.sendall(bytes([byte]))
        connection.shutdown(socket.SHUT_WR)
        assert said(connection).startswith(b"HTTP/1.1 200 ")


def test_a_second_request_on_a_connection_has_its_time_too(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(REQUEST)
        connection.settimeout(5)
        answer = b""
        while not answer.endswith(b"\r\n\r\n0"):
            answer += connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"GET /")
        assert said(connection).startswith(b"HTTP/1.1 408 ")


def test_one_address_holds_so_many_and_others_none(address: tuple[str, int]) -> None:
    with ExitStack() as stack:
        for _ in range(BOUNDS.each):
            stack.enter_context(socket.create_connection(address)).sendall(b"GET /")
        assert eventually(lambda: asked(address).startswith(b"HTTP/1.1 503 "), 2)
    assert eventually(lambda: asked(address).startswith(b"HTTP/1.1 200 "), 5)


def test_a_trusted_proxy_is_held_to_the_total_alone(behind_a_proxy: tuple[str, int]) -> None:
    with ExitStack() as stack:
        for _ in range(BOUNDS.total - 5):
            stack.enter_context(socket.create_connection(behind_a_proxy)).sendall(b"GET /")
        assert asked(behind_a_proxy).startswith(b"HTTP/1.1 200 ")
        for _ in range(10):
            stack.enter_context(socket.create_connection(behind_a_proxy))
        assert eventually(lambda: asked(behind_a_proxy).startswith(b"HTTP/1.1 503 "), 2)


def test_refusals_are_told_together(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    monkeypatch.setattr(connections.time, "monotonic", lambda: now[0])
    held = Connections(Bounds(2, 1, 1, 1))
    assert held.admit("10.0.0.1", 0)
    for _ in range(1000):
        assert not held.admit("10.0.0.1", 1)
    now[0] += 60
    assert not held.admit("10.0.0.9", 2)
    assert [record.getMessage() for record in caplog.records] == [
        "refused 1 connections, as there are too many",
        "refused 1000 connections, as there are too many",
    ]


def test_connections_leave_descriptors_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (1024, 4096))
    assert most_connections(4096) == 512
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (64, 64))
    assert most_connections(4096) == 16
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (1 << 20, 1 << 20))
    assert most_connections(4096) == 4096
    unlimited = connections.resource.RLIM_INFINITY
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (unlimited, unlimited))
    assert most_connections(4096) == 4096


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_network_counts_as_one(address: str, counted: str) -> None:
    assert network_of(address) == counted


def test_two_host_headers_are_refused(client) -> None:
    answer = client.get("/healthz", headers=[("Host", "testserver"), ("Host", "evil.example")])
    assert answer.status_code == 400
    assert answer.json()["detail"] == "there are two Host headers"
