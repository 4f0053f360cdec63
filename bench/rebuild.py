"""How long it takes to derive the tables of a million entries of the record anew.

The entries are a deployment's: findings, cases that they open or join, protections, decisions with
measures, strikes and notices, deliveries, reports, closings, revisits, and looks. They are put
straight into the tables of the record, unsigned and with empty hashes, which a rebuild does not
read; their payloads are as the record would hold them.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from sqlalchemy import Engine, func, insert, select

from bench.made import DAY, HOUR, MINUTE, POLICY, START, found, token
from lianzhi.chain import docket, notice
from lianzhi.chain.decision import Decision, Ground, decision_id, making
from lianzhi.chain.measure import Order, single
from lianzhi.record.entry import Draft, encode
from lianzhi.store import db, migrate, tables
from lianzhi.store.ledger import fold
from lianzhi.store.looks import LOOKED
from lianzhi.store.read_model import projections
from lianzhi.store.views_tables import case

Row = tuple[str, float, str]


def _decided(of: str, who: str, subject: str, at: int) -> Iterator[Draft]:
    """A decision, with its measure, strike and notice, and what the platform says of them."""
    orders = (Order(key="mute", hours=24, subjects=(subject,), to="follower"),)
    name = decision_id(of, who, at, orders)
    ground = Ground(kind="rule", key="harassment", version="2026-11-01")
    said = Decision(id=name, case=of, by=who, ground=ground, orders=orders)
    yield msgspec.structs.replace(making(said, "", (), at), texts={})
    ordered = single("measure.ordered", name, of, orders[0], (subject, ""), at)
    yield ordered
    given = {"strike": ordered.ref, "subject": subject, "decision": name, "case": of}
    yield Draft("strike.given", ordered.ref, at, given | {"points": 1.0, "expires_at": at + DAY})
    words = {"zh": "骚扰", "en": "Harassment"}
    params = {"measures": [{"measure": "mute", "until": at + DAY}], "ground": words}
    params |= {"automated": False, "contest_by": at + 180 * DAY}
    told = notice.draft("decision", subject, name, params, {"facts": ("", ())}, at)
    yield msgspec.structs.replace(told, texts={})
    gone = {"measure": ordered.ref, "case": of}
    yield Draft("measure.applied", ordered.ref, at + MINUTE, gone)
    yield notice.delivered(told.ref, "webhook", at + MINUTE)
    yield Draft("measure.lapsed", ordered.ref, at + DAY, gone | {"by": "ticker", "why": "time"})


def _story(n: int, at: int, chance: random.Random) -> Iterator[Draft]:
    """What the record tells of case number n."""
    about, actors = token(n), [token(10 * n + k) for k in range(6)]
    who, number = f"desk{n % 50}", 0
    first = found(100 * n, about, actors, at, 6, "act")
    of = docket.case_id_of(first)
    yield from docket.receive(first, None, POLICY)
    for number in range(1, chance.randrange(1, 6)):
        later = found(100 * n + number, about, actors, at + number * MINUTE, 6, "act")
        yield Draft("finding.made", later.id, later.at, msgspec.to_builtins(later))
        said = {"case": of, "finding": later.id, "score": later.score}
        yield Draft("case.joined", of, later.at, said)
    at += 10 * MINUTE
    for k in range(chance.randrange(2, 5)):
        seen = {"by": who, "role": "reviewer", "what": "/cases/{case}", "refs": [of]}
        yield Draft(LOOKED, of, at + k * MINUTE, seen)
    if n % 8 == 0:
        seen = {"by": who, "role": "reviewer", "what": "/cases"}
        refs = [f"{chance.randrange(n + 1):020x}" for _ in range(50)]
        yield Draft(LOOKED, "cases", at, seen | {"refs": refs})
    yield Draft("case.assigned", of, at, {"case": of, "assignee": who, "by": who})
    if n % 3 == 0:
        terms = {"channels": ["comment"], "expires_at": at + DAY}
        granted = {"protection": f"{n:016x}", "person": about, "by": who, "case": of}
        yield Draft("protection.granted", f"{n:016x}", at, granted | {"terms": terms})
        ended = {"protection": f"{n:016x}", "case": of}
        yield Draft("protection.lapsed", f"{n:016x}", at + DAY, ended)
    for subject in actors[1 : chance.randrange(2, 5)]:
        at += MINUTE
        yield from _decided(of, who, subject, at)
    if n % 10:
        closed = {"case": of, "outcome": "settled", "by": who}
        yield Draft("case.closed", of, at + 2 * DAY, closed)
        held = {"case": of, "by": who, "rebound": False}
        yield Draft("revisit.held", of, at + 9 * DAY, held)


def fill(engine: Engine, entries: int) -> dict[str, int]:
    """Put so many entries into the record; how many there are of each kind."""
    chance, kinds, index, n = random.Random(1), dict[str, int](), 0, 0
    none = {"commitment": b"", "leaf": b"", "seal": b""}
    with db.writing(engine) as connection:
        while index < entries:
            rows: list[dict[str, Any]] = []
            bodies: list[dict[str, Any]] = []
            while len(rows) < 5000 and index < entries:
                for draft in _story(n, START + n * HOUR // 100, chance):
                    row = {"index": index, "at": draft.at, "kind": draft.kind, "ref": draft.ref}
                    rows.append(row | none)
                    bodies.append({"index": index, "salt": b"", "body": encode(draft.payload)})
                    kinds[draft.kind] = kinds.get(draft.kind, 0) + 1
                    index += 1
                n += 1
            connection.execute(insert(tables.entry), rows)
            connection.execute(insert(tables.payload), bodies)
    return kinds


def run(entries: int = 1_000_000, rounds: int = 3) -> Iterator[Row]:
    """(name, value, unit) of each figure."""
    with tempfile.TemporaryDirectory() as folder:
        engine = db.open_engine(f"sqlite:///{Path(folder) / 'lianzhi.db'}")
        migrate.upgrade(engine)
        kinds = fill(engine, entries)
        took, spent = [], []
        for _ in range(rounds):
            cpu, begun = time.process_time(), time.perf_counter()
            with db.writing(engine) as connection:
                done = fold(connection, projections())
            took.append(time.perf_counter() - begun)
            spent.append(time.process_time() - cpu)
            if done != sum(kinds.values()):
                raise AssertionError(f"{done} of {sum(kinds.values())} entries")
        with engine.connect() as connection:
            count = connection.scalar(select(func.count()).select_from(case))
        if count != kinds["case.opened"]:
            raise AssertionError(f"{count} cases, {kinds['case.opened']} opened")
        engine.dispose()
    yield f"rebuild of {done:,} entries, {len(kinds)} kinds, median", median(took), "s"
    yield f"rebuild, slowest of {rounds}", max(took), "s"
    yield "rebuild, processor time", median(spent), "s"


def main(arguments: Any = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    for name, value, unit in run(options.entries, options.rounds):
        print(f"{name:<55} {value:>10,.1f} {unit}", flush=True)


if __name__ == "__main__":
    main()
