"""Reports that say the same, answers with reasons that name nobody, reports that are an attack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from databases import with_tables
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import desk as desks
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.process_tables import appeal, report
from process_house import DAY, HOUR, LI, START, WANG, ZHAO, ProcessHouse, mute


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


def take(house: ProcessHouse, reporter: str | None = "a", at: int = START, **said: Any) -> str:
    whole = {"category": "insult", "channel": "web", "about": "victim", "subject": "f1", **said}
    return house.complaints.receive(Complaint(reporter=reporter, **whole), "web", at)


def same(house: ProcessHouse, identity: str) -> str | None:
    (row,) = house.rows(report, id=identity)
    found: str | None = row["same"]
    return found


def test_alike_is_what_says_the_same_of_the_same_people(house: ProcessHouse) -> None:
    first = same(house, take(house, "a", words="滚出去 垃圾"))
    assert first is not None
    assert same(house, take(house, "b", words=" 滚出去\u3000垃圾 ")) == first
    assert same(house, take(house, "c", words="滾出去 垃圾", category="threat")) == first
    assert same(house, take(house, "d", words="别的话")) != first
    assert same(house, take(house, "e", words="滚出去 垃圾", subject="f2")) != first
    assert same(house, take(house, "f", words="滚出去 垃圾", about=None)) != first
    by_content = same(house, take(house, "g", content="post/1", words="x"))
    assert same(house, take(house, "h", content="post/1", words="y")) == by_content
    bare = same(house, take(house, "i"))
    assert same(house, take(house, "j")) == bare
    assert same(house, take(house, "k", category="threat")) != bare
    nothing = {"about": None, "subject": None}
    assert same(house, take(house, "l", **nothing)) is None
    assert same(house, take(house, "m", words="x", **nothing)) is not None


def test_what_is_alike_joins_and_is_answered_together(house: ProcessHouse) -> None:
    case = house.pile_on()
    alike = [take(house, f"a{n}", START + n, words="x") for n in range(3)]
    other = take(house, "b", words="y")
    assert house.complaints.join(alike[1], case, "li", START + HOUR, "alike") == 3
    assert {row["id"] for row in house.rows(report, status="joined")} == set(alike)
    told = house.complaints.answer(alike[0], "handled", "They have talked.", "li", START, "alike")
    assert told == 3
    assert {row["status"] for row in house.rows(report, id=other)} == {"waiting"}
    assert len(house.box.told("report_outcome")) == 3
    with pytest.raises(IllegalStepError):
        house.complaints.answer(alike[0], "handled", "again", "li", START, "alike")


def test_nobody_joins_the_case_of_somebody_else_with_the_others(house: ProcessHouse) -> None:
    case = house.pile_on()
    mine, foreign = take(house, "a"), take(house, "b", about="someone")
    with pytest.raises(IllegalStepError) as refused:
        house.complaints.join(mine, case, "li", START, "subject")
    assert refused.value.rule == "same_person"
    assert {row["status"] for row in house.rows(report)} == {"waiting"}, "all or none"
    assert house.complaints.join(mine, case, "li", START) == 1
    assert house.rows(report, id=foreign)[0]["case"] is None


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        (" ", "reasons_given"),
        ("aunt was right", "names_nobody"),
        ("@f1: no", "names_nobody"),
        ("we asked victim", "names_nobody"),
    ],
)
def test_a_reason_is_given_and_names_nobody(house: ProcessHouse, reason: str, rule: str) -> None:
    identity = take(house, "aunt")
    with pytest.raises(IllegalStepError) as refused:
        house.complaints.answer(identity, "not_upheld", reason, "li", START)
    assert refused.value.rule == rule
    assert house.rows(report)[0]["status"] == "waiting"


def test_an_answer_says_where_it_stands_until_the_report_is_open_again(house: ProcessHouse) -> None:
    case, identity = house.pile_on(), take(house)
    house.complaints.join(identity, case, "li", START)
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START + HOUR)
    (row,) = house.rows(report)
    entry = next(e for e in house.ledger.entries() if e.kind == "report.answered")
    assert (row["outcome"], row["answer_index"]) == ("upheld", entry.index)
    house.decisions.reverse(made, (), "wrong", LI, START + 2 * HOUR)
    (row,) = house.rows(report)
    assert (row["status"], row["outcome"], row["answer_index"]) == ("joined", None, None)
    assert audit_tables(house.engine).ok


def test_routing_on_needs_no_reason_and_says_who_is_competent(house: ProcessHouse) -> None:
    identity = take(house)
    house.complaints.answer(identity, "routed", "", "li", START, "one", "警察 / The police")
    (row,) = house.rows(report)
    assert (row["outcome"], row["route"]) == ("routed", "警察 / The police")
    assert house.box.notices[-1][2]["route"] == {"zh": "警察", "en": "The police"}


@pytest.mark.parametrize(
    ("ended", "attackers", "witness"),
    [
        ("settled", "not_upheld", "handled"),
        ("subsided", "handled", "handled"),
        ("false_positive", None, "not_upheld"),
    ],
)
def test_reports_against_the_harmed_are_answered_as_the_attack_that_they_were(
    house: ProcessHouse, ended: Any, attackers: str | None, witness: str
) -> None:
    case = house.find({}, kind="bullying.report_flood", stage="warn")
    attack = {"about": None, "subject": "victim"}
    against = [take(house, f"a{n}", START + n, **attack) for n in range(3)]
    aside = take(house, "b", subject=None, category="false_reports")
    house.complaints.join(against[0], case, "li", START, "subject")
    house.complaints.join(aside, case, "li", START)
    house.casework.close_case(case, ended, "mass reporting", LI, START + HOUR)
    outcomes = {row["id"]: row["outcome"] for row in house.rows(report)}
    assert {outcomes[one] for one in against} == {attackers}
    assert outcomes[aside] == witness
    if attackers is None:  # the alarm was false: each is still to be weighed
        house.complaints.answer(
            against[0], "not_upheld", "No rule is broken.", "li", START, "alike"
        )
        assert {row["status"] for row in house.rows(report)} == {"answered"}


def test_a_measure_upholds_no_report_against_the_harmed(house: ProcessHouse) -> None:
    case = house.pile_on()
    against = take(house, "a", about=None, subject="victim")
    for_her = take(house, "b")
    house.complaints.join(against, case, "li", START)
    house.complaints.join(for_her, case, "li", START)
    house.decisions.decide(case, mute(house.token("f1")), LI, START + HOUR)
    outcomes = {row["id"]: row["outcome"] for row in house.rows(report)}
    assert outcomes == {against: None, for_her: "upheld"}


# -- an answer that is contested -------------------------------------------------------------------


def test_an_answer_is_contested_once_and_given_anew_by_somebody_else(house: ProcessHouse) -> None:
    one = take(house)
    contest = house.redress.contest_report
    assert refused(contest, one, "why", START) == "status"
    house.complaints.answer(one, "not_upheld", "Nothing was found.", "li", START + HOUR)
    assert refused(contest, one, "\u200b", START + HOUR) == "reasons_given"
    assert refused(contest, one, "why", START + 400 * DAY) == "in_time"
    assert contest(one, "Look at the second picture.", START + 2 * HOUR) == one
    (row,) = house.rows(report)
    assert (row["status"], row["outcome"], row["first_by"]) == ("waiting", None, "li")
    assert row["due_at"] > START + 2 * HOUR
    again = ("upheld", "There it is.")
    assert refused(house.complaints.answer, one, *again, "li", START + DAY) == "another_person"
    house.complaints.answer(one, *again, "wang", START + DAY)
    assert refused(contest, one, "why", START + DAY) == "contested_once"
    token = house.token("a")
    assert house.box.told("report_outcome") == [token, token]
    assert ["contest_by" in params for _, _, params in house.box.notices] == [
        *(False, True, False, False),
    ]
    assert house.ledger.rebuild() == house.ledger.size
    with pytest.raises(KeyError):
        contest("r_nonsense", "why", START)


def test_where_there_is_a_decision_contesting_the_answer_is_an_appeal(house: ProcessHouse) -> None:
    case = house.pile_on()
    one, by_phone = take(house), take(house, reporter=None, channel="phone", contact="138")
    for each in (one, by_phone):
        house.complaints.join(each, case, "li", START)
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START + HOUR)
    filed = house.redress.contest_report(one, "A day is too little.", START + 2 * HOUR)
    (row,) = house.rows(appeal)
    assert (filed, row["decision"], row["party"]) == (row["id"], made, "reporter")
    assert house.redress.contest_report(by_phone, "Too little.", START + 2 * HOUR) == by_phone
    assert refused(house.complaints.join, by_phone, case, "li", START + DAY) == "another_person"


def test_what_others_judge_is_not_contested_here(house: ProcessHouse) -> None:
    one = take(house, category="fraud", route="police")
    assert refused(house.redress.contest_report, one, "why", START) == "judged_here"
    assert house.box.told("report_receipt") == [], "it is answered at once"


def refused(step: Any, *args: Any) -> str:
    with pytest.raises(IllegalStepError) as error:
        step(*args)
    return error.value.rule


def test_a_contested_report_holds_up_nobody_s_decision(house: ProcessHouse) -> None:
    case, one = house.pile_on(), take(house)
    house.complaints.answer(one, "not_upheld", "Nothing was found.", "li", START)
    house.redress.contest_report(one, "Look again.", START + 1)
    house.complaints.join(one, case, "wang", START + 2)
    house.decisions.decide(case, mute(house.token("f2")), LI, START + HOUR)
    house.decisions.decide(case, mute(house.token("f1")), LI, START + HOUR + 1)
    (row,) = house.rows(report)
    assert (row["status"], row["outcome"]) == ("joined", None), "not by whose answer was contested"
    house.casework.close_case(case, "settled", "They made up.", WANG, START + 2 * HOUR)
    (row,) = house.rows(report)
    assert (row["outcome"], row["answered_by"]) == ("handled", "wang")


def test_who_answered_the_report_does_not_answer_the_appeal(house: ProcessHouse) -> None:
    case, one = house.pile_on(), take(house, subject="friend")
    house.complaints.join(one, case, "li", START)
    house.decisions.decide(case, mute(house.token("f2")), LI, START + HOUR)
    house.complaints.answer(one, "not_upheld", "He stood up for her.", "zhao", START + HOUR)
    filed = house.redress.contest_report(one, "He did not.", START + 2 * HOUR)
    late = START + 3 * HOUR
    answer = (filed, "upheld", (), "He did.")
    assert refused(house.redress.answer, *answer, ZHAO, late) == "another_person"
    house.redress.answer(*answer, WANG, late)


def test_the_way_to_contest_is_open_as_long_as_was_promised(house: ProcessHouse) -> None:
    case, one = house.pile_on(), take(house, subject="friend")
    house.complaints.join(one, case, "li", START)
    made = house.decisions.decide(case, mute(house.token("f2")), LI, START)
    answered = START + 30 * DAY
    house.complaints.answer(one, "not_upheld", "He stood up for her.", "zhao", answered)
    early, late = START + 40 * DAY, START + 200 * DAY
    way = house.redress.contest_route(one, early)
    assert (way.decision, way.until) == (made, START + 180 * DAY)
    way = house.redress.contest_route(one, late)
    assert (way.decision, way.refused, way.until) == (None, "", answered + 180 * DAY)
    filed = house.redress.contest_report(one, "He did not.", early)
    way = house.redress.contest_route(one, early)
    assert (way.refused, way.appeal) == ("contested_once", filed)


def test_the_answer_is_the_confirmer_s_step(house: ProcessHouse) -> None:
    case, one = house.pile_on(), take(house, subject="inciter")
    house.complaints.join(one, case, "li", START)
    order = Order(key="close", subjects=house.tokens("inciter"), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="A threat to kill.", ground="threat")
    house.decisions.confirm(house.decisions.decide(case, asking, WANG, START), ZHAO, START + 1)
    assert house.rows(report)[0]["answered_by"] == "zhao"


def test_who_is_due_a_rest_answers_no_report(house: ProcessHouse) -> None:
    desk = msgspec.structs.replace(house.policy.desk, cases_per_day=1)
    house.policy = msgspec.structs.replace(house.policy, desk=desk)
    first, second = take(house), take(house, "b", subject="f2")
    house.complaints.answer(first, "handled", "Talked it over.", "li", START)
    answer = (second, "handled", "Talked it over.", "li", START + 1)
    assert refused(house.complaints.answer, *answer) == "not_spent"


def test_news_while_a_decision_waits_is_to_be_judged_afterwards(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(key="close", subjects=house.tokens("inciter"), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="A threat to kill.", ground="threat")
    made = house.decisions.decide(case, asking, WANG, START)
    assert desks.next_case(house.engine, "li", START) is None
    house.find({"g1": "follower"}, at=START + 1, first=50, joins=case)
    assert desks.next_case(house.engine, "li", START + 1) is None
    house.decisions.confirm(made, ZHAO, START + 2)
    assert desks.next_case(house.engine, "li", START + 2) == case
