"""The console's pages over many cases, and that of one huge case, as somebody who is signed in.

A real node, asked through the application without a network; each look goes on the record before
the page is shown, none is spared because it was made lately.

The million cases are rows put into the tables of the read model as they would stand, without a
record behind them: only reading is measured. The huge case is on the record in full.
"""

import argparse
import base64
import json
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, insert, text
from starlette.testclient import TestClient

from bench.made import DAY, HOUR, KIND, MINUTE, POLICY, START, copies, found, spread, token
from lianzhi.chain import docket
from lianzhi.chain.case import Case
from lianzhi.chain.measure import Order
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.record.entry import Draft
from lianzhi.store import accounts, db, migrate
from lianzhi.store.desk import lease_table
from lianzhi.store.process_tables import appeal, decision, look_due, measure, report, review
from lianzhi.store.projections import urgency
from lianzhi.store.tables import person
from lianzhi.store.views_tables import case, finding
from lianzhi.web.app import create_app
from lianzhi.web.core.looks import Memory
from lianzhi.web.core.settings import Settings

Row = tuple[str, float, str]
PASSWORD = "correct horse battery"
#: One case in so many waits; the others are closed.
_WAITS = 10
#: People at work: each holds a case of the most urgent.
_DESKS = 200


def _case(n: int, at: int, chance: random.Random) -> dict[str, Any]:
    """Row of case number n, opened at this time."""
    waiting, minor = n % _WAITS == 0, chance.random() < 0.05
    stage, reach = chance.choice(("warn", "act")), chance.randrange(8, 200)
    status = ("protected" if chance.random() < 0.3 else "open") if waiting else "closed"
    assignee = f"desk{n % _DESKS}" if chance.random() < 0.5 or not waiting else None
    state = Case(
        id=blake2b(n.to_bytes(8), digest_size=10).hexdigest(),
        kind=KIND,
        about=token(n),
        stage=stage,  # type: ignore[arg-type]
        status=status,  # type: ignore[arg-type]
        score=chance.uniform(4, 24),
        minor=minor,
        since=at - HOUR,
        opened_at=at,
        updated_at=at + HOUR,
        assignee=assignee,
        outcome=None if waiting else chance.choice(("settled", "subsided", "false_positive")),
        offered_at=at,
        closed_at=None if waiting else at + DAY,
        revisit_at=at + 8 * DAY if chance.random() < 0.05 else None,
        links=tuple(f"{k:020x}" for k in range(chance.randrange(3))),
    )
    kept = ("id", "kind", "about", "status", "stage", "minor", "assignee", "outcome", "opened_at")
    kept += ("updated_at", "offered_at", "closed_at", "revisit_at")
    row = {name: getattr(state, name) for name in kept}
    row |= {
        "reach": reach,
        "waiting": waiting,
        "to_judge": waiting,
        "state": msgspec.json.encode(state),
    }
    return row | {"urgency": urgency(stage, state.score, reach, minor, at)}


def _decided(n: int, of: str, at: int, chance: random.Random) -> Iterator[tuple[Any, Any]]:
    """A decision about a case, with what follows."""
    name, by = f"d_{n:024x}", f"desk{n % _DESKS}"
    given = {"decision": name, "case": of}
    row = {"id": name, "index": n, "case": of, "status": "effective", "by": by, "made_at": at}
    row |= {"effective_at": at, "ground_kind": "rule", "ground_key": "harassment", "category": ""}
    row |= {"ground_version": "2026-11-01", "source": "own_initiative", "rule": "", "persons": 1}
    row |= {"automated_detection": True, "automated_decision": False, "measures": 1}
    sampled = chance.random() < 0.1
    row |= {"contest_until": at + 180 * DAY, "sampled": sampled, "golden": n % 5000 == 1}
    yield decision, row
    row = {"id": f"m_{n:024x}", "key": "mute", "subject": token(n), "item": None, **given}
    row |= {"role": "follower", "mode": "queued", "hours": 24, "rule": "", "why": ""}
    row |= {"status": "lapsed", "authority": "", "ordered_at": at, "ends_at": at + DAY}
    yield measure, row
    if sampled and chance.random() < 0.98:
        row = {"index": n, "by": f"desk{(n + 1) % _DESKS}", "kind": "sample", "agrees": True}
        yield review, row | given | {"restricts": True, "held_at": at + DAY}
    elif sampled:
        yield look_due, {"decision": name, "by": by, "made_at": at}
    if n % 30 == 1:
        state = "waiting" if n % 900 == 1 else "upheld"
        row = {"id": f"a_{n:024x}", "index": n, **given, "party": "affected", "person": token(n)}
        row |= {"filed_at": at + DAY, "status": state, "due_at": at + 15 * DAY}
        yield appeal, row


