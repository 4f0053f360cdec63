"""The read model is a fold over the record: it refuses illegal steps and can be rebuilt."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lianzhi.chain.life import IllegalStepError
from lianzhi.record.entry import Draft
from lianzhi.store import views_tables as tables
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.projections import Chain, urgency
from lianzhi.store.views_tables import case, finding, protection

HOUR = 3_600_000
TABLES = (tables.finding, tables.case, tables.case_step, tables.protection)


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    return open_ledger(engine, tmp_path, projections=[Chain()])


def found(name: str, at: int, stage: str = "warn", actors: int = 7, about: str = "p_x") -> Draft:
    said: dict[str, Any] = {
        "id": name,
        "kind": "bullying.pile_on",
        "stage": stage,
        "about": about,
        "at": at,
        "since": at - HOUR,
        "score": 12.5,
        "counts": {"actors": actors},
    }
    return Draft(kind="finding.made", ref=name, at=at, payload=said)


def opened(at: int, by: str = "f1", case_id: str = "c1", about: str = "p_x") -> Draft:
    said = {
        "case": case_id,
        "kind": "bullying.pile_on",
        "about": about,
        "stage": "warn",
        "score": 12.5,
        "minor": False,
        "since": at - HOUR,
        "finding": by,
    }
    return Draft(kind="case.opened", ref=case_id, at=at, payload=said)


def step(kind: str, at: int, **said: Any) -> Draft:
    return Draft(kind=kind, ref=said["case"] or "p1", at=at, payload=said)


def granted(at: int, case_id: str | None = "c1") -> Draft:
    terms = {"channels": ["comment", "mention"], "expires_at": at + 24 * HOUR}
    return step(
        "protection.granted", at, protection="p1", person="p_x", terms=terms, by="li", case=case_id
    )


def story() -> list[Draft]:
    return [
        found("f1", 10 * HOUR),
        opened(10 * HOUR),
        found("f2", 11 * HOUR, "act", 40),
        step("case.joined", 11 * HOUR, case="c1", finding="f2", score=30.0),
        step("case.escalated", 11 * HOUR, case="c1", stage="act", finding="f2"),
        granted(12 * HOUR),
        step("case.assigned", 12 * HOUR, case="c1", assignee="li", by="li"),
        step("protection.lifted", 13 * HOUR, protection="p1", by="li", case="c1"),
        step("case.closed", 14 * HOUR, case="c1", outcome="settled", by="li"),
    ]


def rows(engine: Engine, table: Any) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*table.c))]


def test_a_case_is_what_its_entries_say(engine: Engine, ledger: Ledger) -> None:
    ledger.append(story())
    with engine.connect() as connection:
        row = connection.execute(select(case)).one()
        links = dict(connection.execute(select(finding.c.id, finding.c.case)).all())
        protected = connection.execute(select(protection)).one()
    assert (row.status, row.stage, row.reach) == ("closed", "act", 40)
    assert (row.assignee, row.outcome, row.closed_at) == ("li", "settled", 14 * HOUR)
    assert links == {"f1": "c1", "f2": "c1"}
    assert (protected.ended, protected.ended_by, protected.ended_at) == ("lifted", "li", 13 * HOUR)
    assert len(rows(engine, tables.case_step)) == 7


def test_a_rebuild_yields_equal_tables(engine: Engine, ledger: Ledger) -> None:
    ledger.append([*story(), found("f9", 20 * HOUR, about="p_y")])
    before = [rows(engine, table) for table in TABLES]
    assert all(before)
    ledger.rebuild()
    assert [rows(engine, table) for table in TABLES] == before


def test_an_illegal_step_leaves_no_entry(engine: Engine, ledger: Ledger) -> None:
    ledger.append(story())
    size = len(list(ledger.entries()))
    with pytest.raises(IllegalStepError, match=r"case\.joined .* closed"):
        ledger.append([step("case.joined", 15 * HOUR, case="c1", finding="f1", score=1.0)])
    assert len(list(ledger.entries())) == size


def test_a_finding_that_a_replay_repeats_counts_once(engine: Engine, ledger: Ledger) -> None:
    ledger.append([found("f1", HOUR), found("f1", HOUR)])
    assert len(rows(engine, finding)) == 1


def test_a_protection_needs_no_case(engine: Engine, ledger: Ledger) -> None:
    ledger.append([granted(HOUR, case_id=None)])
    ledger.append([step("protection.lapsed", 30 * HOUR, protection="p1", case=None, by="ticker")])
    with engine.connect() as connection:
        row = connection.execute(select(protection)).one()
    assert (row.case, row.ended) == (None, "lapsed")


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        (("act", 20, 9, False, 0), ("warn", 20, 9, False, 0)),
        (("warn", 20, 90, False, 0), ("warn", 20, 9, False, 0)),
        (("warn", 20, 9, True, 0), ("warn", 20, 9, False, 0)),
        (("warn", 20, 9, False, 0), ("warn", 20, 9, False, 6 * HOUR)),
    ],
)
def test_urgency_rises_with_harm_reach_and_age(sooner: Any, later: Any) -> None:
    assert urgency(*sooner) > urgency(*later)
