"""Rounds of kills: a deployment under load whose processes are killed at fault points.

Each round starts `lianzhi serve`, or a command beside it, with one fault point switched on, and
goes on from what the kill left. Processes are forked from one that has everything imported, so
that a start takes a second. The load goes on all the time: one thread posts events, one decides on
cases. Both repeat what was not answered, as a platform does; the decider first looks whether the
decision was taken.
"""

import itertools
import json
import multiprocessing
import os
import random
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from alembic import command
from sqlalchemy import select
from tests.post.post_house import Receiver, moody
from tests.streams import body as ndjson
from tests.streams import calm, crowd, line, merged

from lianzhi import faults
from lianzhi.cli.main import main
from lianzhi.jobs import ticker
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.node import Node
from lianzhi.jobs.post import courier, delivery, webhook
from lianzhi.store import sealing, views
from lianzhi.store.accounts import add_key
from lianzhi.store.db import open_engine, writing
from lianzhi.store.migrate import script
from lianzhi.store.process_tables import decision, measure
from lianzhi.store.stored_events import stored

HOUR = 3_600_000
LOAD_S = 5.0
"""A process that has not come to its fault point by then is killed wherever it is."""
READY_S = 60.0
PADDING = "x" * 1500
"""So that a few hundred events fill a segment of one megabyte."""
#: Fault point -> up to which passing it may be switched on.
SERVED = {
    "log.appended": 40, "log.synced": 40, "log.turned": 2,
    "segment.written": 1, "segment.named": 1, "segment.recorded": 1, "segment.indexed": 1,
    "record.signed": 40, "record.committed": 40, "record.witnessed": 40,
    "decision.appended": 3, "decision.drafted": 3, "decision.committed": 3,
    "delivery.claimed": 6, "delivery.sent": 12, "delivery.answered": 12, "delivery.settled": 6,
    "snapshot.written": 3, "snapshot.named": 3,
}  # fmt: skip
BACKUP = {"backup.rows": 1, "backup.files": 1, "backup.written": 1, "backup.named": 1}
RESTORE = {
    "restore.file": 5, "restore.put": 1, "restore.committed": 1, "restore.verified": 1,
    "restore.named": 1,
}  # fmt: skip
ERASURE = {
    "erasure.forgotten": 1, "erasure.events": 1, "erasure.domains": 1, "erasure.recorded": 1,
}  # fmt: skip
#: In the child process that seals: it dies, the server lives and seals again later.
SEALING = {"sealing.started": 1, "sealing.done": 1}
MIGRATION = {"migration.step": 3, "migration.applied": 1, "migration.refolded": 1}
POINTS = SERVED | SEALING | BACKUP | RESTORE | ERASURE | MIGRATION
_CUT_OFF = b"the next start cuts them off"
_CHILD_KILLED = f"sealing process ended with {-signal.SIGKILL}".encode()
ANY_TIME = "any time"
"""Stands for a kill that heeds no fault point."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__, "lianzhi.cli.serving", "lianzhi.cli.backup"])


class Figures(NamedTuple):
    """What came of all rounds."""

    rounds: int
    kills: int
    at_points: Counter[str]
    """Kills by fault point; `any time` for the others."""
    events: int
    """Acknowledged."""
    lost: int
    """Acknowledged events that are not stored."""
    stored_twice: int
    decisions: int
    """Acknowledged."""
    decisions_lost: int
    decided_twice: int
    orders: int
    """Orders that the receiver carried out."""
    doubled: int
    """Orders carried out again under another idempotency key."""
    unknown: int
    """Orders carried out that the record does not know."""
    undelivered: int
    """Orders of the record that the receiver never got."""
    repeated: int
    """Requests with a key that had come before; the receiver carries none of them out again."""
    faults: list[str]
    """What was not sound after a kill."""
    took_s: float

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or damaged."""
        wrong = (self.lost, self.stored_twice, self.decisions_lost, self.decided_twice)
        return not (any(wrong) or self.doubled or self.unknown or self.undelivered or self.faults)


