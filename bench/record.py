"""The record's figures: appending with fsync, proving, verifying, erasing.

The peer is what one would write without a log: the same payloads into one SQLite table, in batches
of the same size, with the same driver, durability and number of commits, through `sqlite3` alone.
Each round runs both; the median of the rounds' ratios is what the record costs.
"""

import argparse
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from lianzhi.record.entry import Draft, encode
from lianzhi.record.merkle import Frontier, verify_consistency, verify_inclusion
from lianzhi.store import db, migrate
from lianzhi.store.audit import audit
from lianzhi.store.ledger import Ledger, custody, open_ledger

Row = tuple[str, float, str]
BATCH = 100


def drafts(start: int, count: int) -> list[Draft]:
    """Drafts of some 400 bytes, as a finding's entry has."""
    return [
        Draft(
            kind="finding.made",
            ref=f"finding-{n:032x}",
            at=1_800_000_000_000 + n,
            payload={
                "about": f"p_{n % 997:032x}",
                "subjects": [f"p_{(n + k) % 991:032x}" for k in range(5)],
                "stage": "warn",
                "score": 3.25,
                "counts": {"actors": n % 40, "strangers": n % 30, "harmful": n % 20},
                "rule": "bullying.pile_on@2026-11-01",
            },
        )
        for n in range(start, start + count)
    ]


def plain_insert(home: Path, count: int) -> float:
    """Entries a second into a plain table, JSON encoding included."""
    made = [drafts(start, BATCH) for start in range(0, count, BATCH)]
    file = sqlite3.connect(home / "plain.db", isolation_level=None)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    file.execute(
        "CREATE TABLE row (id INTEGER PRIMARY KEY, at INT, kind TEXT, ref TEXT, body BLOB)"
    )
    begun = time.perf_counter()
    for batch in made:
        file.execute("BEGIN IMMEDIATE")
        file.executemany(
            "INSERT INTO row (at, kind, ref, body) VALUES (?, ?, ?, ?)",
            [(d.at, d.kind, d.ref, encode(d.payload)) for d in batch],
        )
        file.execute("COMMIT")
    took = time.perf_counter() - begun
    file.close()
    return count / took


def append(ledger: Ledger, start: int, count: int, batch: int = BATCH) -> float:
    """Entries a second into the ledger."""
    made = [drafts(n, batch) for n in range(start, start + count, batch)]
    begun = time.perf_counter()
    for each in made:
        ledger.append(each)
    return count / (time.perf_counter() - begun)


def quantiles(times: list[float]) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds."""
    ordered = sorted(times)
    return median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000


def proofs(ledger: Ledger, size: int, rounds: int) -> Iterator[Row]:
    """Time to prove; every proof is checked against roots computed from the entries alone."""
    chance = random.Random(1)
    places = [chance.randrange(1, size) for _ in range(rounds)]
    leaves, roots, tree = {}, {}, Frontier()
    for entry in ledger.entries():
        roots[tree.size] = tree.root if tree.size in places else b""
        leaves[entry.index] = entry.leaf_hash()
        tree, _ = tree.extend([leaves[entry.index]])
    included, grown = [], []
    for place in places:
        begun = time.perf_counter()
        proof = ledger.inclusion(place)
        included.append(time.perf_counter() - begun)
        if not verify_inclusion(place, size, leaves[place], tree.root, proof):
            raise AssertionError(f"inclusion of {place} in {size}")
        begun = time.perf_counter()
        proof = ledger.consistency(place)
        grown.append(time.perf_counter() - begun)
        if not verify_consistency(place, size, roots[place], tree.root, proof):
            raise AssertionError(f"consistency of {place} with {size}")
    for name, times in (("inclusion", included), ("consistency", grown)):
        middle, slow = quantiles(times)
        yield f"{name} proof at {size:,} entries, median", middle, "ms"
        yield f"{name} proof at {size:,} entries, p99", slow, "ms"


def run(size: int = 100_000, rounds: int = 5, folder: str | None = None) -> list[Row]:
    """(name, value, unit) of each figure; `folder` is where the disk to be measured lies."""
    home = Path(tempfile.mkdtemp(dir=folder))
    try:
        return list(_run(home, size, rounds))
    finally:
        shutil.rmtree(home)


def _run(home: Path, size: int, rounds: int) -> Iterator[Row]:
    rates, peers = [], []
    for n in range(rounds):
        folder = home / f"round-{n}"
        folder.mkdir()
        ledger = fresh(folder)
        peers.append(plain_insert(folder, 10_000))
        rates.append(append(ledger, 0, 10_000))
        ledger.engine.dispose()
    yield f"ledger, batches of {BATCH}, fsync", median(rates), "entries/s"
    yield f"plain SQLite table, batches of {BATCH}, fsync", median(peers), "rows/s"
    ratio = median(r / p for r, p in zip(rates, peers, strict=True))
    yield "ledger / plain table", ratio, "x"

    ledger = fresh(home)
    yield "ledger, single entries, fsync", append(ledger, 0, 1000, 1), "entries/s"
    append(ledger, 1000, size - 1000, 1000)
    yield from proofs(ledger, size, 300)
    begun = time.perf_counter()
    report = audit(ledger.engine, *custody(home))
    if not report.ok:
        raise AssertionError(report)
    yield "verify", size / (time.perf_counter() - begun), "entries/s"
    begun = time.perf_counter()
    open_ledger(ledger.engine, home)
    yield f"open at {size:,} entries", (time.perf_counter() - begun) * 1000, "ms"
    megabytes = (home / "lianzhi.db").stat().st_size / 1e6
    yield f"database at {size:,} entries", megabytes, "MB"
    ledger.vault.tokens(["somebody"])
    begun = time.perf_counter()
    ledger.erase("somebody", at=0)
    yield f"erase one person at {size:,} entries", time.perf_counter() - begun, "s"


def fresh(home: Path) -> Ledger:
    """An empty ledger on SQLite."""
    engine = db.open_engine(f"sqlite:///{home / 'lianzhi.db'}")
    migrate.upgrade(engine)
    return open_ledger(engine, home)


def main(arguments: Any = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="entries for proofs and verify")
    parser.add_argument("--folder", help="folder on the disk to be measured")
    options = parser.parse_args(arguments)
    for name, value, unit in run(options.size, folder=options.folder):
        print(f"{name:<55} {value:>12,.2f} {unit}")


if __name__ == "__main__":
    main()
