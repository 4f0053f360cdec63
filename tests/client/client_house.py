"""What the tests of clients talk to: a node with a case, or a server that gives written answers."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import msgspec

import streams
from lianzhi.chain.event import Event
from lianzhi.jobs.node import Node

#: The published rules are in force by then.
_LATER_MS = 400 * 86_400_000
NOW = streams.NOW + _LATER_MS


def later(event: Event) -> Event:
    """The event, at a time when the rules are in force."""
    return msgspec.structs.replace(event, time=event.time + _LATER_MS)


class Served(NamedTuple):
    """A node, where it is served, a key that may do everything, and the platform's server."""

    node: Node
    url: str
    key: str
    platform: "Scripted"


class Request(NamedTuple):
    """A request as the scripted server got it."""

    path: str
    headers: dict[str, str]
    body: bytes


class Scripted(ThreadingHTTPServer):
    """Gives the answers of `script` in turn (status, headers, body; None: hangs up), then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.script: list[tuple[int, dict[str, str], object] | None] = []
        self.requests: list[Request] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append(Request(self.path, dict(self.headers), sent))
        answer = self.server.script.pop(0) if self.server.script else (200, {}, {})
        if answer is None:
            self.close_connection = True
            return
        status, headers, document = answer
        data = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST  # noqa: N815 - the name that the server looks for

    def log_message(self, *args: object) -> None:
        pass
