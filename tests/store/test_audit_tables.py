"""Audit of the read model: an honest table is what the record tells, a changed row is named."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from test_projections import HOUR, found, granted, opened, step, story

from lianzhi.law.clock import china_day
from lianzhi.record.entry import Draft
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.projections import Chain


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    """Two cases and a few findings, whose ids collations put in another order than bytes do."""
    ledger = open_ledger(engine, tmp_path, projections=[Chain()])
    ledger.append(story())
    ledger.append([found(name, 20 * HOUR, about="p_y") for name in ("F9", "f-9", "é", "f_9")])
    ledger.append([opened(20 * HOUR, "F9", "B2", "p_y"), found("f1", 10 * HOUR)])
    return ledger


def told(engine: Engine) -> list[tuple[str, str, str]]:
    return [(fault.table, fault.key, fault.detail) for fault in audit_tables(engine).faults]


def test_an_honest_read_model_is_sound_at_every_step(engine: Engine, tmp_path: Path) -> None:
    ledger = open_ledger(engine, tmp_path, projections=[Chain()])
    assert audit_tables(engine).ok
    for n, draft in enumerate(story(), 1):
        ledger.append([draft])
        report = audit_tables(engine)
        assert (report.ok, report.entries) == (True, n)
    ledger.erase("nobody", at=1)
    token = ledger.vault.tokens(["alice"])["alice"]
    ledger.append([Draft("case.noted", "c1", 15 * HOUR, {"case": "c1", "by": token})])
    ledger.erase("alice", at=2)
    ledger.rebuild()
    report = audit_tables(engine)
    assert (report.ok, report.entries, report.faults) == (True, 11, ())
    assert report.rows == 2 + 1 + 8 + 1 + 1 + 1 + 1


def days_of(findings: int) -> int:
    """Rows of `finding_days`: a finding an hour, of an incident that began the hour before."""
    payloads = (found(f"f{n}", n * HOUR).payload for n in range(findings))
    return len({(china_day(each["since"]), china_day(each["at"])) for each in payloads})


def test_a_record_longer_than_what_is_folded_at_once(engine: Engine, tmp_path: Path) -> None:
    ledger = open_ledger(engine, tmp_path, projections=[Chain()])
    ledger.append([found(f"f{n}", n * HOUR) for n in range(1000)])
    assert audit_tables(engine).rows == 1000 + days_of(1000)
    ledger.append([found(f"f{n}", n * HOUR) for n in range(1000, 2345)])
    assert (audit_tables(engine).ok, audit_tables(engine).rows) == (True, 2345 + days_of(2345))


@pytest.mark.parametrize(
    ("statement", "table", "key", "words"),
    [
        ("UPDATE \"case\" SET status = 'open' WHERE id = 'c1'", "case", "c1", "status: not as"),
        ('UPDATE "case" SET urgency = 0, minor = NOT minor', "case", "B2", "minor, urgency: not"),
        ("UPDATE \"case\" SET outcome = NULL WHERE id = 'c1'", "case", "c1", "outcome: not as"),
        ("DELETE FROM \"case\" WHERE id = 'B2'", "case", "B2", "the row is gone"),
        ("DELETE FROM \"case\" WHERE id = 'c1'", "case", "c1", "the row is gone"),
        ('DELETE FROM "case"', "case", "B2", "the row is gone"),
        ("UPDATE \"case\" SET id = 'C9' WHERE id = 'c1'", "case", "c1", "the row is gone"),
        ("UPDATE \"case\" SET id = 'zz' WHERE id = 'c1'", "case", "c1", "the row is gone"),
        ("UPDATE finding SET score = score + 0.001 WHERE id = 'é'", "finding", "é", "score: not"),
        ("UPDATE finding SET about = 'p_z' WHERE id = 'f_9'", "finding", "f_9", "about: not as"),
        ("UPDATE finding SET \"case\" = 'c1' WHERE id = 'f-9'", "finding", "f-9", "case: not as"),
        ("DELETE FROM finding WHERE id = 'é'", "finding", "é", "the row is gone"),
        ('DELETE FROM case_step WHERE "index" = 3', "case_step", "c1/3", "the row is gone"),
        (
            "INSERT INTO case_step VALUES ('c1', 99, 'case.noted')",
            "case_step",
            "c1/99",
            "not from the record",
        ),
        ("UPDATE protection SET expires_at = 1", "protection", "p1", "expires_at: not as"),
        ("UPDATE protection SET ended = NULL", "protection", "p1", "ended: not as"),
        ("UPDATE protection SET channels = ''", "protection", "p1", "channels: not as"),
        ("DELETE FROM protection", "protection", "p1", "the row is gone"),
    ],
)
def test_a_changed_row_is_named_and_left_as_it_is(
    engine: Engine, ledger: Ledger, statement: str, table: str, key: str, words: str
) -> None:
    assert told(engine) == []
    with engine.begin() as connection:
        connection.execute(text(statement))
    before = contents(engine)
    ((where, row, detail),) = told(engine)
    assert (where, row) == (table, key)
    assert words in detail
    assert contents(engine) == before
    ledger.rebuild()
    assert told(engine) == []


def contents(engine: Engine) -> list[list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.c))]
            for table in Chain().tables
        ]


def test_the_first_row_of_every_table_is_named(engine: Engine, ledger: Ledger) -> None:
    with engine.begin() as connection:
        for table in Chain().tables:
            connection.execute(table.delete())
    assert [(table, key) for table, key, _ in told(engine)] == [
        *(("finding", "F9"), ("case", "B2"), ("case_step", "B2/13"), ("protection", "p1")),
        ("judged", "li/50400000"),
        ("case_times", "B2"),
        ("finding_days", "bullying.pile_on/-28800000/-28800000"),
    ]


def test_a_row_that_came_by_no_entry_is_named(engine: Engine, ledger: Ledger) -> None:
    columns = ", ".join(f'"{c.name}"' for c in Chain().tables[0].c if c.name != "id")
    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO finding (id, {columns}) SELECT 'a', {columns} FROM finding LIMIT 1")
        )
    assert [fault[:2] for fault in told(engine)] == [("finding", "a")]


def test_a_node_that_goes_on_meanwhile_is_not_accused(engine: Engine, tmp_path: Path) -> None:
    done = threading.Event()

    def work() -> None:
        ledger = open_ledger(engine, tmp_path, projections=[Chain()])
        n = 0
        while not done.is_set():
            n += 1
            case, finding, protection = f"c{n}", f"f{n}", f"p{n}"
            terms = {"channels": ["comment"], "expires_at": HOUR}
            given = {"protection": protection, "person": "p", "terms": terms, "by": "li"}
            ledger.append([found(finding, HOUR), opened(HOUR, finding, case)])
            ledger.append([step("protection.granted", HOUR, case=case, **given)])
            ledger.append([step("case.closed", HOUR, case=case, outcome="settled", by="li")])

    writer = threading.Thread(target=work)
    writer.start()
    sizes: set[int] = set()
    try:
        while len(sizes) < 5:
            report = audit_tables(engine)
            assert report.faults == ()
            sizes.add(report.entries)
    finally:
        done.set()
        writer.join()


WEIRD = [
    ("UPDATE finding SET minor = 7", "F9", "minor"),
    ("UPDATE finding SET minor = 'yes'", "F9", "minor"),
    ("UPDATE finding SET kind = x'ff'", "F9", "kind"),
    ("UPDATE finding SET kind = CAST(x'ff' AS TEXT)", "F9", "kind"),
    ("UPDATE finding SET id = CAST(x'41ff' AS TEXT) WHERE id = 'F9'", "F9", "gone"),
    ("UPDATE finding SET id = x'00' WHERE id = 'F9'", "F9", "gone"),
    ("UPDATE finding SET id = NULL WHERE id = 'F9'", "F9", "gone"),
    ("UPDATE finding SET rule = NULL WHERE id = 'f_9'", "f_9", "rule"),
]


@pytest.mark.parametrize(("statement", "key", "words"), WEIRD)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_whatever_sqlite_lets_a_row_hold_is_named(
    engine: Engine, ledger: Ledger, tmp_path: Path, statement: str, key: str, words: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "lianzhi.db")) as file:
        file.execute("PRAGMA writable_schema = ON")  # lets a NULL into a NOT NULL column
        file.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
        file.commit()
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "lianzhi.db")) as file, file:
        file.execute(statement)
    ((table, row, detail),) = told(engine)
    assert (table, row) == ("finding", key)
    assert words in detail


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("CAST(x'41ff' AS TEXT)", "A\\udcff/1"),
        ("NULL", "None/1"),
        ("x'00'", "b'\\x00'/1"),
        ("char(27)", "\\x1b/1"),
    ],
)
def test_a_key_that_is_no_text_can_be_shown(
    engine: Engine, ledger: Ledger, tmp_path: Path, key: str, shown: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "lianzhi.db")) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
        file.commit()
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "lianzhi.db")) as file, file:
        file.execute(f"INSERT INTO case_step VALUES ({key}, 1, 'case.noted')")
    assert told(engine) == [("case_step", shown, "the row is not from the record")]


def test_granting_without_a_case_is_folded_as_well(engine: Engine, ledger: Ledger) -> None:
    alone = granted(HOUR, case_id=None)
    said = {**alone.payload, "protection": "p2"}
    ledger.append([Draft(kind=alone.kind, ref="p2", at=HOUR, payload=said)])
    assert audit_tables(engine).ok
