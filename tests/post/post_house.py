"""What the tests of the post share: a record with an outbox, a receiver that misbehaves."""

import datetime as dt
import json
import random
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, text

from lianzhi.config import Config, Webhook
from lianzhi.jobs.post.post import Post
from lianzhi.office.messages import Message
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.read_model import projections

NOW = 1_795_608_300_000


class Clock:
    """Unix milliseconds that go on by themselves, and jump when told."""

    def __init__(self, at: int = NOW) -> None:
        self._from, self.jumped = time.monotonic(), 0
        self._at = at

    def __call__(self) -> int:
        return self._at + self.jumped + int((time.monotonic() - self._from) * 1000)


class Ears:
    """Puts on the record what it hears."""

    def on_sent(self, batch: Any, message: Message, at: int) -> None:
        said = {"message": message.id}
        batch.append([Draft(kind="parcel.sent", ref=message.ref, at=at, payload=said)])

    def on_dead(self, batch: Any, message: Message, at: int, error: str) -> None:
        said = {"message": message.id, "error": error}
        batch.append([Draft(kind="parcel.lost", ref=message.ref, at=at, payload=said)])


class House:
    """A record, and a post office beside it."""

    def __init__(self, engine: Engine, home: Path, config: Config, clock: Clock) -> None:
        self.engine, self.home, self.config, self.clock = engine, home, config, clock
        self.ledger: Ledger = open_ledger(engine, home, projections=projections())
        self.ears = Ears()
        self.post = self.opened()

    def opened(self) -> Post:
        post = Post(self.ledger, self.home, self.config, self.clock)
        post.listen("parcel", self.ears)
        return post

    def restart(self) -> None:
        """As after an orderly end."""
        self.post.close()
        self.post = self.opened()
        self.post.start()

    def order(self, *messages: Message) -> None:
        """Put messages together with an entry for each."""
        with self.ledger.batch() as batch:
            batch.append(
                [
                    Draft(kind="parcel.packed", ref=m.ref, at=NOW, payload={"message": m.id})
                    for m in messages
                ]
            )
            self.post.put(batch, messages)

    def told(self, kind: str) -> list[str]:
        """Messages of which entries of this kind tell."""
        entries = [e for e in self.ledger.entries() if e.kind == kind]
        return [(self.ledger.payload(e.index) or {})["message"] for e in entries]

    def states(self) -> dict[str, str]:
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT id, state FROM outbox")).all()
        return {row.id: row.state for row in rows}

    def close(self) -> None:
        self.post.close()
        self.engine.dispose()


def message(lane: str, number: int, **more: Any) -> Message:
    """An order to the platform."""
    return Message(
        **{
            "id": f"m-{lane}-{number}",
            "lane": lane,
            "number": number,
            "topic": "parcel.packed",
            "channel": "webhook",
            "ref": lane,
            "created_at": NOW,
            "body": {"measure": lane},
            **more,
        }
    )


def config_for(url: str, **more: Any) -> Config:
    return Config(webhook=Webhook(url), **more)


Answer = Callable[[BaseHTTPRequestHandler, str], bool | None]


class Receiver:
    """A platform that applies each id once, and keeps what it applied in order.

    `behave(handler, id)` answers in its own way: True when it did, before anything is applied;
    None to let the message be applied and answered with 200.
    """

    def __init__(
        self, behave: Answer = lambda handler, message: None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.behave = behave
        self.lock = threading.Lock()
        self.applied: list[str] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed while it sent
                    self.close_connection = True
                    return
                message = self.headers["webhook-id"]
                with receiver.lock:
                    headers = {k.lower(): v for k, v in self.headers.items()}
                    receiver.requests.append((message, headers, body))
                if receiver.behave(self, message):
                    return
                receiver.apply(message)
                self.answer(200)

            def answer(self, status: int, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: Any) -> None:
                pass  # the sender was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://localhost:{self.server.server_port}/hooks"

    def apply(self, message: str) -> None:
        with self.lock:
            if message not in self.applied:
                self.applied.append(message)

    def seen(self) -> list[str]:
        with self.lock:
            return [message for message, _, _ in self.requests]

    def bodies(self) -> list[dict[str, Any]]:
        with self.lock:
            return [json.loads(body) for _, _, body in self.requests]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS for `localhost`, and that of a client who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "tls.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(key.private_bytes(*form) + cert.public_bytes(Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=cert.public_bytes(Encoding.PEM).decode())


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection without a word."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.rfile.close()
    handler.wfile.close()
    handler.connection.close()


def moody(receiver: Receiver, chance: random.Random, good: float = 0.4) -> Answer:
    """Refuses in all the ways there are; more than once it applies and then breaks off."""

    def behave(handler: Any, message: str) -> bool | None:
        mood = chance.random()
        if mood < good:
            return None
        way = chance.choice(["500", "429", "after", "before", "delay", "drip"])
        if way == "500":
            handler.answer(500)
        elif way == "429":
            handler.answer(429, Retry_After="0")
        elif way == "after":
            receiver.apply(message)
            hang_up(handler)
        elif way == "before":
            hang_up(handler)
        elif way == "delay":
            time.sleep(0.05)
            return None
        else:
            receiver.apply(message)
            handler.close_connection = True
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 30:
                try:
                    handler.wfile.write(bytes([byte]))
                except OSError:
                    break
                time.sleep(0.03)
        return True

    return behave