def run_command(words: list[str], fault: str, log: str) -> None:
    """Child: a command of `lianzhi`, with what it prints in a file."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    ticker.TICK_S = courier.POLL_S = 0.1
    delivery.FIRST_WAIT_MS, delivery.LONGEST_WAIT_MS = 20, 200
    courier.LONGEST_REST_S, webhook.TOTAL_S = 0.2, 2.0
    if fault.partition(":")[0] in SEALING:
        os.environ["LIANZHI_FAULT"], sealing.SMALL_BYTES = fault, 0
    else:
        faults.switch_on(fault)
    main(words)


class Town:
    """A home, its platform, and who sends events and decides there."""

    def __init__(
        self, folder: Path, chance: random.Random, database: Callable[[Path], str | None]
    ) -> None:
        """`database` makes an empty database for a home and says its URL; None: a file in it."""
        self.folder, self.home, self.log = folder, folder / "home", str(folder / "log")
        self._chance, self._database = chance, database
        self.receiver = Receiver()
        self.receiver.behave = moody(self.receiver, random.Random(chance.random()), good=0.8)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.acked: set[str] = set()
        self.decided: dict[str, str] = {}
        """Reason -> decision, of those acknowledged."""
        self.asked = 0
        self.kills: Counter[str] = Counter()
        self.faults: list[str] = []
        self.left: list[str] = []
        """Accounts that were erased."""
        self._archive: tuple[Path, set[str]] | None = None
        self._server: Any = None
        self._point = ""
        self._settle()
        self._stop = threading.Event()
        self._load = [
            threading.Thread(target=work, daemon=True) for work in (self._send, self._decide)
        ]
        for thread in self._load:
            thread.start()

    def _settle(self) -> None:
        """A home with cases and a key."""
        policy = self.home / "policy" / "chain"
        policy.mkdir(parents=True)
        for file in files("lianzhi.chain").joinpath("case_policy").iterdir():
            text = file.read_text("utf-8").replace("most_per_day = 200", "most_per_day = 900000")
            (policy / file.name).write_text(text, "utf-8")
        url = self._database(self.home)
        lines = [
            *([f'database = "{url}"'] if url else []),
            "segment_megabytes = 1",
            "snapshot_minutes = 0.01",
            'policy = "policy"',
            "[webhook]",
            f'url = "{self.receiver.url}"',
            "notices = false",
        ]
        (self.home / "config.toml").write_text("\n".join(lines) + "\n")
        rates = (f"{who}_{what} = 1e6" for who in ("client", "key") for what in ("rate", "burst"))
        (self.home / "web.toml").write_text("\n".join(rates) + "\n")
        for path in self.home.glob("*.toml"):
            path.chmod(0o600)
        now = int(time.time() * 1000)
        crowds = [crowd(f"victim{n}", 50, seed=n, start=now - HOUR) for n in range(3)]
        with Node(self.home) as node:
            node.intake.submit(ndjson(merged(calm(80, start=now - 2 * HOUR), *crowds)), "test")
            node.intake.finish()
            self.cases = [row.id for row in views.cases(node.engine).rows]
            scopes = ("ingest", "decide", "read")
            _, self._key = add_key(node.ledger, "test", scopes, node.now(), "test")

    # -- load -------------------------------------------------------------------------------

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "json") -> Any:
        """The answer; raises OSError where there is none, or none that is final."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        head = {"Authorization": f"Bearer {self._key}", "Content-Type": f"application/{kind}"}
        try:
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            data = answer.read()
        except HTTPException as error:
            raise OSError(str(error)) from None
        finally:
            connection.close()
        if answer.status >= 500:
            raise OSError(f"HTTP {answer.status}")
        assert answer.status < 300, (answer.status, data)
        return json.loads(data)

    def _send(self) -> None:
        for number in itertools.count():
            if self._stop.wait(0.04):
                return
            now = int(time.time() * 1000) - 1000
            events = calm(40, seed=1000 + number, start=now - 500, gap_ms=10)
            self._post([json.loads(line(event)) | {"padding": PADDING} for event in events])

    def _post(self, events: list[dict[str, Any]]) -> None:
        """Send events until they are acknowledged."""
        body = b"".join(json.dumps(event).encode() + b"\n" for event in events)
        while not self._stop.is_set():
            try:
                receipt = self._ask("POST", "/v1/events", body, "x-ndjson")
            except OSError:
                time.sleep(0.05)
                continue
            if receipt["accepted"] + receipt["duplicates"] != len(events):
                self.faults.append(f"of {len(events)} events {receipt}")
            self.acked |= {event["id"] for event in events}
            return

    def _decide(self) -> None:
        for number in itertools.count():
            reason, case = f"Repeated insults, sheet {number}.", self.cases[number % 3]
            order = {"measure": "mute", "hours": 24, "role": "follower"}
            form = {"orders": [order], "reason": reason, "ground": "harassment"}
            self.asked, doubt = number + 1, False
            while not self._stop.wait(0.1):
                try:
                    known = self._decision(reason) if doubt else None
                    answer = known or self._ask(
                        "POST", f"/v1/cases/{case}/decisions", json.dumps(form).encode()
                    )
                except OSError:
                    doubt = True
                    continue
                self.decided[reason] = answer["row"]["id"]
                break
            if self._stop.is_set():
                return

    def _decision(self, reason: str) -> Any:
        """The newest decision, if it is the one with this reason."""
        for row in self._ask("GET", "/v1/decisions?limit=1")["rows"]:
            detail = self._ask("GET", f"/v1/decisions/{row['id']}")
            if detail["facts"] == reason:
                return detail
        return None

    # -- processes --------------------------------------------------------------------------

    def _process(self, *words: object, fault: str = "", home: Path | None = None) -> Any:
        told = [*map(str, words), "--home", str(home or self.home)]
        process = _context.Process(target=run_command, args=(told, fault, self.log), daemon=True)
        process.start()
        return process

    def run(self, *words: object, fault: str = "", home: Path | None = None) -> int:
        """Exit status of a command, negative for the signal that ended it."""
        process = self._process(*words, fault=fault, home=home)
        process.join()
        status: int = process.exitcode
        return status

    def serve(self, fault: str = "") -> None:
        """Start a server; the one before is killed."""
        self.kill()
        self._server = self._process("serve", "--port", self._port, fault=fault)

    def ready(self) -> None:
        """Wait until the server takes events."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            try:
                self._ask("GET", "/v1/decisions?limit=1")
            except OSError:
                if not self._server.is_alive():
                    raise AssertionError(f"the server ended: {self._log_end()}") from None
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server is not ready: {self._log_end()}")

    def _log_end(self) -> str:
        """The last lines of the log, which lies in a folder that is removed."""
        lines = Path(self.log).read_text("utf-8", "replace").splitlines()
        return "\n".join(lines[-40:])

    def kill(self) -> None:
        """kill -9, if a server runs."""
        if self._server is not None and self._server.is_alive():
            self._server.kill()
            self._server.join()
            self.kills[ANY_TIME] += 1
        self._server = None

    def stop(self) -> None:
        """Stop the server in an orderly way."""
        os.kill(self._server.pid, signal.SIGTERM)
        self._server.join()
        if self._server.exitcode != 0:
            self.faults.append(f"stopping ended with {self._server.exitcode}")
        self._server = None

    def _killed(self, point: str, *words: object, fault: str, home: Path | None = None) -> None:
        """Run a command that is to die at a point."""
        status = self.run(*words, fault=fault, home=home)
        if status == -signal.SIGKILL:
            self.kills[point] += 1
        else:
            self.faults.append(f"{point}: {words[0]} ended with {status} and was not killed")

    def _clean(self, *words: object, home: Path | None = None, also: int = 0) -> None:
        """Run a command that is to succeed; `also` is another status that will do."""
        before = self._log_size()
        status = self.run(*words, home=home)
        if status not in (0, also):
            with Path(self.log).open("rb") as log:
                log.seek(before)
                said = log.read().decode(errors="replace").strip()[-400:]
            self.faults.append(f"{self._point}: {words[0]} {words[1]} ended with {status}: {said}")

    def _verify(self) -> None:
        """Verify the record as the kill left it. A frame that was being written is no whole one:
        where that is all there is, the next start has to cut it off."""
        before = self._log_size()
        if status := self.run("record", "verify"):
            shown = Path(self.log).read_bytes()[before:]
            if status == 1 and shown.count(b"NOT SOUND") == shown.count(_CUT_OFF) == 1:
                self.serve()
                self.ready()
                self.stop()
                self._clean("record", "verify")
                return
            end = shown.decode(errors="replace").strip()[-400:]
            self.faults.append(f"{self._point}: record verify ended with {status}: {end}")

    def _log_size(self) -> int:
        path = Path(self.log)
        return path.stat().st_size if path.exists() else 0

    # -- rounds -----------------------------------------------------------------------------

    def round(self, point: str) -> None:
        """Have a process killed at a point, or at any time; what it left is checked."""
        self._point = point
        fault = f"{point}:{self._chance.randint(1, POINTS.get(point, 1))}"
        if point in BACKUP:
            self._back_up(point, fault)
        elif point in RESTORE:
            self._restore(point, fault)
        elif point in ERASURE:
            self._erase(point, fault)
        else:
            self._serve(point, fault)
        self._verify()

    def _serve(self, point: str, fault: str) -> None:
        if point in MIGRATION:
            self.kill()
            self._downgrade()
        self.serve("" if point == ANY_TIME else fault)
        before = self._log_size()
        longest = self._chance.uniform(0.2, LOAD_S) if point == ANY_TIME else LOAD_S + 3
        self._server.join(longest)
        if self._server.exitcode == -signal.SIGKILL:
            self.kills[point] += 1
        elif not self._server.is_alive():
            self.faults.append(f"{point}: the server ended with {self._server.exitcode}")
        elif point in SEALING and _CHILD_KILLED in Path(self.log).read_bytes()[before:]:
            self.kills[point] += 1
        self.kill()
        if point in MIGRATION:  # until then the tables are told to be older
            self.serve()
            self.ready()

    def _downgrade(self) -> None:
        """Tables of the scorecard as an older version left them."""
        engine = open_engine(self._url())
        with writing(engine) as connection:
            command.downgrade(script(connection, MODEL.branches), "score@base")
        engine.dispose()

    def _url(self) -> str:
        return self._database(self.home) or f"sqlite:///{self.home / 'lianzhi.db'}"

    def _back_up(self, point: str, fault: str) -> None:
        self.serve()
        self.ready()
        number = len(list(self.folder.glob("*.tar.gz")))
        file = self.folder / f"{number}.tar.gz"
        self._killed(point, "backup", file, fault=fault)
        if file.exists():  # it was whole before it got its name
            self._clean("restore", file, "--database", "sqlite", home=self.folder / "back")
            shutil.rmtree(self.folder / "back", ignore_errors=True)
        self._take_backup()

    def _take_backup(self) -> Path:
        before = set(self.acked)
        file = self.folder / f"{len(list(self.folder.glob('*.tar.gz')))}.tar.gz"
        self._clean("backup", file)
        self._archive = (file, before)
        return file

    def _restore(self, point: str, fault: str) -> None:
        if self._archive is None:
            self._take_backup()
        assert self._archive is not None
        file, acked = self._archive
        back = self.folder / f"back-{self._chance.randrange(10**9)}"
        words = ("restore", file, "--database", self._database(back) or "sqlite")
        self._killed(point, *words, fault=fault, home=back)
        if point == "restore.named":  # as a whole, with its database
            if not back.exists():
                self.faults.append(f"{point}: there is no home")
        else:
            if back.exists():
                self.faults.append(f"{point}: there is a home")
            self._clean(*words, home=back)
        self._clean("record", "verify", home=back)
        gone = len(acked - _ids(back)) - sum(len(_of(one, acked)) for one in self.left)
        if gone > 0:
            self.faults.append(f"{point}: {gone} events are not in the backup")
        shutil.rmtree(back, ignore_errors=True)

    def _erase(self, point: str, fault: str) -> None:
        who = f"leaver-{len(self.left)}-{self._chance.randrange(10**9)}"
        self.left.append(who)
        self.serve()
        self.ready()
        now = int(time.time() * 1000) - 1000
        events = calm(5, seed=7, start=now, gap_ms=10)
        self._post([json.loads(line(e)) | {"id": f"{who}-{e.id}", "actor": who} for e in events])
        self.stop()
        self._killed(point, "record", "erase", "--subject", who, fault=fault)
        self._clean("record", "verify")
        self._clean("record", "erase", "--subject", who, also=1)
        for path in self.home.rglob("*"):
            if path.is_file() and who.encode() in path.read_bytes():
                self.faults.append(f"{point}: {path.name} still names the person")

    # -- the end ----------------------------------------------------------------------------

    def finish(self, rounds: int, took_s: float) -> Figures:
        """Let everything be delivered, stop, and count."""
        self.serve()
        self.ready()
        self._stop.set()
        for thread in self._load:
            thread.join()
        self._drain()
        self.stop()
        self._clean("record", "verify")
        self.receiver.close()
        with Node(self.home) as node, node.engine.connect() as connection:
            rows = connection.execute(select(decision.c.id, decision.c.index)).all()
            reasons = Counter(node.ledger.vault.text(row.index, "facts") for row in rows)
            known = set(connection.scalars(select(measure.c.id)))
        carried = Counter(self._orders())
        stored_ids = list(itertools.chain.from_iterable(_frames(self.home)))
        erased = {one for who in self.left for one in _of(who, self.acked)}
        there = {row.id for row in rows}
        return Figures(
            rounds=rounds,
            kills=self.kills.total(),
            at_points=self.kills,
            events=len(self.acked),
            lost=len(self.acked - set(stored_ids) - erased),
            stored_twice=len(stored_ids) - len(set(stored_ids)),
            decisions=len(self.decided),
            decisions_lost=len(set(self.decided.values()) - there),
            decided_twice=sum(count - 1 for count in reasons.values()),
            orders=len(carried),
            doubled=carried.total() - len(carried),
            unknown=len(carried.keys() - known),
            undelivered=len(known - carried.keys()),
            repeated=len(self.receiver.seen()) - len(set(self.receiver.seen())),
            faults=self.faults,
            took_s=took_s,
        )

    def _drain(self) -> None:
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            if not self._waiting():
                return
            time.sleep(0.1)
        self.faults.append("deliveries do not come to an end")

    def _waiting(self) -> bool:
        head = {"Authorization": f"Bearer {self._key}"}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        connection.request("GET", "/metrics", headers=head)
        text = connection.getresponse().read().decode()
        connection.close()
        return "\nlianzhi_outbox_messages 0.0\n" not in text

    def _orders(self) -> Iterator[str]:
        """Measure of each order that the receiver carried out, once for each idempotency key."""
        carried = set(self.receiver.applied)
        seen = set[str]()
        for message, _, body in self.receiver.requests:
            if message in carried and message not in seen:
                seen.add(message)
                said = json.loads(body)
                if said["type"] == "measure.ordered":
                    yield said["data"]["measure"]


def _frames(home: Path) -> Iterator[list[str]]:
    return ([event.id for event in frame] for frame in stored(home))


def _ids(home: Path) -> set[str]:
    return set(itertools.chain.from_iterable(_frames(home)))


def _of(who: str, ids: set[str]) -> set[str]:
    return {one for one in ids if one.startswith(f"{who}-")}


def points(chance: random.Random) -> Iterator[str]:
    """Fault points in the order of chance, each as often as the others, some times any time."""
    while True:
        deck = [*POINTS, *[ANY_TIME] * 5]
        chance.shuffle(deck)
        yield from deck


def one_of_each(chance: random.Random) -> list[str]:
    """A fault point of each part of the code."""
    parts: dict[str, list[str]] = {}
    for point in POINTS:
        parts.setdefault(point.partition(".")[0], []).append(point)
    return [chance.choice(some) for some in parts.values()]


def play(
    folder: Path, played: Sequence[str], seed: int, database: Callable[[Path], str | None]
) -> Figures:
    """Play a round for each of the fault points, in an empty folder."""
    began = time.monotonic()
    town = Town(folder, random.Random(seed), database)
    for point in played:
        town.round(point)
    return town.finish(len(played), time.monotonic() - began)
