"""Decisions a second, each with its record, measure, strike, notice and messages, durable.

Each is made by a person on a case of its own, as the console does it, on SQLite with
synchronous=FULL: four entries, a measure for the platform, a notice to the account concerned, both
in the outbox. The courier is paused, then sends to a receiver on this machine.

The peer is what must be paid for any durable row: one INSERT and COMMIT through SQLAlchemy for each
decision, into one table, on the same disk and with the same settings.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, func, insert, select

from bench.made import POLICY, START, copies, found, spread
from lianzhi.chain import docket
from lianzhi.chain.measure import Order
from lianzhi.config import Config, Webhook
from lianzhi.domains.policies import Policies
from lianzhi.jobs.post.post import Post
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.outgoing import MeasureDeliveryListener, Outgoing
from lianzhi.office.proceedings import Proceedings
from lianzhi.store import db, migrate
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.outbox import outbox
from lianzhi.store.process_tables import measure, strike
from lianzhi.store.read_model import projections

Row = tuple[str, float, str]
#: Decisions of one person before another goes on, so that no rest is due.
_EACH = 20
_RECEIVER = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


class _Case:
    """A case and an account to decide about."""

    def __init__(self, case: str, subject: str) -> None:
        self.case, self.subject = case, subject


class Bench:
    """A record with proceedings and post in a folder; `url` takes the messages, if anybody does."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.engine = db.open_engine(f"sqlite:///{home / 'lianzhi.db'}")
        migrate.upgrade(self.engine)
        self.ledger: Ledger = open_ledger(self.engine, home, projections=projections())
        config = Config(webhook=Webhook(url or "http://127.0.0.1:9/hooks"))
        self.post = Post(self.ledger, home, config, wall_clock)
        outgoing = Outgoing(self.post, QUERIES.notices)
        proceedings = open_proceedings(
            home, self.ledger, lambda at: POLICY, outgoing, Policies().reporting()
        )
        self.proceedings: Proceedings = proceedings
        self.post.listen("measure", MeasureDeliveryListener(proceedings.measures))

    def cases(self, first: int, count: int) -> list[_Case]:
        """So many cases of a pile-on by six accounts, from number `first` on."""
        made = []
        for start in range(first, first + count, 100):
            with self.ledger.batch() as batch:
                for n in range(start, min(start + 100, first + count)):
                    names = [f"v{n}", *(f"a{n}-{k}" for k in range(6))]
                    tokens = batch.tokens(names)
                    actors = [tokens[name] for name in names[1:]]
                    finding = found(n, tokens[names[0]], actors, START + n, 6, "act")
                    batch.append(docket.receive(finding, None, POLICY))
                    batch.keep_evidence(copies(finding))
                    made.append(_Case(docket.case_id_of(finding), actors[3]))
        return made

    def decide(self, cases: Sequence[_Case], who: str) -> list[float]:
        """Decide them all; seconds that each took."""
        times = []
        for n, one in enumerate(cases):
            order = Order(key="mute", hours=24, subjects=(one.subject,), to="follower")
            asking = DecisionRequest(
                orders=(order,), facts="He wrote it three times.", ground="harassment"
            )
            begun = time.perf_counter()
            by = Actor(f"{who}{n // _EACH}")
            self.proceedings.decisions.decide(one.case, asking, by, wall_clock())
            times.append(time.perf_counter() - begun)
        return times

    def left(self) -> int:
        """Messages that wait."""
        with self.engine.connect() as connection:
            query = select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")
            return connection.scalar(query) or 0

    def check(self, decisions: int) -> None:
        """Every decision has its measure, strike and two messages."""
        with self.engine.connect() as connection:
            for table, each in ((measure, 1), (strike, 1), (outbox, 2)):
                count = connection.scalar(select(func.count()).select_from(table))
                if count != each * decisions:
                    raise AssertionError(f"{count} rows of {table.name}, {decisions} decisions")


