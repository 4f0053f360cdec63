"""The whole path: durable acceptance, assessment, windows, findings; and its parts.

Peers, in the same run: for acceptance, the same rows through `json.loads` into one SQLite table
with a primary key, one durable commit a block; for windows, four sliding counters a target in
plain Python, which know nothing of strangers, texts or baselines.
"""

import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict, deque
from pathlib import Path
from statistics import median

from bench.stream import blocks, rows, texts
from lianzhi.config import Config
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.flow import intake
from lianzhi.jobs.node import Node
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.store.events import EventStore
from lianzhi.text import score_many

Row = tuple[str, float, str]
COUNT = 200_000
TARGETS = 20_000
WINDOWS = (60_000, 600_000, 3_600_000, 86_400_000)


def run() -> list[Row]:
    """All figures."""
    score_many(["你好"])
    sent = list(blocks(rows(COUNT, TARGETS)))
    accepted = _acceptance([body for _, body in sent])
    peer = _sqlite([body for _, body in sent])
    events = [e for _, body in sent for e in intake.read(body, wall_clock(), _LIMITS).events]
    stepped, counted = _windows(events), _counters(events)
    wall, cpu, found = _whole([body for _, body in sent])
    return [
        (f"path: texts from {texts()[0]}; events", COUNT, "events"),
        ("path: different texts among them", len({e.text for e in events if e.text}), "texts"),
        ("path: intake, decode and validate", COUNT / _decode(sent), "events/s"),
        ("path: durable acceptance", COUNT / accepted, "events/s"),
        ("path: peer, SQLite row per event", COUNT / peer, "events/s"),
        ("path: acceptance to peer", peer / accepted, "times"),
        ("path: detector with texts, one core", COUNT / stepped, "events/s"),
        ("path: peer, four plain counters a target", COUNT / counted, "events/s"),
        ("path: detector to peer", counted / stepped, "times"),
        ("path: whole, durable to findings, 2 cores", COUNT / wall, "events/s"),
        ("path: whole, processor time", cpu / COUNT * 1e6, "us/event"),
        ("path: findings", found, "findings"),
        ("path: peak memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB"),
    ]


_LIMITS = intake.Limits()


def _timed(work, times: int = 3) -> float:
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return median(took)


def _decode(sent: list[tuple[int, bytes]]) -> float:
    now = wall_clock()
    return _timed(lambda: [intake.read(body, now, _LIMITS) for _, body in sent])


def _acceptance(bodies: list[bytes]) -> float:
    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = EventStore(Path(folder))
            for body in bodies:
                batch = intake.read(body, wall_clock(), _LIMITS)
                done = store.accept(
                    batch.events, batch.lines, wall_clock(), 5000, lambda accepted, position: None
                )
                store.sync(done.position)
            store.close()

    return _timed(work)


def _sqlite(bodies: list[bytes]) -> float:
    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(Path(folder) / "events.db", isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute(
                "CREATE TABLE event (source, id, kind, time, actor, target, object, text,"
                " PRIMARY KEY (source, id))"
            )
            names = ("source", "id", "kind", "time", "actor", "target", "object", "text")
            for body in bodies:
                found = [json.loads(line) for line in body.splitlines()]
                database.execute("BEGIN")
                database.executemany(
                    "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [[row.get(name) for name in names] for row in found],
                )
                database.execute("COMMIT")
            database.close()

    return _timed(work, 1)


def _windows(events: list) -> float:
    def work() -> None:
        detector = PileOn(policy.load())
        state = detector.init()
        for start in range(0, len(events), 8192):
            state, _ = detector.step(state, events[start : start + 8192])

    return _timed(work)


def _counters(events: list) -> float:
    def work() -> None:
        held: dict = defaultdict(lambda: [deque() for _ in WINDOWS])
        for event in events:
            for window, times in zip(WINDOWS, held[event.target], strict=True):
                times.append(event.time)
                while times[0] <= event.time - window:
                    times.popleft()

    return _timed(work)


def _whole(bodies: list[bytes]) -> tuple[float, float, int]:
    walls, cpus, found = [], [], []
    for _ in range(3):
        findings: list = []
        with (
            tempfile.TemporaryDirectory() as folder,
            Node(Path(folder), Config(lateness_seconds=60), on_finding=findings.append) as node,
        ):
            begin, spent = time.perf_counter(), time.process_time()
            for body in bodies:
                node.intake.submit(body, "bench")
            node.intake.finish()
            walls.append(time.perf_counter() - begin)
            cpus.append(time.process_time() - spent)
        found.append(len(findings))
    return median(walls), median(cpus), found[0]


if __name__ == "__main__":
    for name, value, unit in run():
        sys.stdout.write(f"{name:58} {value:14,.2f} {unit}\n")