def _reported(n: int, at: int, waiting: bool, chance: random.Random) -> tuple[Any, Any]:
    row = {"id": f"r_{n:024x}", "index": n, "category": "insult", "channel": "web"}
    row |= {"reporter": token(n + 1), "about": token(n), "subject": token(n + 2), "case": None}
    same = f"{n // 3:032x}" if chance.random() < 0.3 else None
    row |= {"minor": chance.random() < 0.05, "route": "", "same": same, "received_at": at}
    row |= {"status": "waiting" if waiting else "answered", "due_at": at + 7 * DAY, "urgency": n}
    return report, row


def rows(count: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Rows of so many cases of the last two years, each with its table."""
    chance = random.Random(1)
    for n in range(count):
        at = START - 730 * DAY + n * 730 * DAY // count
        one = _case(n, at, chance)
        yield case, one
        yield person, {"token": token(n), "account": f"user{n:07d}"}
        row = {"id": f"{n:032x}", "index": n, "kind": KIND, "about": token(n), "at": at}
        row |= {"stage": one["stage"], "since": at - HOUR, "score": 9.0, "reach": one["reach"]}
        yield finding, row | {"minor": one["minor"], "rule": "", "case": one["id"]}
        if n % 2:
            yield from _decided(n, one["id"], at + HOUR, chance)
        if n % 4 == 0:
            yield _reported(n, at, n % 40 == 0, chance)


def fill(engine: Engine, count: int) -> None:
    """Put the rows into the tables; those at work have their leases."""
    held: dict[Any, list[dict[str, Any]]] = {}

    def put(connection: Connection, table: Any) -> None:
        connection.execute(insert(table), held.pop(table))

    with db.writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA cache_size = -2000000"))
        for table, row in rows(count):
            waiting = held.setdefault(table, [])
            waiting.append(row)
            if len(waiting) == 20_000:
                put(connection, table)
        for table in [*held]:
            put(connection, table)
        urgent = text('SELECT id FROM "case" WHERE waiting ORDER BY urgency DESC LIMIT :most')
        for k, name in enumerate(connection.scalars(urgent, {"most": _DESKS}).all()):
            lease = {"item": name, "user": f"desk{k}", "until": START + HOUR}
            connection.execute(insert(lease_table), lease)
    engine.dispose()  # the connection with the large cache


def huge(node: Node, findings: int, newest: int = 30, events: int = 64) -> str:
    """A case of so many findings on the record, the newest with so many events each."""
    names = [f"huge{k}" for k in range(events)]
    with node.ledger.batch() as batch:
        tokens = batch.tokens(["harmed", *names])
    actors, opened = [tokens[name] for name in names], ""
    for start in range(0, findings, 1000):
        with node.ledger.batch() as batch:
            for n in range(start, min(start + 1000, findings)):
                many = events if n >= findings - newest else 6
                at = START - DAY + n * DAY // findings
                one = found(10**7 + n, tokens["harmed"], actors[:many], at, many, "act")
                if n == 0:
                    opened = docket.case_id_of(one)
                    batch.append(docket.receive(one, None, POLICY))
                else:
                    said = {"case": opened, "finding": one.id, "score": one.score}
                    draft = Draft("finding.made", one.id, at, msgspec.to_builtins(one))
                    batch.append([draft, Draft("case.joined", opened, at, said)])
                batch.keep_evidence(copies(one))
    for k in range(3):
        order = Order(key="mute", hours=24, subjects=(actors[k + 3],), to="follower", mode="manual")
        asking = DecisionRequest(
            orders=(order,), facts="It was written again.", ground="harassment"
        )
        node.proceedings.decisions.decide(opened, asking, Actor("li"), START + k * MINUTE)
    return opened


def deal(node: Node, drawn: int, known: int) -> None:
    """Let every piece of work be a second look of one kind, or none."""
    office = node.proceedings.office
    desk = msgspec.structs.replace(POLICY.desk, second_review_share=drawn, golden_share=known)
    policy = msgspec.structs.replace(POLICY, desk=desk)
    node.proceedings.office = msgspec.structs.replace(office, policy=lambda at: policy)


class Console:
    """Somebody with every permission of the desk, signed in to a node."""

    def __init__(self, node: Node) -> None:
        settings = Settings(client_rate=1e9, client_burst=1e9, hosts=("testserver",))
        self.app = create_app(node, settings)
        self.client = TestClient(self.app, follow_redirects=False)
        roles: list[accounts.Role] = ["reviewer", "senior", "appeals"]
        accounts.add_user(node.ledger, "bench", PASSWORD, roles, START, "bench")
        self.client.get("/login")
        form = {"name": "bench", "password": PASSWORD, "next": "/", "csrf": self._csrf()}
        answer = self.client.post("/login", data=form)
        if answer.status_code != 303:
            raise AssertionError(answer.text)
        self.client.headers["X-CSRF-Token"] = self._csrf()

    def _csrf(self) -> str:
        value = self.client.cookies["lianzhi"].strip('"').split(".")[0]
        return str(json.loads(base64.b64decode(value))["csrf"])

    def asked(self, method: str, path: str) -> str:
        """Ask as if nothing had been looked at lately; where it leads, or what it shows."""
        self.app.state.looks = Memory()
        answer = self.client.request(method, path)
        if answer.status_code not in (200, 303):
            raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.headers.get("location") or answer.text


def timed(name: str, ask: Callable[[], object], times: int) -> Iterator[Row]:
    """Median and 95th percentile of so many askings, after three to warm up."""
    for _ in range(3):
        ask()
    taken, cpu = [], time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - begun))
    cpu = 1000 * (time.process_time() - cpu) / times
    middle, slow = spread(taken)
    yield f"{name}, p50", middle, "ms"
    yield f"{name}, p95", slow, "ms"
    yield f"{name}, processor time", cpu, "ms"


def run(cases: int = 1_000_000, findings: int = 10_000, times: int = 100) -> Iterator[Row]:
    """(name, value, unit) of each figure."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config = Config()
        engine = db.open_engine(config.url(home))
        migrate.upgrade(engine)
        fill(engine, cases)
        with Node(home, config, clock=lambda: START) as node:
            name = huge(node, findings)
            console = Console(node)
            asked, looks = console.asked, node.ledger.size
            for path in ("/cases", "/desk", "/", "/reports"):
                few = times if path == "/cases" else max(20, times // 4)
                yield from timed(f"{path} at {cases:,} cases", partial(asked, "GET", path), few)
            nexts = ["/cases"]

            def turn() -> None:
                more = re.search(r"cursor=([^&\"]+)", asked("GET", nexts.pop()))
                nexts.append(f"/cases?cursor={more[1]}" if more else "/cases")

            yield from timed("/cases, page after page", turn, times)
            post = partial(asked, "POST", "/desk/next")
            yield from timed("/desk/next (an appeal)", post, times)
            accounts.set_roles(node.ledger, "bench", ["reviewer", "senior"], START, "bench2")
            for what, drawn, known in (("a case", 0, 0), ("a second look", 1, 0), ("golden", 0, 1)):
                deal(node, drawn, known)
                yield from timed(f"/desk/next ({what})", post, times)
            page = partial(asked, "GET", f"/cases/{name}")
            yield from timed(f"page of a case of {findings:,} findings", page, times)
            if node.ledger.size - looks < 2 * times:
                raise AssertionError("the looks are not on the record")


def main(arguments: Any = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--findings", type=int, default=10_000, help="of the huge case")
    options = parser.parse_args(arguments)
    for name, value, unit in run(options.cases, options.findings):
        print(f"{name:<55} {value:>10,.1f} {unit}", flush=True)


if __name__ == "__main__":
    main()
