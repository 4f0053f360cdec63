"""How long the scorecard takes over many cases: reading it from the tables, and making figures.

The rows are made up and put into the tables of the read model as they would stand, without a record
behind them: only reading is measured.
"""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from lianzhi.domains.policies import Policies
from lianzhi.store import db, migrate
from lianzhi.store.process_tables import appeal, decision, measure, report, review, strike
from lianzhi.store.score_tables import case_times, revisit
from lianzhi.store.scorecard import read
from lianzhi.store.views_tables import case, finding, protection

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000
START = 1_795_000_000_000
KEYS = ("hide", "limit", "mute", "suspend_private_messages", "freeze", "close")
ROLES = ("originator", "repeater", "inciter", "follower")
STATUSES = ("ordered", "applied", "applied", "lapsed", "lapsed", "lapsed", "lifted", "shadowed")


def state_of(number: int, at: int) -> bytes:
    """What of a case's state is read, beside as much as other fields take; one in ten is linked."""
    linked = [f"{number - 1:020x}"] if number % 10 == 0 and number else []
    roles = ["follower", "inciter", "repeater"]
    state = {"links": linked, "roles": roles, "found_at": at, "reasons": ["x" * 40] * 16}
    return json.dumps(state).encode()


def rows(cases: int, days: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Rows of so many cases within so many days, each with its table."""
    chance = random.Random(1)
    number = 0
    for n in range(cases):
        at = START + n * days * DAY // cases
        name = f"{n:020x}"
        closed = chance.random() < 0.9
        closed_at = at + chance.randrange(DAY, 9 * DAY) if closed else None
        outcome = chance.choice(("settled", "subsided", "false_positive")) if closed else None
        status = "closed" if closed else "open"
        for k in range(3):
            yield (
                finding,
                {
                    "id": f"f{n}-{k}",
                    "index": 3 * n + k,
                    "kind": "bullying.pile_on",
                    "stage": ("watch", "warn", "act")[k],
                    "about": f"p_{n:032x}",
                    "at": at,
                    "since": at - HOUR,
                    "score": 8.0,
                    "reach": 30,
                    "minor": False,
                    "rule": "bullying.pile_on@2026-11-01",
                    "case": name,
                },
            )
        shared = {"kind": "bullying.pile_on", "opened_at": at, "closed_at": closed_at}
        shared["outcome"] = outcome
        yield (
            case,
            {
                "id": name,
                "about": f"p_{n:032x}",
                "status": status,
                "waiting": not closed,
                "to_judge": not closed,
                "stage": "act",
                "minor": False,
                "updated_at": at,
                "reach": 30,
                "urgency": n,
                "state": state_of(n, at),
                **shared,
            },
        )
        protected = at + chance.randrange(HOUR) if chance.random() < 0.3 else None
        yield (
            case_times,
            {
                "case": name,
                "since": at - chance.randrange(MINUTE, HOUR),
                "linked": False,
                "warned_at": at,
                "offered_at": at,
                "protected_at": protected,
                **shared,
                "decided_at": at + chance.randrange(DAY),
            },
        )
        if protected:
            yield (
                protection,
                {
                    "id": f"g{n}",
                    "person": f"p_{n:032x}",
                    "case": name,
                    "channels": "comment",
                    "strangers": True,
                    "younger_than_days": 0,
                    "granted_at": protected,
                    "granted_by": "li",
                    "expires_at": protected + 3 * DAY,
                },
            )
        if closed_at:
            yield (
                revisit,
                {
                    "index": n,
                    "case": name,
                    "due_at": closed_at + 7 * DAY,
                    "held_at": closed_at + 7 * DAY,
                    "rebound": chance.random() < 0.1,
                },
            )
        rule = chance.choice(("", "", "bullying.pile_on/mute/follower"))
        made = at + chance.randrange(DAY)
        yield (
            decision,
            {
                "id": f"d_{n:024x}",
                "index": n,
                "case": name,
                "status": "effective",
                "by": "li",
                "made_at": made,
                "effective_at": made,
                "ground_kind": "rule",
                "category": "",
                "ground_key": "harassment",
                "ground_version": "2026-11-01",
                "rule": rule,
                "source": chance.choice(("report", "own_initiative")),
                "persons": 1,
                "measures": 2,
                "automated_detection": True,
                "automated_decision": bool(rule),
                "sampled": False,
                "contest_until": made + 180 * DAY,
                "golden": False,
            },
        )
        for _ in range(2):
            number += 1
            given = {"decision": f"d_{n:024x}", "case": name, "subject": f"p_{number:032x}"}
            yield (
                measure,
                {
                    "id": f"m_{number:024x}",
                    "key": chance.choice(KEYS),
                    "item": None,
                    "subject_type": "account",
                    "amount": 0,
                    **given,
                    "role": chance.choice(ROLES),
                    "mode": "queued",
                    "hours": 24,
                    "rule": rule,
                    "status": chance.choice(STATUSES),
                    "why": "",
                    "authority": "",
                    "ends_at": None,
                    "ordered_at": made,
                    "applied_at": made + chance.randrange(MINUTE),
                },
            )
            yield (
                strike,
                {
                    "id": f"m_{number:024x}",
                    "points": 1.0,
                    "given_at": made,
                    **given,
                    "expires_at": made + 90 * DAY,
                    "removed_at": None,
                },
            )
        if n % 10 == 0:
            yield (
                appeal,
                {
                    "id": f"a_{n:024x}",
                    "index": n,
                    "decision": f"d_{n:024x}",
                    "case": name,
                    "party": "affected",
                    "route": "",
                    "person": f"p_{number:032x}",
                    "filed_at": made + DAY,
                    "status": chance.choice(("upheld", "overturned")),
                    "due_at": made + 15 * DAY,
                    "answered_at": made + 9 * DAY,
                    "answered_by": "wang",
                    "answer_index": n,
                },
            )
            yield (
                review,
                {
                    "index": n,
                    "case": name,
                    "decision": f"d_{n:024x}",
                    "by": "zhao",
                    "kind": "sample",
                    "agrees": True,
                    "restricts": True,
                    "held_at": made + DAY,
                },
            )
        if n % 2 == 0:
            yield (
                report,
                {
                    "id": f"r_{n:024x}",
                    "index": n,
                    "category": "insult",
                    "channel": "web",
                    "minor": False,
                    "case": name,
                    "status": "answered",
                    "outcome": "upheld",
                    "route": "",
                    "received_at": at,
                    "due_at": at + 7 * DAY,
                    "urgency": n,
                    "answered_at": at + chance.randrange(9 * DAY),
                },
            )


def fill(engine: Engine, cases: int, days: int) -> None:
    """Put the rows into the tables."""
    waiting: dict[Any, list[dict[str, Any]]] = {}
    with db.writing(engine) as connection:
        for table, row in rows(cases, days):
            held = waiting.setdefault(table, [])
            held.append(row)
            if len(held) == 5000:
                connection.execute(insert(table), held)
                held.clear()
        for table, held in waiting.items():
            if held:
                connection.execute(insert(table), held)


def best(engine: Engine, since: int, until: int, runs: int = 5) -> float:
    """Milliseconds that reading the period takes, the best of some runs."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        read(engine, since, until, until, Policies().case(until))
        times.append(1000 * (time.perf_counter() - begin))
    return min(times)


def main(cases: int = 100_000, url: str = "") -> None:
    """A year's cases: the last 7, 30, 90 and 365 days of them."""
    with tempfile.TemporaryDirectory() as home:
        engine = db.open_engine(url or f"sqlite:///{Path(home) / 'lianzhi.db'}")
        migrate.upgrade(engine)
        fill(engine, cases, 365)
        until = START + 365 * DAY
        for days in (7, 30, 90, 365):
            print(f"{days:4} days: {best(engine, until - days * DAY, until):6.0f} ms")
        engine.dispose()


if __name__ == "__main__":
    main()
