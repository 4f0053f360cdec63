"""The demo's receiver of webhooks: the platform's end, which carries measures out.

It does what docs/webhooks.md asks of a receiver: verifies each message, refuses old ones, applies
each id once, and no lower sequence of a measure after a higher. What it applied, it only reports.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lianzhi.jobs.demo import DemoEvent, DemoTopic
from lianzhi.webhooks.keys import WebhookKeys
from lianzhi.webhooks.receiving import read_message
from lianzhi.webhooks.signature import SignatureError

MOST_BYTES = 1 << 20
_TOPICS: dict[str, DemoTopic] = {"measure.ordered": "applied", "measure.ended": "undone"}


class Receiver:
    """Takes messages. Thread-safe."""

    def __init__(
        self, home: Path, clock: Callable[[], int], report: Callable[[DemoEvent], None]
    ) -> None:
        """`home` holds the secret that the node signs with; `clock` gives Unix milliseconds."""
        self._keys, self._clock, self._report = WebhookKeys(home), clock, report
        self._seen: set[str] = set()
        self._newest: dict[str, int] = {}
        self._lock = threading.Lock()

    def receive(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Take one message; False: it is not from the node, or too old."""
        now = self._clock()
        secrets = [secret.text for secret in self._keys.current(now)]
        try:
            message = read_message(headers, body, secrets, now / 1000)
        except SignatureError:
            return False
        with self._lock:
            if message.id not in self._seen:
                self._seen.add(message.id)
                self._carry_out(message.type, message.data, now)
        return True

    def _carry_out(self, type_: str, data: dict[str, Any], now: int) -> None:
        topic = _TOPICS.get(type_)
        if topic is None or "subject_type" in data:  # what an authority imposes, it carries out
            return
        if data["sequence"] <= self._newest.get(data["measure"], 0):
            return
        self._newest[data["measure"]] = data["sequence"]
        item = data.get("item") or {}
        about = data["account"] or item.get("thing") or item.get("id") or ""
        self._report(DemoEvent(topic, now, about=about, kind=data["key"]))


@contextmanager
def receiving(receiver: Receiver) -> Iterator[str]:
    """Serve the receiver on a free port of this machine; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST_BYTES))
            genuine = receiver.receive(dict(self.headers.items()), body)
            self.send_response(200 if genuine else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Log nothing: the demo prints what was carried out."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="receiver", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook"
        finally:
            server.shutdown()
            thread.join()
