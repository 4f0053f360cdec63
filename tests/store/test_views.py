"""Views page by key, filter, and resolve people through the vault."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from test_projections import HOUR, found, granted, opened, step

from lianzhi.record.entry import Draft
from lianzhi.store import views
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.projections import Chain


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    return open_ledger(engine, tmp_path, projections=[Chain()])


def told(ledger: Ledger, count: int) -> list[str]:
    """`count` cases about as many people, an hour apart; returns the accounts."""
    names = [f"person {n}" for n in range(count)]
    with ledger.batch() as batch:
        tokens = batch.tokens(names)
        for n, name in enumerate(names):
            about = tokens[name]
            batch.append(
                [
                    found(f"f{n}", n * HOUR, about=about),
                    opened(n * HOUR, f"f{n}", f"c{n}", about),
                ]
            )
    return names


def test_pages_hold_every_row_once_in_order_whatever_the_limit(
    engine: Engine, ledger: Ledger
) -> None:
    told(ledger, 7)
    for limit in (1, 2, 3, 7, 50):
        seen: list[str] = []
        cursor = None
        while True:
            page = views.findings(engine, cursor=cursor, limit=limit)
            seen += [row.id for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
        assert seen == [f"f{n}" for n in reversed(range(7))]


def test_a_row_that_arrives_between_pages_moves_none(engine: Engine, ledger: Ledger) -> None:
    told(ledger, 4)
    first = views.findings(engine, limit=2)
    ledger.append([found("newest", 99 * HOUR)])
    second = views.findings(engine, cursor=first.next, limit=2)
    assert [row.id for row in second.rows] == ["f1", "f0"]


@pytest.mark.parametrize("cursor", ["", "x", "1~", "~f1", "12", "9" * 40 + "~f", "1'~--"])
def test_a_cursor_of_nobodys_is_refused(engine: Engine, cursor: str) -> None:
    if not cursor:
        assert views.findings(engine, cursor=cursor).rows == ()
        return
    with pytest.raises(views.CursorError, match="leave it out"):
        views.findings(engine, cursor=cursor)


def test_findings_filter_by_person_kind_stage_and_time(engine: Engine, ledger: Ledger) -> None:
    names = told(ledger, 5)

    def ids(**asked: Any) -> list[str]:
        return [row.id for row in views.findings(engine, **asked).rows]

    assert ids(about=names[2]) == ["f2"]
    assert ids(about="nobody") == []
    assert ids(kind="bullying.other") == []
    assert ids(stage="act") == []
    assert ids(since=HOUR, until=3 * HOUR) == ["f2", "f1"]


def test_waiting_cases_stand_by_urgency_and_others_by_their_last_step(
    engine: Engine, ledger: Ledger
) -> None:
    told(ledger, 3)
    ledger.append([step("case.closed", 90 * HOUR, case="c1", outcome="subsided", by="li")])
    assert [row.id for row in views.cases(engine, status="waiting").rows] == ["c0", "c2"]
    assert [row.id for row in views.cases(engine).rows] == ["c1", "c2", "c0"]
    assert [row.id for row in views.cases(engine, status="closed").rows] == ["c1"]
    assert [row.id for row in views.cases(engine, query="person 2").rows] == ["c2"]
    assert [row.id for row in views.cases(engine, query="c").rows] == ["c1", "c2", "c0"]
    assert views.cases(engine, query="%").rows == ()


def test_an_erased_person_has_no_name_and_keeps_their_case(engine: Engine, ledger: Ledger) -> None:
    names = told(ledger, 1)
    note = Draft(
        kind="case.noted",
        ref="c0",
        at=HOUR,
        payload={"case": "c0", "by": "li"},
        texts={"reason": ("called person 0", (views.cases(engine).rows[0].about,))},
    )
    ledger.append([note])
    before = views.case(engine, "c0")
    assert before is not None
    assert before.row.account == names[0]
    assert before.steps[-1].texts == {"reason": "called person 0"}
    ledger.erase(names[0], 2 * HOUR)
    after = views.case(engine, "c0")
    assert after is not None
    assert (after.row.account, after.accounts) == (None, {})
    assert after.steps[-1].texts == {"reason": None}


def test_protections_in_force_are_told_from_those_that_ended(
    engine: Engine, ledger: Ledger
) -> None:
    ledger.append([granted(HOUR, case_id=None)])

    def active(at: int) -> list[str]:
        return [p.id for p in views.protections(engine, active_at=at).rows]

    assert active(HOUR - 1) == []
    assert active(HOUR) == ["p1"]
    assert active(25 * HOUR) == []
    row = views.protection_by_id(engine, "p1")
    assert row is not None
    assert row.running(2 * HOUR)
    assert row.channels == ("comment", "mention")
    assert views.protection_by_id(engine, "none") is None


def test_the_tally_counts_what_waits_and_what_was_done(engine: Engine, ledger: Ledger) -> None:
    told(ledger, 4)
    ledger.append(
        [
            step("case.assigned", 10 * HOUR, case="c0", assignee="li", by="li"),
            step("protection.offered", 10 * HOUR, case="c1", hours=72),
            step("revisit.scheduled", 10 * HOUR, case="c2", due=11 * HOUR),
            step("case.closed", 10 * HOUR, case="c3", outcome="false_positive", by="li"),
            granted(10 * HOUR, case_id="c0"),
        ]
    )
    tally = views.tally(engine, "li", now=12 * HOUR, since=2 * HOUR)
    assert (tally.open, tally.mine, tally.unassigned, tally.offered) == (3, 1, 2, 1)
    assert (tally.revisits, tally.protected, tally.granted) == (1, 1, 1)
    assert tally.outcomes == {"false_positive": 1}
    assert tally.warnings == {"warn": 2}


def test_the_record_says_how_it_stands(engine: Engine, ledger: Ledger) -> None:
    assert views.record_status(engine).size == 0
    told(ledger, 2)
    status = views.record_status(engine, last=1)
    assert status.size == 4
    assert status.last[0].kind == "case.opened"
    assert ledger.signer.verifier.checkpoint(status.checkpoint).root.hex() == status.root