def timed(
    bench: Bench, cases: Sequence[_Case], threads: int, who: str
) -> tuple[float, float, list[float]]:
    """Decisions a second, milliseconds of processor time for each, seconds that each took."""
    parts = [cases[k::threads] for k in range(threads)]
    cpu, begun = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(bench.decide, part, f"{who}-{k}-") for k, part in enumerate(parts)]
        times = [one for job in jobs for one in job.result()]
    took = time.perf_counter() - begun
    return len(cases) / took, 1000 * (time.process_time() - cpu) / len(cases), times


def floor(home: Path, count: int) -> float:
    """Rows a second, each with a COMMIT of its own, into one table through SQLAlchemy."""
    table = Table(
        "row", MetaData(), Column("id", Integer, primary_key=True), Column("body", LargeBinary)
    )
    engine = db.open_engine(f"sqlite:///{home / 'floor.db'}")
    table.metadata.create_all(engine)
    row, begun = {"body": b"x" * 400}, time.perf_counter()
    for _ in range(count):
        with db.writing(engine) as connection:
            connection.execute(insert(table), row)
    took = time.perf_counter() - begun
    engine.dispose()
    return count / took


def run(rounds: int = 5, count: int = 400) -> Iterator[Row]:
    """(name, value, unit) of each figure; rounds of all ways in turn."""
    ways = {"1 thread": 1, "4 threads": 4}
    rates: dict[str, list[float]] = {way: [] for way in ways}
    spent: dict[str, list[float]] = {way: [] for way in ways}
    times: dict[str, list[float]] = {way: [] for way in ways}
    floors: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        cases = bench.cases(0, (len(ways) * rounds + 1) * count)
        bench.decide(cases[:count], "warm")
        for n in range(rounds):
            floors.append(floor(Path(folder), count))
            for k, (way, threads) in enumerate(ways.items()):
                part = cases[(1 + n * len(ways) + k) * count :][:count]
                rate, cpu, each = timed(bench, part, threads, f"{way}{n}")
                rates[way].append(rate)
                spent[way].append(cpu)
                times[way] += each
        bench.check(len(cases))
        bench.engine.dispose()
    for way in ways:
        middle, slow = spread(times[way])
        yield f"decisions, {way}, courier paused, median of {rounds}", median(rates[way]), "/s"
        yield f"decisions, {way}, slowest of {rounds} runs", min(rates[way]), "/s"
        yield f"decisions, {way}, processor time each", median(spent[way]), "ms"
        yield f"decisions, {way}, each, p50", 1000 * middle, "ms"
        yield f"decisions, {way}, each, p95", 1000 * slow, "ms"
    yield "one INSERT and COMMIT each, SQLAlchemy", median(floors), "/s"
    ratio = median(a / b for a, b in zip(rates["1 thread"], floors, strict=True))
    yield "decisions / bare INSERT and COMMIT", ratio, "x"
    yield from _sent(3 * count)


def _sent(count: int) -> Iterator[Row]:
    """With a courier that delivers, in the same process, to a receiver in another."""
    command = [sys.executable, "-c", _RECEIVER]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver,
    ):
        assert receiver.stdout is not None
        bench = Bench(Path(folder), f"http://127.0.0.1:{int(receiver.stdout.readline())}/hooks")
        cases = bench.cases(0, count)
        bench.post.start()
        begun = time.perf_counter()
        rate, *_ = timed(bench, cases, 1, "li")
        while bench.left():
            time.sleep(0.02)
        took = time.perf_counter() - begun
        bench.post.close()
        bench.check(count)
        bench.engine.dispose()
        receiver.kill()
    yield "decisions, 1 thread, while the courier delivers", rate, "/s"
    yield "decisions, delivered and recorded as such", count / took, "/s"


def main() -> None:
    """Print the table."""
    for name, value, unit in run():
        print(f"{name:<62} {value:>10,.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
