"""Bodies that come byte by byte, over a real connection: given up in time, whatever the route."""

import socket
import threading
import time

import msgspec
import pytest
import uvicorn

from lianzhi.web.app import create_app

UPLOAD_S = 0.3
FIELD = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'
ROUTES = [
    ("/v1/events", "application/x-ndjson", "ingest"),
    ("/v1/check", "application/json", "protect"),
    ("/v1/protections", "application/json", "protect"),
    ("/login", "application/x-www-form-urlencoded", "read"),
    ("/logout", "multipart/form-data; boundary=x", "read"),
]


@pytest.fixture
def listener(node, settings):
    """A server on a port of its own, whose patience with a body is short."""
    app = create_app(node, msgspec.structs.replace(settings, upload_s=UPLOAD_S, submits_at_once=1))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener
        server.should_exit = True
        thread.join(10)


def send(listener, path, media_type, headers, pieces, pause):
    """Send a body that is announced as longer; answers (status, seconds, whether it is closed)."""
    head = {"Host": "testserver", "Content-Type": media_type, "Content-Length": 50_000, **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(listener.getsockname(), timeout=10) as connection:
        started = time.monotonic()  # before the server can have begun to wait
        connection.sendall(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode())
        connection.settimeout(pause)
        answer = b""
        for piece in pieces:
            try:
                connection.sendall(piece)
                answer = connection.recv(65_536)
                break
            except TimeoutError:
                continue
        took = time.monotonic() - started
        connection.settimeout(2)
        try:
            while rest := connection.recv(65_536):
                answer += rest
            closed = True
        except ConnectionResetError:
            closed = True
        except TimeoutError:
            closed = False
    return int(answer.split(b" ", 2)[1]), took, closed


@pytest.mark.parametrize(("path", "media_type", "scope"), ROUTES)
def test_a_body_that_drips_is_given_up_in_time(listener, node, bearer, path, media_type, scope):
    for _ in range(2):  # and its place is free again
        pieces = [FIELD if "multipart" in media_type else b" ", *[b" "] * 5000]
        status, took, closed = send(listener, path, media_type, bearer(scope), pieces, 0.01)
        assert (status, closed) == (408, True)
        assert UPLOAD_S * 0.9 < took < UPLOAD_S + 2
    assert node.intake.batches == []


def test_a_body_that_comes_in_pieces_but_in_time_is_taken(listener, node, bearer):
    row = b'{"id":"1"}\n'
    headers = bearer("ingest") | {"Content-Length": 5 * len(row), "Connection": "close"}
    node.intake.on_submit = lambda: time.sleep(2 * UPLOAD_S)  # the work is not what is limited
    status, took, _ = send(
        listener, "/v1/events", "application/x-ndjson", headers, [row] * 5 + [b""] * 500, 0.01
    )
    assert status == 200
    assert took > 2 * UPLOAD_S
    assert node.intake.batches[0][0] == row * 5
