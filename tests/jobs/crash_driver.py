"""Runs a node under load and kills it, again and again; prints what came of it as JSON.

`python crash_driver.py FOLDER KILLS SEED [URL]`. Every round is a home of its own, with SQLite or
with a schema in the PostgreSQL database at URL: the same input is sent from the beginning after
each SIGKILL until it is through. A receipt is written down only after `submit` has returned. Forks
from a process without threads, so that a start costs no import.
"""

import json
import os
import random
import signal
import sys
import time
from functools import partial
from pathlib import Path

from sqlalchemy import text

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from forked import forked  # noqa: E402
from node_house import told  # noqa: E402

from lianzhi.config import Config  # noqa: E402
from lianzhi.jobs import ticker  # noqa: E402
from lianzhi.jobs.node import Node  # noqa: E402
from lianzhi.store.audit import audit  # noqa: E402
from lianzhi.store.audit_events import audit_events  # noqa: E402
from lianzhi.store.audit_tables import audit_tables  # noqa: E402
from lianzhi.store.db import open_engine  # noqa: E402
from lianzhi.store.ledger import custody  # noqa: E402
from streams import START, body, calm, crowd, merged  # noqa: E402

BASE = sys.argv[4] if len(sys.argv) > 4 else ""
EVENTS = merged(
    calm(9000),
    *(crowd(f"victim{n}", 30, seed=n, start=START + n * 300_000) for n in range(20)),
)


def config(home: Path) -> Config:
    """The configuration of a home."""
    url = f"{BASE}&options=-csearch_path%3D{home.name}" if BASE else ""
    return Config(lateness_seconds=1.0, segment_megabytes=1, snapshot_minutes=0.002, database=url)


def make_schema(home: Path) -> None:
    """Child: a place in the database for a home."""
    engine = open_engine(BASE)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {home.name}"))


def send(home: Path, receipts: Path, done: Path, seed: int) -> None:
    """Child: send all input, note receipts, finish."""
    ticker.TICK_S = 0.03
    rng = random.Random(seed)
    note = os.open(receipts, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with Node(home, config(home)) as node:
        start = 0
        while start < len(EVENTS):
            stop = min(len(EVENTS), start + rng.choice([1, 3, 20, 60, 200]))
            receipt = node.intake.submit(body(EVENTS[start:stop]), "test")
            assert receipt.accepted + receipt.duplicates == stop - start
            assert receipt.late == 0
            os.write(note, b"%d %d\n" % (start, stop))
            start = stop
        node.intake.finish()
        done.write_text("done")


def tell(home: Path, report: Path) -> None:
    """Child: what the home holds now."""
    with Node(home, config(home)) as node:
        node.intake.finish()
        stored = [one.id for frame in node.store.frames(0) for one in frame.events]
        proven = audit(node.engine, *custody(home, config(home).origin)).ok
        said = {
            "stored": stored,
            "findings": [one.decode() for one in told(node)],
            "sound": proven and audit_events(node.engine, home).ok and audit_tables(node.engine).ok,
        }
    report.write_text(json.dumps(said))


def check(home: Path) -> None:
    """Child: a home whose node was killed accuses nobody; fails when it does."""
    if not (home / "record" / "checkpoint").exists():
        return  # killed before there was a record
    engine = open_engine(config(home).url(home))
    signer, witness = custody(home, config(home).origin)
    assert audit(engine, signer, witness).ok
    found = audit_events(engine, home, signer.seal_key).faults
    assert all("a crash left them" in fault.detail for fault in found), found
    assert audit_tables(engine).ok


def contents(home: Path) -> dict[str, object]:
    report = home.with_suffix(".json")
    assert forked(lambda: tell(home, report)) == 0
    said: dict[str, object] = json.loads(report.read_text())
    return said


def main(folder: Path, kills: int, seed: int) -> None:
    """See module."""
    clean, rng = folder / "clean", random.Random(seed)
    begin = make_schema if BASE else lambda _: None
    assert forked(lambda: begin(clean)) == 0
    began = time.monotonic()
    assert forked(lambda: send(clean, folder / "clean.ack", folder / "clean.done", 0)) == 0
    whole = time.monotonic() - began
    expected = contents(clean)
    made, rounds = 0, []
    while made < kills:
        home = folder / f"round{len(rounds)}"
        receipts, done = home.with_suffix(".ack"), home.with_suffix(".done")
        assert forked(partial(begin, home)) == 0
        accused = 0
        while not done.exists():
            tired = made >= kills or time.monotonic() - began > 75
            wait = None if tired else rng.uniform(0, whole)
            code = forked(partial(send, home, receipts, done, rng.randrange(10**9)), wait)
            assert code in (0, -signal.SIGKILL), code
            made += code == -signal.SIGKILL
            accused += forked(partial(check, home)) != 0
        found = contents(home)
        acknowledged = {
            EVENTS[n].id
            for start, stop in (map(int, one.split()) for one in receipts.read_text().splitlines())
            for n in range(start, stop)
        }
        stored = found["stored"]
        assert isinstance(stored, list)
        rounds.append(
            {
                "lost": len(acknowledged - set(stored)),
                "twice": len(stored) - len(set(stored)),
                "missing": len(EVENTS) - len(stored),
                "same_findings": found["findings"] == expected["findings"],
                "sound": found["sound"],
                "accused": accused,
            }
        )
        if time.monotonic() - began > 80:
            break
    findings = expected["findings"]
    assert isinstance(findings, list)
    said = {"kills": made, "findings": len(findings), "rounds": rounds, "run_s": round(whole, 2)}
    print(json.dumps(said | {"took_s": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
