"""Decides, delivers and ends measures, killed again and again; prints what came of it as JSON.

`python measures_driver.py HOME TARGET KILLS SEED [URL]`. A real node works on HOME, with SQLite or
the PostgreSQL database at URL, and posts to TARGET. Each of its lives orders measures in batches,
lifts some, takes decisions back, hears appeals, and lets what is over lapse: an hour passes within
half a second. SIGKILL ends it at a random moment; then everything on the record has to be whole.
A step is noted down as acknowledged only after it has returned. Forks from a process without
threads, so that a start costs no import.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from forked import forked  # noqa: E402

from lianzhi.chain.life import IllegalStepError  # noqa: E402
from lianzhi.chain.measure import RUNNING, Order, measure_id  # noqa: E402
from lianzhi.chain.notice import notice_id  # noqa: E402
from lianzhi.config import Config, Webhook  # noqa: E402
from lianzhi.jobs import ticker  # noqa: E402
from lianzhi.jobs.node import Node  # noqa: E402
from lianzhi.jobs.post import courier, delivery, webhook  # noqa: E402
from lianzhi.office.actor import Actor  # noqa: E402
from lianzhi.office.decisions import DecisionRequest  # noqa: E402
from lianzhi.store import process_lookups as lookups  # noqa: E402
from lianzhi.store.audit import audit  # noqa: E402
from lianzhi.store.audit_tables import audit_tables  # noqa: E402
from lianzhi.store.db import open_engine  # noqa: E402
from lianzhi.store.ledger import custody  # noqa: E402
from lianzhi.store.notices import notice  # noqa: E402
from lianzhi.store.outbox import outbox  # noqa: E402
from lianzhi.store.process_tables import appeal, decision, measure, strike  # noqa: E402
from lianzhi.store.tables import entry  # noqa: E402
from lianzhi.store.views_tables import case as case_table  # noqa: E402
from streams import body, calm, crowd, merged  # noqa: E402

delivery.FIRST_WAIT_MS, delivery.LONGEST_WAIT_MS = 5, 100
courier.POLL_S, courier.LONGEST_REST_S = 0.02, 0.05
webhook.TOTAL_S = 0.3
ticker.TICK_S = 0.03

NOW = 1_795_608_300_000
HOUR = 3_600_000
#: Milliseconds of the clock in one of ours.
SPEED = 7200
#: Acknowledged steps without which a run says little.
ENOUGH = 20
BEGAN = time.monotonic()
EVENTS = merged(
    calm(400, start=NOW - 3 * HOUR),
    *(crowd(f"victim{n}", 40, seed=n + 2, start=NOW - 2 * HOUR + n * 60_000) for n in range(6)),
)


def hurried() -> int:
    """A clock that goes on from life to life."""
    return NOW + HOUR + int((time.monotonic() - BEGAN) * 1000 * SPEED)


class Life:
    """A home, and where its node posts to."""

    def __init__(self, home: Path, target: str, url: str) -> None:
        self.home, self.acks = home, home.with_suffix(".ack")
        self.config = Config(
            lateness_seconds=1.0, database=url, webhook=Webhook(target, notices=False)
        )

    def noted(self) -> int:
        """How many steps have been acknowledged."""
        return len(self.acks.read_text().split())

    def stepped(self) -> Callable[[], bool]:
        """Whether there are more than now."""
        before = self.noted()
        return lambda: self.noted() > before + 2

    def begin(self) -> None:
        """Child: cases to decide on."""
        self.acks.touch()
        with Node(self.home, self.config, lambda: NOW) as node:
            node.intake.submit(body(EVENTS), "test")
            node.intake.finish()

    def work(self, seed: int) -> None:
        """Child: take steps until somebody kills it."""
        chance = random.Random(seed)
        note = os.open(self.acks, os.O_WRONLY | os.O_APPEND)
        with Node(self.home, self.config, hurried) as node:
            while True:
                try:
                    if said := step(node, chance):
                        os.write(note, f"{said}\n".encode())
                except IllegalStepError:
                    pass
                time.sleep(chance.choice([0, 0, 0.01, 0.05]))

    def end(self, until: int) -> None:
        """Child: nothing new; everything that waits is sent. The clock stands from `until` on."""
        began = time.monotonic()

        def clock() -> int:
            return until + int((time.monotonic() - began) * 1000)

        with Node(self.home, self.config, clock) as node:
            while time.monotonic() - began < 60:
                with node.engine.connect() as connection:
                    busy = waiting(connection) + len(lookups.due_measures(connection, clock(), 1))
                if not busy:
                    return
                time.sleep(0.02)
            raise AssertionError("it does not come to an end")

    def tell(self, report: Path) -> None:
        """Child: what is on the record."""
        engine = open_engine(self.config.url(self.home))
        signer, witness = custody(self.home, self.config.origin)
        with engine.connect() as connection:
            rows = connection.execute(select(measure)).mappings().all()
            said = {
                "measures": {
                    row["id"]: [row["mode"], row["status"], row["end_applied_at"] is not None]
                    for row in rows
                },
                "faults": faults(connection, self.acks.read_text().split()),
                "sound": audit(engine, signer, witness).ok and audit_tables(engine).ok,
                "twice": twice(connection),
                "decisions": connection.scalar(select(func.count()).select_from(decision)),
                "acknowledged": self.noted(),
                "dead": waiting(connection, "dead"),
            }
        report.write_text(json.dumps(said))
        engine.dispose()


def waiting(connection: Connection, state: str = "waiting") -> int:
    query = select(func.count()).select_from(outbox).where(outbox.c.state == state)
    return connection.scalar(query) or 0


def step(node: Node, chance: random.Random) -> str | None:
    """One thing that somebody does; the id of the decision or appeal that came of it."""
    what, now = chance.choice(["decide"] * 6 + ["lift", "reverse", "appeal", "answer"]), node.now()
    by = Actor(f"reviewer{chance.randrange(10**6)}", may_severe=True)
    proceedings = node.proceedings
    with node.engine.connect() as connection:
        if what == "decide":
            case, asking = asked(connection, node, chance)
            running = waits = None
        else:
            running = pick(connection, measure, measure.c.status.in_(RUNNING), chance)
            waits = pick(connection, appeal, appeal.c.status == "waiting", chance)
    if what == "decide":
        return proceedings.decisions.decide(case, asking, by, now)
    if what == "lift" and running:
        proceedings.measures.lift(running["id"], "It has served its end.", by, now)
    elif what == "reverse" and running:
        named = [running["id"]] if chance.random() < 0.5 else []
        proceedings.decisions.reverse(running["decision"], named, "It was wrong.", by, now)
    elif what == "appeal" and running:
        account = node.ledger.vault.accounts([running["subject"]])[running["subject"]]
        return proceedings.redress.file(running["decision"], "affected", account, "No.", now)
    elif what == "answer" and waits:
        outcome = chance.choice(["upheld", "overturned"])
        proceedings.redress.answer(waits["id"], outcome, (), "So it is.", by, now)  # type: ignore[arg-type]
    return None


def pick(connection: Connection, table: Any, where: Any, chance: random.Random) -> Any:
    rows = connection.execute(select(table).where(where).order_by(table.c.id)).mappings().all()
    return dict(chance.choice(rows)) if rows else None


def asked(connection: Connection, node: Node, chance: random.Random) -> tuple[str, DecisionRequest]:
    """A decision on some case, on up to eight accounts that took part in it."""
    case = chance.choice(connection.scalars(select(case_table.c.id).order_by("id")).all())
    parts = lookups.parts(connection, case)
    answerable = node.proceedings.office.policy(node.now()).type_of("bullying.pile_on").answerable
    accounts = sorted(
        t for t, role in parts.roles.items() if role in answerable and t in parts.acts
    )
    some = chance.sample(accounts, min(len(accounts), chance.randint(1, 8)))
    order = Order(
        key=chance.choice(["mute", "limit", "suspend_private_messages"]),
        hours=chance.choice([1, 2, 6, 24, 200]),
        subjects=tuple(some),
        mode=chance.choice(["queued"] * 5 + ["manual"]),
    )
    return case, DecisionRequest(
        orders=(order,), facts="It was said three times.", ground="harassment"
    )


def faults(connection: Connection, acknowledged: list[str]) -> list[str]:
    """What is missing: decisions and appeals that somebody knows of, and halves of any of them."""
    there = {*connection.scalars(select(decision.c.id)), *connection.scalars(select(appeal.c.id))}
    found = [f"{one} was acknowledged" for one in acknowledged if one not in there]
    measures = {r["id"]: r for r in connection.execute(select(measure)).mappings()}
    steps = {kind: order_of(connection, *kinds) for kind, kinds in (("begin", BEGIN), ("end", END))}
    strikes = set(connection.scalars(select(strike.c.id)))
    letters = set(connection.scalars(select(outbox.c.id)))
    notices = set(connection.scalars(select(notice.c.id)))
    for identity in connection.scalars(select(decision.c.id)).all():
        known = lookups.decision_by_id(connection, identity)
        assert known is not None
        for one in (
            measure_id(identity, order.key, *target)
            for order in known[1].orders
            for target in order.targets()
        ):
            row = measures.get(one)
            if row is None:
                found.append(f"{identity} without its measure {one}")
                continue
            if one not in strikes:
                found.append(f"{one} without its strike")
            if notice_id("decision", row["subject"], identity) not in notices:
                found.append(f"{identity}: {row['subject']} was not told")
            ended = row["status"] not in RUNNING
            alone = not any(goes_on(other, row, steps) for other in measures.values())
            if alone and ended and notice_id("measure_ended", row["subject"], one) not in notices:
                found.append(f"{one}: nobody was told of its end")
            wanted = {f"{one}-1", *([f"{one}-2"] if ended else [])}
            wanted = wanted if row["mode"] == "queued" else set()
            if {f"{one}-{n}" for n in (1, 2)} & letters != wanted:
                found.append(f"{one} ({row['status']}): other messages than {sorted(wanted)}")
    for row in connection.execute(select(appeal)).mappings():
        kinds = ["appeal_receipt", *(["appeal_answer"] if row["answered_at"] else [])]
        for kind in kinds:
            if notice_id(kind, row["person"], row["id"]) not in notices:  # type: ignore[arg-type]
                found.append(f"{row['id']}: no {kind}")
    return found


BEGIN, END = ("measure.ordered",), ("measure.lapsed", "measure.lifted")


def order_of(connection: Connection, *kinds: str) -> dict[str, int]:
    """Measure -> its place in the record of one of these steps: clocks may have crossed."""
    rows = connection.execute(select(entry.c.ref, entry.c.index).where(entry.c.kind.in_(kinds)))
    return {row.ref: row.index for row in rows}


def goes_on(other: Any, row: Any, steps: dict[str, dict[str, int]]) -> bool:
    """Whether another measure of the same kind was in force on the account when one ended."""
    alike = other["id"] != row["id"] and other["subject"] == row["subject"]
    at = steps["end"].get(row["id"])
    if not alike or other["key"] != row["key"] or at is None or other["id"] not in steps["begin"]:
        return False
    return steps["begin"][other["id"]] < at < steps["end"].get(other["id"], at + 1)


def twice(connection: Connection) -> list[str]:
    """Steps in the life of a measure that are on the record more than once."""
    once = ("measure.ordered", "measure.applied", "measure.end_applied")
    ends = ("measure.lapsed", "measure.lifted")
    query = select(entry.c.kind, entry.c.ref).where(entry.c.kind.in_(once + ends))
    said = Counter(
        ("end" if kind in ends else kind, ref) for kind, ref in connection.execute(query)
    )
    return [f"{kind} {ref}" for (kind, ref), count in said.items() if count > 1]


def main(home: Path, target: str, kills: int, seed: int, url: str) -> None:
    """See module."""
    life, chance, report = Life(home, target, url), random.Random(seed), home.with_suffix(".json")
    assert forked(life.begin) == 0
    after: list[str] = []
    for count in range(3 * kills):
        if count >= kills and life.noted() > ENOUGH:
            break
        # Half of them count from the first step, however slow the machine; half from the start.
        ready, longest = (life.stepped(), 0.8) if count % 2 else (lambda: True, 1.2)
        work = partial(life.work, chance.randrange(10**9))
        assert forked(work, chance.uniform(0, longest), ready) == -signal.SIGKILL
        assert forked(partial(life.tell, report)) == 0
        said = json.loads(report.read_text())
        after += said["faults"] + said["twice"] + ([] if said["sound"] else ["it is not sound"])
    assert forked(partial(life.end, hurried())) == 0
    assert forked(partial(life.tell, report)) == 0
    said = json.loads(report.read_text())
    print(json.dumps({**said, "after_kills": after, "took_s": time.monotonic() - BEGAN}))


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        sys.argv[2],
        int(sys.argv[3]),
        int(sys.argv[4]),
        sys.argv[5] if len(sys.argv) > 5 else "",
    )
