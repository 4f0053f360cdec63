"""Rules that a person switched on: bounded, suppressed when in doubt, never severe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from databases import Databases, with_tables
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.policy import CasePolicy
from lianzhi.office.actor import Actor
from lianzhi.office.automation import rule_name, rules_of
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store.process_tables import decision, measure, rule_mode, strike
from process_house import DAY, HOUR, LI, START, WANG, ProcessHouse, mute

FOLLOWERS = rule_name("bullying.pile_on", "mute", "follower")


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


def switched(house: ProcessHouse, rule: str = FOLLOWERS, mode: str = "queued") -> None:
    house.automation.switch(rule, mode, "tried in shadow for a week", WANG, START - DAY)  # type: ignore[arg-type]


def act(house: ProcessHouse, case: str, now: int = START + 1000, found: int = START) -> None:
    with house.ledger.batch() as batch:
        house.automation.act(batch, case, found, found - HOUR, now)


def with_bounds(policy: CasePolicy, **bounds: Any) -> CasePolicy:
    return msgspec.structs.replace(
        policy, automation=msgspec.structs.replace(policy.automation, **bounds)
    )


def test_rules_are_born_in_shadow(house: ProcessHouse) -> None:
    case = house.pile_on()
    act(house, case)
    assert not house.rows(decision)
    assert not house.rows(measure)
    names = rules_of(house.policy)
    assert FOLLOWERS in names
    assert {rule.kind for rule in names.values()} == {"bullying.pile_on"}


def test_a_rule_switched_on_decides_with_reasons_ground_and_notice(house: ProcessHouse) -> None:
    switched(house)
    act(house, house.pile_on())
    (made,) = house.rows(decision)
    assert (made["by"], made["rule"], made["automated_decision"], made["measures"]) == (
        *(FOLLOWERS, FOLLOWERS, True, 3),
    )
    facts = house.ledger.vault.text(made["index"], "facts")
    assert facts
    assert "证据" in facts
    assert "evidence" in facts
    assert {row["status"] for row in house.rows(measure)} == {"ordered"}
    assert len(house.box.told("decision")) == 3
    assert len(house.rows(strike)) == 3


def test_nobody_is_measured_twice_for_one_incident(house: ProcessHouse) -> None:
    switched(house)
    case = house.pile_on()
    act(house, case)
    act(house, case, now=START + HOUR)
    assert len(house.rows(measure)) == 3


def test_only_a_person_switches_and_tells_why(house: ProcessHouse) -> None:
    for actor, reason in ((Actor("key", person=False), "because"), (LI, "  ")):
        with pytest.raises(IllegalStepError):
            house.automation.switch(FOLLOWERS, "queued", reason, actor, START)
    with pytest.raises(KeyError):
        house.automation.switch("bullying.pile_on/mute/defender", "queued", "why", LI, START)
    with pytest.raises(ValueError, match="mode"):
        house.automation.switch(FOLLOWERS, "loud", "why", LI, START)  # type: ignore[arg-type]
    switched(house)
    switched(house, mode="shadow")
    assert [row["mode"] for row in house.rows(rule_mode)] == ["shadow"]
    act(house, house.pile_on())
    assert not house.rows(measure)


def suppressed(house: ProcessHouse) -> set[str]:
    rows = house.rows(measure)
    assert {row["status"] for row in rows} == {"suppressed"}
    assert not house.rows(decision)
    assert not house.rows(strike)
    assert not house.box.measures
    assert not house.box.notices
    return {row["why"] for row in rows}


def test_the_circuit_breaker_caps_a_rule_by_day(house: ProcessHouse) -> None:
    house.policy = with_bounds(house.policy, most_per_day=4)
    switched(house)
    act(house, house.pile_on())
    act(house, house.find({"g1": "follower", "g2": "follower"}, about="b", at=START + 5, first=50))
    rows = house.rows(measure)
    assert sorted(row["status"] for row in rows) == ["ordered"] * 3 + ["suppressed"] * 2
    assert {row["why"] for row in rows if row["status"] == "suppressed"} == {"breaker"}
    tomorrow = START + DAY
    act(
        house,
        house.find({"h1": "follower"}, about="c", at=tomorrow, first=60),
        tomorrow + 1000,
        tomorrow,
    )
    assert sum(row["status"] == "ordered" for row in house.rows(measure)) == 4


def test_what_was_kept_back_is_tried_again_with_the_next_finding_and_told_once(
    house: ProcessHouse,
) -> None:
    policy = house.policy
    house.policy = with_bounds(policy, most_per_day=2)
    switched(house)
    case = house.pile_on()
    for hour in range(2):
        act(house, case, START + hour * HOUR + 1000, START + hour * HOUR)
    assert suppressed(house) == {"breaker"}
    assert len(house.rows(measure)) == 3
    act(house, case, START + 3 * HOUR, START)
    assert suppressed(house) == {"breaker", "stale"}
    house.policy = policy
    act(house, case, START + DAY, START + DAY)
    rows = house.rows(measure, status="ordered")
    assert {row["subject"] for row in rows} == set(house.tokens("f1", "f2", "f3"))
    assert len(house.rows(measure, status="suppressed")) == 6


def test_a_rule_leaves_alone_whom_a_person_has_decided_on(house: ProcessHouse) -> None:
    switched(house)
    case = house.pile_on()
    house.decisions.decide(case, mute(house.token("f1")), LI, START)
    act(house, case)
    assert [row["rule"] for row in house.rows(measure)] == [""], "the others were seen and spared"
    house.find({"f4": "follower", "f2": "follower"}, at=START + HOUR, first=50, joins=case)
    act(house, case, START + HOUR + 1000, START + HOUR)
    assert [row["subject"] for row in house.rows(measure, rule=FOLLOWERS)] == [house.token("f4")]


def test_nothing_done_by_a_person_is_nothing_done_by_a_rule(house: ProcessHouse) -> None:
    switched(house)
    case = house.pile_on()
    spared = DecisionRequest(orders=(), facts="It was banter among friends.", ground="harassment")
    house.decisions.decide(case, spared, LI, START)
    act(house, case)
    assert not house.rows(measure)


def test_one_account_keeps_a_rule_back_for_itself_alone(house: ProcessHouse) -> None:
    switched(house)
    followers = {f"f{n}": "follower" for n in range(1, 4)}
    act(house, house.find(followers, silent=("f1",)))  # type: ignore[arg-type]
    rows = house.rows(measure)
    assert {row["subject"]: row["status"] for row in rows} == {
        house.token("f1"): "suppressed",
        house.token("f2"): "ordered",
        house.token("f3"): "ordered",
    }
    assert [row["why"] for row in rows if row["why"]] == ["own_act"]


def test_a_worse_part_in_the_same_incident_is_for_a_person_to_weigh(house: ProcessHouse) -> None:
    switched(house)
    switched(house, rule_name("bullying.pile_on", "mute", "inciter"))
    case = house.pile_on()
    act(house, case)
    house.find({"f1": "inciter"}, at=START + HOUR, first=50, joins=case)
    act(house, case, START + HOUR + 1000, START + HOUR)
    assert [row["hours"] for row in house.rows(measure, subject=house.token("f1"))] == [24]


def test_a_rule_whose_terms_have_changed_is_in_shadow_again(house: ProcessHouse) -> None:
    switched(house)
    longer = tuple(
        msgspec.structs.replace(one, hours=2160) if one.to == "follower" else one
        for one in house.policy.proposals
    )
    house.policy = msgspec.structs.replace(house.policy, proposals=longer)
    act(house, house.pile_on())
    assert not house.rows(measure)
    switched(house)
    act(house, house.case_of("victim"))
    assert len(house.rows(measure)) == 3


def test_who_attacks_again_in_another_incident_is_measured_again(house: ProcessHouse) -> None:
    switched(house)
    case = house.pile_on()
    act(house, case)
    later = START + 5 * DAY
    house.measures.lapse(later)
    house.find({"f1": "follower"}, at=later, first=50, joins=case)
    act(house, case, later + 1000, later)
    assert len(house.rows(measure, subject=house.token("f1"))) == 2


def test_a_rule_leaves_alone_whom_a_program_has_measured(house: ProcessHouse) -> None:
    switched(house)
    case = house.pile_on()
    house.decisions.decide(case, mute(house.token("f1")), Actor("key:bot", person=False), START)
    act(house, case)
    assert len(house.rows(measure, subject=house.token("f1"))) == 1
    assert len(house.rows(measure, rule=FOLLOWERS)) == 2


def test_shadow_does_not_use_up_a_program_s_day(house: ProcessHouse) -> None:
    house.policy = with_bounds(house.policy, most_per_day=2)
    case, program = house.pile_on(), Actor("key:bot", person=False)
    shadow = mute(*house.tokens("f1", "f2", "f3"), mode="shadow")
    house.decisions.decide(case, shadow, program, START)
    house.decisions.decide(case, mute(house.token("f1")), program, START + 1)


def test_a_program_is_bounded_as_a_rule_is(house: ProcessHouse) -> None:
    house.policy = with_bounds(house.policy, most_per_day=2)
    case, program = house.pile_on(), Actor("key:bot", person=False)
    house.decisions.decide(case, mute(*house.tokens("f1", "f2")), program, START)
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.decide(case, mute(house.token("f3")), program, START + 1)
    assert refused.value.rule == "breaker"
    house.decisions.decide(case, mute(house.token("f3")), program, START + DAY)
    assert {row["rule"] for row in house.rows(measure)} == {"key:bot"}


def test_an_old_finding_orders_nothing(house: ProcessHouse) -> None:
    switched(house)
    act(house, house.pile_on(), now=START + 2 * HOUR)
    assert suppressed(house) == {"stale"}


def test_a_guard_that_says_no_or_fails_suppresses_the_effect(
    house: ProcessHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched(house)
    case = house.pile_on()
    entries = house.ledger.size

    def broken(*args: Any) -> Any:
        raise RuntimeError("the ground cannot be looked up")

    monkeypatch.setattr(type(house.office.grounds), "cite", broken)
    act(house, case)
    assert suppressed(house) == {"failed"}
    assert house.ledger.size == entries + 3
    house.ledger.rebuild()
    assert suppressed(house) == {"failed"}


def test_a_ladder_climbs_with_strikes_and_stops_where_a_person_is_needed(
    house: ProcessHouse,
) -> None:
    switched(house)
    switched(house, rule_name("bullying.pile_on", "mute", "inciter"))
    for n in range(3):
        at = START + n * DAY
        case = house.pile_on(about=f"v{n}", at=at, first=100 * n)
        act(house, case, at + 1000, at)
    hours = [row["hours"] for row in house.rows(measure, subject=house.token("f1"))]
    assert hours == [24, 24, 72]  # two strikes within the window make the next rung
    own = house.rows(measure, subject=house.token("inciter"))
    assert [(row["key"], row["hours"]) for row in own] == [
        *(("mute", 168), ("mute", 168), ("mute", 720)),
    ]
    at = START + 4 * DAY
    case = house.pile_on(about="v9", at=at, first=900)
    act(house, case, at + 1000, at)
    last = house.rows(measure, subject=house.token("inciter"))[-1]
    assert (last["key"], last["status"], last["why"]) == (
        *("freeze", "suppressed", "severe_by_person"),
    )


def test_old_and_removed_strikes_do_not_count(house: ProcessHouse) -> None:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(house.token("f1"), hours=24), LI, START)
    house.decisions.reverse(made, (), "wrong", LI, START + HOUR)
    again = house.pile_on(about="v2", at=START + 2 * HOUR, first=100)
    house.decisions.decide(again, mute(*house.tokens("f1", "f2")), LI, START + 3 * HOUR)
    switched(house)
    for n, at in enumerate((START + DAY, START + 120 * DAY)):
        case = house.pile_on(about=f"w{n}", at=at, first=1000 + 100 * n)
        act(house, case, at + 1000, at)
    assert [
        row["hours"] for row in house.rows(measure, subject=house.token("f1"), rule=FOLLOWERS)
    ] == [
        *(24, 24),
    ]
