"""What becomes known by the passing of time is told once, and one that fails holds up no other."""

import datetime as dt
import time

import msgspec
import pytest
from enforcement_house import START, STOPPED, Bureau
from sqlalchemy import update

from lianzhi.config import Config
from lianzhi.domains.enforcement.desk.run_all import run_all
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.jobs.minutely import Minutely
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight


@pytest.fixture
def bureau(tmp_path):
    return Bureau(tmp_path)


def told(bureau, case):
    return [
        (step.payload["clock"], step.payload["stage"])
        for step in views.story(bureau.ledger, case)
        if step.kind == "penalty.warned"
    ]


def test_each_stage_of_each_clock_is_told_once(bureau):
    case = bureau.filed()  # on 2 March: to be decided by 31 May
    assert (bureau.desk.tick(), told(bureau, case)) == (0, [])
    bureau.on(dt.date(2026, 5, 16))
    assert (bureau.desk.tick(), bureau.desk.tick()) == (1, 0)
    bureau.on(dt.date(2026, 6, 1))
    assert (bureau.desk.tick(), bureau.desk.tick()) == (1, 0)
    assert told(bureau, case) == [("penalty.decide", "warned"), ("penalty.decide", "overdue")]
    bureau.ledger.rebuild()
    assert bureau.desk.tick() == 0, "nor after the tables were folded anew"


def test_a_clock_that_begins_anew_is_told_anew(bureau):
    case = bureau.noticed(20_000, **STOPPED)
    bureau.desk.penalties.notice(case, {**bureau.penalty(case).facts}, 20_000, "li", "再次告知",
                                 sanctions=["stoppage"])  # fmt: skip
    bureau.on(dt.date(2026, 3, 9))  # the fifth working day after the notice
    bureau.desk.tick()
    assert told(bureau, case) == [("penalty.hearing_request", "warned")]
    bureau.desk.penalties.notice(case, {**bureau.penalty(case).facts}, 20_000, "li", "又一次",
                                 sanctions=["stoppage"])  # fmt: skip
    bureau.on(dt.date(2026, 3, 16))
    bureau.desk.tick()
    assert told(bureau, case) == [("penalty.hearing_request", "warned")] * 2


def test_a_closed_case_is_left_alone_but_for_publishing(bureau):
    case = bureau.decided()
    bureau.desk.penalties.serve(case, "direct", "li", "签收")
    bureau.desk.penalties.pay(case, 20_000, "li")
    bureau.desk.penalties.close(case, "chief", "办结")
    bureau.on(dt.date(2026, 4, 30))
    bureau.desk.tick()
    assert told(bureau, case) == [("penalty.publish", "overdue")]


def test_a_late_answer_is_told_once(bureau):
    letter = bureau.desk.letters.send("opinion_request", "S1", "fire", "", "请出具意见", "li")
    bureau.on(dt.date(2026, 3, 11))  # the last day, seven working days after
    assert bureau.desk.tick() == 0
    bureau.on(dt.date(2026, 3, 12))
    assert (bureau.desk.tick(), bureau.desk.tick()) == (1, 0)
    with bureau.desk.office.reading() as connection:
        one = tables.letter.load(connection, letter)
    assert (one.status, one.overdue) == ("sent", dt.date(2026, 3, 12))
    bureau.desk.letters.receive(letter, "2026-1", "fire", ["lead"])


def test_one_that_fails_holds_up_no_other(bureau):
    first, second = bureau.filed(), bureau.filed(act_day=dt.date(2026, 3, 1))
    broken = min(first, second)
    with bureau.ledger.engine.begin() as connection:
        one = bureau.penalty(broken)
        # A day that no clock counts to.
        state = msgspec.json.encode(msgspec.structs.replace(one, filed=dt.date(9500, 1, 1)))
        connection.execute(
            update(tables.penalty.table).where(tables.penalty.c.id == broken).values(state=state)
        )
    letter = bureau.desk.letters.send("opinion_request", "S1", "fire", "", "请出具意见", "li")
    bureau.on(dt.date(2026, 5, 20))
    with pytest.raises(ExceptionGroup):
        bureau.desk.tick()
    assert told(bureau, max(first, second)) == [("penalty.decide", "warned")]
    steps = [step.kind for step in views.story(bureau.ledger, letter)]
    assert steps == ["letter.sent", "letter.overdue"]


def test_each_adds_up_what_worked_and_tells_all_that_failed():
    def act(n):
        if n % 2:
            raise ValueError(n)
        return n

    assert run_all([2, 4], act) == 6
    with pytest.raises(ExceptionGroup) as error:
        run_all([1, 2, 3], act)
    assert [str(one) for one in error.value.exceptions] == ["1", "3"]


def test_certificates_that_run_out_are_shown_the_first_first(bureau):
    rows = [("soon", 30), ("sooner", 1), ("later", 31), ("gone", -1)]
    bureau.desk.registers.officers(
        [{"id": n, "certificate_until": START + dt.timedelta(days=d)} for n, d in rows], "test"
    )
    with bureau.desk.office.reading() as connection:
        found = views.expiring(connection, START, 30)
    assert [one.id for one in found] == ["sooner", "soon"]


def test_it_is_due_once_a_minute_of_the_clock():
    now, runs = [0], []
    due = Minutely(lambda: runs.append(now[0]), lambda: now[0])
    for now[0] in (0, 1_000, 59_999, 60_000, 90_000, 120_000, 5_000):
        due()
    assert runs == [0, 60_000, 120_000, 5_000], "a clock set back does not stop it"


def test_what_fails_is_tried_again_a_minute_later():
    now, runs = [0], []

    def fail():
        runs.append(now[0])
        raise ValueError("no disk")

    due = Minutely(fail, lambda: now[0])
    for now[0] in (0, 60_000):
        with pytest.raises(ValueError, match="no disk"):
            due()
    now[0] = 61_000
    due()
    assert runs == [0, 60_000]


def test_a_node_ticks_its_desks(tmp_path, monkeypatch):
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.05)
    now = [midnight(START) + 36_000_000]
    with Node(tmp_path, Config(domains=("enforcement",)), clock=lambda: now[0]) as node:
        desk = node.desks["enforcement"]
        letter = desk.letters.send("opinion_request", "S1", "fire", "", "请出具意见", "li")
        now[0] += 30 * 86_400_000
        deadline = time.monotonic() + 10
        steps = []
        while time.monotonic() < deadline and "letter.overdue" not in steps:
            time.sleep(0.05)
            steps = [step.kind for step in views.story(node.ledger, letter)]
        assert steps == ["letter.sent", "letter.overdue"]
