"""What is taken back: measures, strikes, what reporters were told; and what always holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from databases import Databases, with_tables
from lianzhi.chain.guards import validate
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.chain.policy import CasePolicy
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import evidence_rows
from lianzhi.store.process_tables import appeal, decision, measure, report, strike
from lianzhi.store.tables import entry, payload, vault_text
from lianzhi.store.views_tables import case as case_table
from process_house import DAY, HOUR, LI, START, WANG, ZHAO, ProcessHouse, Rulebook, mute


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


def refused(step: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(IllegalStepError) as error:
        step(*args, **more)
    return error.value.rule


def hide(*items: str) -> DecisionRequest:
    order = Order(key="hide", hours=24, items=items)
    return DecisionRequest(orders=(order,), facts="An insult.", ground="harassment")


# -- content --------------------------------------------------------------------------------------


def test_a_hidden_comment_is_its_author_s_to_contest_when_the_harmed_is_erased(
    house: ProcessHouse,
) -> None:
    case = house.pile_on()
    item, token = house.acts(case, "f1")[0], house.token("f1")
    made = house.decisions.decide(case, hide(item), LI, START)
    filed = house.redress.file(made, "affected", "f1", "It was a quotation.", START + HOUR)
    house.ledger.erase("victim", START + HOUR)
    house.redress.answer(filed, "overturned", (), "It was.", WANG, START + 2 * HOUR)
    (row,) = house.rows(measure)
    assert (row["subject"], row["status"], row["acted_at"]) == (token, "lifted", START)
    assert house.rows(strike)[0]["removed_at"] == START + 2 * HOUR
    assert house.rows(decision)[0]["status"] == "reversed"
    assert house.box.told("measure_ended") == [token]


def test_what_has_no_copy_left_is_not_hidden(house: ProcessHouse) -> None:
    case = house.pile_on()
    item = house.acts(case, "f1")[0]
    house.ledger.erase("victim", START + HOUR)
    assert refused(house.decisions.decide, case, hide(item), LI, START + HOUR) == "answerable_only"
    for odd in (f"{item}x", "f", "f/", "/3", ""):
        assert refused(house.decisions.decide, case, hide(odd), LI, START) == "answerable_only"


# -- appeals and reversals ------------------------------------------------------------------------


def test_an_appeal_that_waits_is_answered_though_the_decision_was_taken_back(
    house: ProcessHouse,
) -> None:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(*house.tokens("f1", "f2")), LI, START)
    filed = house.redress.file(made, "affected", "f1", "It was not me.", START + HOUR)
    house.decisions.reverse(made, (), "It was not.", LI, START + 2 * HOUR)
    late = START + 3 * HOUR
    assert refused(house.redress.file, made, "affected", "f2", "Nor me.", late) == "status"
    house.redress.answer(filed, "overturned", (), "You were right.", WANG, late)
    assert house.rows(appeal)[0]["status"] == "overturned"
    assert house.rows(decision)[0]["reversed_at"] == START + 2 * HOUR
    house.casework.close_case(case, "false_positive", "nothing in it", LI, late)


def test_one_reversal_leaves_what_others_did_standing(house: ProcessHouse) -> None:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(*house.tokens("f1", "f2")), LI, START)
    filed = house.redress.file(made, "affected", "f1", "It was not me.", START + HOUR)
    house.measures.lapse(START + 2 * DAY)
    house.redress.answer(filed, "overturned", (), "It was not.", WANG, START + 2 * DAY)
    assert house.rows(decision)[0]["status"] == "partly_reversed", "the other was rightly muted"
    undone = {row["subject"]: row["undone_at"] for row in house.rows(measure)}
    assert undone == {house.token("f1"): START + 2 * DAY, house.token("f2"): None}
    house.ledger.rebuild()
    assert undone == {row["subject"]: row["undone_at"] for row in house.rows(measure)}


def test_a_false_positive_takes_back_what_is_long_over(house: ProcessHouse) -> None:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START)
    house.measures.lapse(START + 2 * DAY)
    close = ("false_positive", "nothing in it", LI, START + 2 * DAY)
    assert refused(house.casework.close_case, case, *close) == "false_positive_spares"
    house.decisions.reverse(made, (), "It was banter.", LI, START + 2 * DAY)
    house.casework.close_case(case, *close)
    assert house.rows(strike)[0]["removed_at"] == START + 2 * DAY


def test_what_goes_on_is_not_said_to_have_ended(house: ProcessHouse) -> None:
    case = house.pile_on()
    token = house.token("f1")
    house.decisions.decide(case, mute(token, hours=24), LI, START)
    house.decisions.decide(case, mute(token, hours=72), LI, START + HOUR)
    house.measures.lapse(START + DAY)
    assert not house.box.told("measure_ended")
    assert [sequence for _, sequence, _ in house.box.measures] == [1, 1, 2], "the platform is told"
    house.measures.lapse(START + 4 * DAY)
    assert house.box.told("measure_ended") == [token]


def test_a_program_lifts_nothing_that_took_two_people(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(key="close", subjects=house.tokens("inciter"), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="A threat to kill.", ground="threat")
    house.decisions.confirm(house.decisions.decide(case, asking, WANG, START), ZHAO, START + 1)
    (row,) = house.rows(measure)
    program = Actor("key:bot", person=False)
    lift = (row["id"], "a bug", program, START + HOUR)
    assert refused(house.measures.lift, *lift) == "severe_by_person"
    house.measures.lift(row["id"], "She has said sorry.", ZHAO, START + HOUR)


# -- what reporters are told ----------------------------------------------------------------------


def reported(house: ProcessHouse, case: str, reporter: str, subject: str | None) -> str:
    complaint = Complaint(
        category="insult", channel="web", reporter=reporter, about="victim", subject=subject
    )
    made = house.complaints.receive(complaint, "web", START)
    house.complaints.join(made, case, "li", START)
    return made


def outcomes(house: ProcessHouse) -> dict[str, str | None]:
    return {row["id"]: row["outcome"] for row in house.rows(report)}


def test_a_report_is_upheld_by_a_measure_on_whom_it_is_against(house: ProcessHouse) -> None:
    case = house.pile_on()
    first, second = reported(house, case, "a", "f1"), reported(house, case, "b", "f2")
    troll, open_ = reported(house, case, "troll", "friend"), reported(house, case, "c", None)
    made = house.decisions.decide(case, mute(*house.tokens("f1", "f2")), LI, START)
    house.decisions.decide(case, mute(house.token("f3"), mode="shadow"), LI, START + 1)
    assert outcomes(house) == {first: "upheld", second: "upheld", open_: "upheld", troll: None}
    filed = house.redress.file(made, "affected", "f1", "It was not me.", START + HOUR)
    house.redress.answer(filed, "overturned", (), "It was not.", WANG, START + 2 * HOUR)
    assert outcomes(house) == {first: None, second: "upheld", open_: "upheld", troll: None}
    house.decisions.reverse(made, (), "All of it was banter.", LI, START + 3 * HOUR)
    assert set(outcomes(house).values()) == {None}, "what is only in shadow bears nothing out"


def test_reporters_of_a_closed_case_are_told_when_it_turns_out_otherwise(
    house: ProcessHouse,
) -> None:
    case = house.pile_on()
    made, one = "", reported(house, case, "aunt", "f1")
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START)
    house.casework.close_case(case, "settled", "They made up.", LI, START + HOUR)
    filed = house.redress.file(made, "affected", "f1", "It was not me.", START + 2 * HOUR)
    house.redress.answer(filed, "overturned", (), "It was not.", WANG, START + 3 * HOUR)
    assert outcomes(house) == {one: "not_upheld"}
    assert house.box.told("report_outcome") == [house.token("aunt")] * 2
    with pytest.raises(IllegalStepError):
        reported(house, case, "late", "f1")


def test_a_pack_of_the_case_cannot_name_who_reported(house: ProcessHouse) -> None:
    case = house.pile_on()
    reported(house, case, "aunt", "f1")
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START)
    house.casework.close_case(case, "settled", "They made up.", LI, START + 1)
    filed = house.redress.file(made, "reporter", "aunt", "I, her sister, saw more.", START + HOUR)
    house.redress.answer(filed, "overturned", (), "She saw it.", WANG, START + 2 * HOUR)
    by_phone = Complaint(category="insult", channel="phone", about="victim", contact="1")
    other = house.complaints.receive(by_phone, "li", START)
    house.complaints.join(other, case, "li", START + 3 * HOUR)
    house.complaints.answer(other, "not_upheld", "Nothing was found.", "li", START + 3 * HOUR)
    house.redress.contest_report(other, "I, her sister, saw it.", START + 4 * HOUR)
    token = house.token("aunt")
    with house.engine.connect() as connection:
        query = select(entry.c.kind, payload.c.body)
        rows = connection.execute(query.join(payload, payload.c.index == entry.c.index))
        told = {kind for kind, body in rows if token.encode() in body}
        assert told == {"report.received", "appeal.filed"}
        steps = evidence_rows.steps(connection, case)
        kinds = list(connection.scalars(select(entry.c.kind).where(entry.c.index.in_(steps))))
        texts = select(vault_text.c.body).where(vault_text.c.index.in_(steps))
        assert not any(b"sister" in one or b"She saw" in one for one in connection.scalars(texts))
        bodies = select(payload.c.body).where(payload.c.index.in_(steps))
        assert not any(filed.encode() in one for one in connection.scalars(bodies))
    assert "case.reopened" in kinds
    assert not {"report.contested", "appeal.filed", "appeal.answered"}.intersection(kinds)


# -- reasons and grounds --------------------------------------------------------------------------


@pytest.mark.parametrize("facts", ["\u200b\u3164", "\x07 insult", f"p_{'0' * 32} wrote it", "\n\t"])
def test_reasons_are_words_that_everybody_can_read(house: ProcessHouse, facts: str) -> None:
    case = house.pile_on()
    asking = msgspec.structs.replace(mute(house.token("f1")), facts=facts)
    assert refused(house.decisions.decide, case, asking, LI, START) == "reasons_given"


def test_reasons_and_answers_name_neither_who_reported_nor_who_took_part(
    house: ProcessHouse,
) -> None:
    case = house.pile_on()
    reported(house, case, "aunt_mei_77", "f1")
    good = mute(house.token("f1"))
    for name in ("aunt_mei_77", "victim", "friend"):
        asking = msgspec.structs.replace(good, facts=f"Reported by {name}.")
        assert refused(house.decisions.decide, case, asking, LI, START) == "names_nobody"
    made = house.decisions.decide(case, good, LI, START)
    filed = house.redress.file(made, "affected", "f1", "Who says so?", START + HOUR)
    answer = ("upheld", (), "aunt_mei_77 says so.", WANG, START + HOUR)
    assert refused(house.redress.answer, filed, *answer) == "names_nobody"
    house.redress.answer(filed, "upheld", (), "f1 wrote it.", WANG, START + HOUR)


def test_the_rule_of_the_day_of_the_act_counts_not_that_of_the_case(house: ProcessHouse) -> None:
    case = house.pile_on()
    house.find({"old": "follower"}, at=START - 20 * DAY, first=70, joins=case)
    Rulebook.since, before = START - 2 * DAY, Rulebook.since
    try:
        house.decisions.decide(case, mute(house.token("f1")), LI, START)
        asking = mute(*house.tokens("f2", "old"))
        assert refused(house.decisions.decide, case, asking, LI, START) == "ground_in_force"
    finally:
        Rulebook.since = before
    assert [row["acted_at"] for row in house.rows(measure)] == [START]


def test_the_growth_of_an_incident_that_was_judged_opens_no_case(house: ProcessHouse) -> None:
    first, second = START - HOUR, START + DAY
    case = house.pile_on()
    house.find({"g1": "follower"}, at=second + HOUR, since=second, first=50, joins=case)
    house.casework.close_case(case, "false_positive", "a fan club", LI, START + 2 * DAY)
    for n, since in enumerate((first, second)):
        at = START + 2 * DAY + n + 1
        house.find({"g2": "follower"}, at=at, since=since, first=80 + n, joins=case)
    assert len(house.rows(case_table)) == 1
    house.find({"g2": "follower"}, at=START + 3 * DAY, first=90, joins=case)
    assert len(house.rows(case_table)) == 2, "another incident is another matter"


# -- the floor ------------------------------------------------------------------------------------


def changed(policy: CasePolicy, **kind: Any) -> CasePolicy:
    first, *others = policy.types
    return msgspec.structs.replace(policy, types=(msgspec.structs.replace(first, **kind), *others))


def test_guards_that_always_hold_cannot_be_left_out(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(key="mute", hours=99_999, subjects=house.tokens("victim", "friend"))
    asking = DecisionRequest(orders=(order,), facts="why", ground="harassment")
    house.policy = changed(house.policy, guards={})
    assert refused(house.decisions.decide, case, asking, LI, START) == "within_limits"
    house.policy = msgspec.structs.replace(house.policy, types=())
    assert refused(house.decisions.decide, case, asking, LI, START) == "measures_allowed"
    good = mute(house.token("f1"))
    assert refused(house.decisions.decide, case, good, LI, START) == "measures_allowed"


def test_a_policy_with_an_unknown_step_or_three_persons_is_refused(house: ProcessHouse) -> None:
    validate(house.policy)
    near = r"unknown name 'decision.make' \(did you mean 'decision.made'\?\)"
    with pytest.raises(ValueError, match=near):
        validate(changed(house.policy, guards={"decision.make": ("not_leased",)}))
    told = msgspec.to_builtins(house.policy)
    told["measures"]["close"]["persons"] = 3
    with pytest.raises(msgspec.ValidationError, match="persons"):
        msgspec.convert(told, CasePolicy)
