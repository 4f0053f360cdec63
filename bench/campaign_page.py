"""How long the figures and the verdict of a campaign take beside many findings.

The rows are made up and put into the tables of the read model as they would stand, without a record
behind them: only reading and judging are measured. Best of several runs, on SQLite.
"""

import datetime as dt
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert

from lianzhi.chain.campaign import Plan, Terms
from lianzhi.chain.campaign_figures import figures
from lianzhi.chain.campaign_judging import judged
from lianzhi.law.clock import china_day, midnight
from lianzhi.store import campaign_counts, campaigns, db, migrate
from lianzhi.store.process_tables import decision, measure
from lianzhi.store.score_tables import case_times, finding_days
from lianzhi.store.views_tables import finding

DAY, WEEK = 86_400_000, 7 * 86_400_000
KINDS = ("a.harm", "b.control", "a.near", "a.other")
FIRST = dt.date(2026, 6, 1)
BEFORE, DURING, RUNS, AT_ONCE = 112, 12, 5, 20_000
TERMS = Terms(
    title="bench", kinds=KINDS[:1], first=FIRST, last=FIRST + dt.timedelta(weeks=DURING, days=-1),
    outcome="o", denominator="d", controls=KINDS[1:2], neighbours=KINDS[2:3],
)  # fmt: skip
DECISION: dict[str, Any] = {
    "status": "final", "by": "x", "ground_kind": "rule", "ground_key": "k", "ground_version": "1",
    "category": "c", "source": "own", "automated_detection": True, "automated_decision": False,
    "rule": "", "persons": 1, "measures": 1, "contest_until": 0, "sampled": False, "golden": False,
}  # fmt: skip
MEASURE: dict[str, Any] = {
    "key": "mute", "subject_type": "account", "item": None, "amount": 0, "role": "originator",
    "mode": "on", "hours": 24, "rule": "", "status": "applied", "why": "", "authority": "",
}  # fmt: skip


def fill(connection: Connection, findings: int) -> None:
    """So many findings over all weeks, a fifth of them with a case, a decision and a measure."""
    dice = np.random.default_rng(20261204)
    begin = midnight(FIRST) - BEFORE * WEEK
    ats = np.sort(dice.integers(begin, begin + (BEFORE + DURING) * WEEK, findings))
    late = dice.exponential(3 * DAY, findings).astype(int)
    kinds = dice.integers(len(KINDS), size=findings)
    days: Counter[tuple[str, int, int]] = Counter()
    tables = (finding, case_times, decision, measure)
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in tables}
    for n in range(findings):
        at, lag, kind = int(ats[n]), int(late[n]), int(kinds[n])
        name = KINDS[kind]
        days[name, midnight(china_day(at - lag)), midnight(china_day(at))] += 1
        rows[finding].append(
            {"id": f"f{n}", "index": n, "kind": name, "stage": "warn", "about": f"p{n % 50_000}",
             "at": at, "since": at - lag, "score": 1.0, "reach": 9, "minor": False, "rule": "r",
             "case": f"c{n}" if n % 5 == 0 else None},
        )  # fmt: skip
        if n % 5 == 0:
            rows[case_times].append(
                {"case": f"c{n}", "kind": name, "since": at - lag, "opened_at": at, "linked": False}
            )
            rows[decision].append({**DECISION, "id": f"d{n}", "index": n, "case": f"c{n}",
                                   "made_at": at, "effective_at": at})  # fmt: skip
            rows[measure].append({**MEASURE, "id": f"m{n}", "decision": f"d{n}", "case": f"c{n}",
                                  "subject": f"p{n % 70_000}", "ordered_at": at})  # fmt: skip
        if len(rows[finding]) == AT_ONCE:
            put(connection, rows)
    put(connection, rows)
    connection.execute(
        insert(finding_days),
        [{"kind": k, "began": b, "made": m, "number": n} for (k, b, m), n in days.items()],
    )
    print(f"{findings:,} findings, {len(days):,} rows of finding_days", flush=True)


def put(connection: Connection, rows: dict[Any, list[dict[str, Any]]]) -> None:
    for table, several in rows.items():
        if several:
            connection.execute(insert(table), several)
            several.clear()


def timed(connection: Connection) -> dict[str, float]:
    """Seconds of each part of the page, the best of several runs."""
    now = midnight(FIRST) + DURING * WEEK + DAY
    plan = Plan(id="p", terms=TERMS, opened_at=0, opened_by="x", index=0)
    best: dict[str, float] = {}
    for _ in range(RUNS):
        began = time.perf_counter()
        figures(campaign_counts.counts(connection, TERMS))
        counted = time.perf_counter()
        evidence = campaigns.evidence(connection, plan, now)
        read = time.perf_counter()
        result = judged(evidence)
        parts = {"what was handled": counted - began, "weekly series": read - counted,
                 "verdict": time.perf_counter() - read,
                 "together": time.perf_counter() - began}  # fmt: skip
        if result is None or result.judgement.change is None:
            raise SystemExit(f"nothing was judged: {result}")
        best = {name: min(best.get(name, 9e9), each) for name, each in parts.items()}
    return best


def main() -> None:
    print("\n| findings | part of a campaign's page | s |\n|---|---|---|")
    for size in (100_000, 1_000_000):
        with tempfile.TemporaryDirectory() as home:
            engine = db.open_engine(f"sqlite:///{Path(home)}/bench.db")
            migrate.upgrade(engine)
            with engine.begin() as connection:
                fill(connection, size)
            with engine.connect() as connection:
                for name, seconds in timed(connection).items():
                    print(f"| {size:,} | {name} | {seconds:.2f} |", flush=True)
            engine.dispose()


if __name__ == "__main__":
    main()
