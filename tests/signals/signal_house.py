"""Platforms that exchange signals: a node and a server each, over HTTP on loopback, and a wire that
keeps every byte and can be cut."""

import json
import socket
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import urllib3
import uvicorn

from databases import with_tables
from lianzhi.chain.signal import Signal
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.signals import ShareRequest
from lianzhi.store import signals
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from lianzhi.webhooks.signature import encode_secret, headers
from process_house import START, ProcessHouse, mute

DAY = 86_400_000
KEYS = {name: b64encode(name.encode() * 8).decode() for name in ("2026a", "2026b")}


class Clock:
    """Unix milliseconds that go on by themselves, and jump when told. All platforms have it."""

    def __init__(self) -> None:
        self._began, self.jumped = time.monotonic(), 0

    def __call__(self) -> int:
        return START + self.jumped + int((time.monotonic() - self._began) * 1000)


class Wire:
    """Passes bytes on to a port, and keeps them; while it leads nowhere it hangs up."""

    def __init__(self) -> None:
        self.leads_to: int | None = None
        self.bytes = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                if self.leads_to is None:
                    caller.close()
                    continue
                try:
                    called = socket.create_connection(("127.0.0.1", self.leads_to))
                except OSError:
                    caller.close()
                    continue
                for one, other in ((caller, called), (called, caller)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                self.bytes += data
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Platform:
    """One platform; `up` and `down` start and stop its server, its node goes on."""

    def __init__(self, name: str, home: Path, clock: Clock) -> None:
        self.name, self.home, self.clock, self.wire = name, home, clock, Wire()
        self.url = f"http://127.0.0.1:{self.wire.port}"
        home.mkdir(mode=0o700)
        with_tables(f"sqlite:///{home / 'lianzhi.db'}").dispose()

    def federate(self, others: Sequence["Platform"], keys: Sequence[str] = ("2026a",)) -> None:
        """Write who takes part: keys as `id` or `id until`."""
        lines = [f'name = "{self.name}"']
        for key in keys:
            named, _, until = key.partition(" ")
            lines += ["[[hash_keys]]", f'id = "{named}"', f'key = "{KEYS[named]}"']
            lines += [f"until = {until}"] if until else []
        for other in others:
            lines += ["[[peers]]", f'name = "{other.name}"', f'url = "{other.url}"']
            lines.append(f"secrets = {json.dumps(self.secrets(other))}")
        path = self.home / "keys" / "signals.toml"
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text("\n".join(lines))

    def secrets(self, other: "Platform") -> list[str]:
        """What two platforms share."""
        pair = "/".join(sorted((self.name, other.name)))
        return [encode_secret(pair.ljust(32, "-").encode()[:32])]

    def open(self) -> None:
        self.node = Node(self.home, Config(), self.clock)
        self.house = ProcessHouse(self.node.engine, self.home, self.node.ledger)
        self.app = create_app(self.node, Settings(client_rate=1e6, client_burst=1e6))

    def up(self) -> None:
        config = uvicorn.Config(self.app, log_config=None, lifespan="off", ws="none")
        self.server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self.thread.start()
        self.wire.leads_to = listener.getsockname()[1]

    def down(self) -> None:
        self.wire.leads_to = None
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(10)

    def close(self) -> None:
        self.down()
        self.wire.close()
        self.node.close()

    # -- what happens there ----------------------------------------------------------------------

    def decided(self, *accounts: str) -> tuple[str, str]:
        """A case in which a mute of these accounts stands; its id, and the decision's."""
        case = self.house.pile_on(about=f"victim-{len(self.house.kinds())}", at=self.clock() - 1000)
        orders = mute(*self.house.tokens(*accounts), mode="manual")
        deciding = self.node.proceedings.decisions
        return case, deciding.decide(case, orders, Actor("li"), self.clock())

    def share(self, case: str, account: str = "", **more: Any) -> str:
        said = {"category": "fake_ratings", "confidence": 70, **more}
        said = ShareRequest(case=case, account=account, **said)
        return self.node.signals.share(said, "li", self.clock())

    def signal(self, identity: str) -> Signal | None:
        with self.node.engine.connect() as connection:
            return signals.find(connection, identity)

    def status(self, identity: str) -> str:
        found = self.signal(identity)
        return "" if found is None else found.status

    def dead_or_waiting(self) -> list[tuple[str, str]]:
        """Messages that have not arrived: (state, what went wrong)."""
        with self.node.engine.connect() as connection:
            query = "SELECT state, coalesce(last_error, '') FROM outbox WHERE state != 'sent'"
            rows = connection.exec_driver_sql(query)
            return [(row[0], row[1]) for row in rows]

    # -- messages by hand ------------------------------------------------------------------------

    def post(
        self,
        other: "Platform",
        data: dict[str, Any],
        *,
        identity: str = "m1",
        at: int | None = None,
        secrets: Sequence[str] = (),
        spoil: Callable[[bytes], bytes] = lambda body: body,
    ) -> tuple[int, dict[str, Any]]:
        """Send a message to another, by default a genuine one; returns status and answer."""
        said = {"from": self.name, "to": other.name, **data}
        body = json.dumps({"type": "signal.shared", "id": identity, "data": said}).encode()
        keys = [raw(one) for one in secrets or self.secrets(other)]
        seconds = (self.clock() if at is None else at) // 1000
        signed = headers(identity, seconds, body, keys)
        answer = urllib3.request(
            "POST",
            f"{other.url}/v1/signals",
            body=spoil(body),
            headers=signed,
            retries=False,
            timeout=60,  # a server's first request builds its routes, on a busy machine for seconds
        )
        return answer.status, answer.json()


def raw(secret: str) -> bytes:
    return b64decode(secret.removeprefix("whsec_"))


def wait(until: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until it holds."""
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.01)
