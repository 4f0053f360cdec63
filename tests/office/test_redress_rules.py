"""Who may contest what, until when, and what an answer undoes: either side of each line."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from databases import with_tables
from lianzhi.chain.appeal import OUTCOMES, PARTIES
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.domains.bullying import rulebook
from lianzhi.law import basis
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.contest import contest
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.grounds import PublishedGrounds
from lianzhi.office.reversal import reverse_alone_in
from lianzhi.store.process_tables import appeal, decision, measure, strike
from lianzhi.store.views_tables import case as case_table
from process_house import DAY, LI, START, WANG, ZHAO, ProcessHouse, mute

WITHIN = 180 * DAY
LATER = START + DAY


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


def refused(step: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(IllegalStepError) as error:
        step(*args, **more)
    return error.value.rule


def muted(house: ProcessHouse, *accounts: str, mode: str = "queued") -> str:
    """A decision to mute these accounts; returns its id."""
    case = house.pile_on()
    return house.decisions.decide(case, mute(*house.tokens(*accounts), mode=mode), LI, START)


def ordered(token: str, *keys: Any) -> DecisionRequest:
    """A decision with these kinds of measure, or orders, on a token."""
    orders = tuple(
        key
        if isinstance(key, Order)
        else Order(key=key, hours=24, subjects=(token,), to="follower")
        for key in keys
    )
    return DecisionRequest(orders=orders, facts="why", ground="harassment")


def status(house: ProcessHouse) -> dict[str, str]:
    """Account -> status of its measure."""
    names = {house.token(name): name for name in ("f1", "f2", "f3", "loud")}
    return {names[row["subject"]]: row["status"] for row in house.rows(measure)}


# -- who may contest, and until when ---------------------------------------------------------------


def test_a_decision_is_contested_up_to_the_last_moment_and_not_later(house: ProcessHouse) -> None:
    made = muted(house, "f1", "f2")
    last = START + WITHIN
    assert refused(house.redress.file, made, "affected", "f1", "why", last + 1) == "in_time"
    filed = house.redress.file(made, "affected", "f1", "why", last)
    assert len(bytes.fromhex(filed.removeprefix("a_"))) * 8 == 96
    (row,) = house.rows(appeal)
    assert row["due_at"] == last + 15 * DAY
    assert house.box.told("appeal_receipt") == [house.token("f1")]


def test_parties_are_whom_it_affects_who_was_harmed_and_who_reported(house: ProcessHouse) -> None:
    made = muted(house, "f1")
    (case,) = house.rows(case_table)
    one = house.complaints.receive(
        Complaint(category="insult", channel="web", reporter="r", about="victim"), "web", START
    )
    house.complaints.join(one, case["id"], "li", START)
    everybody = {"affected": "f1", "harmed": "victim", "reporter": "r"}
    for party in PARTIES:
        for account in everybody.values():
            if account != everybody[party]:
                assert refused(house.redress.file, made, party, account, "x", LATER) == (
                    "party_to_it"
                )
    for party in PARTIES:
        house.redress.file(made, party, everybody[party], "why", LATER)


def test_whom_a_measure_would_have_concerned_is_no_party(house: ProcessHouse) -> None:
    made = muted(house, "f1", mode="shadow")
    assert refused(house.redress.file, made, "affected", "f1", "why", LATER) == "party_to_it"


def elsewhere(house: ProcessHouse, made: str, at: int, person: str = "f1") -> str:
    """The same decision before the authority above."""
    with house.ledger.batch() as batch:
        return house.redress.file_in(
            batch, made, "affected", house.token(person), "why", at, route="reconsideration"
        )


def test_another_body_judges_itself_who_may_ask_and_in_time(house: ProcessHouse) -> None:
    made = muted(house, "f1")
    filed = elsewhere(house, made, START + WITHIN + 1, "f2")
    assert house.box.told("appeal_receipt") == []
    assert refused(house.redress.answer, filed, "upheld", (), "so", WANG, LATER) == (
        "answered_elsewhere"
    )
    assert elsewhere(house, made, START + WITHIN + 2) != filed


@pytest.mark.parametrize("by", [LI, Actor("bot", person=False)])
@pytest.mark.parametrize(("outcome", "left"), [("upheld", "ordered"), ("overturned", "lifted")])
def test_what_another_body_answers_may_be_recorded_by_a_program_or_whoever_decided(
    house: ProcessHouse, outcome: Any, left: str, by: Actor
) -> None:
    made = muted(house, "f1", "f2")
    filed = elsewhere(house, made, LATER)
    with house.ledger.batch() as batch:
        house.redress.record_answer_in(batch, filed, outcome, "The court says so.", by, LATER)
    assert house.rows(appeal)[0]["status"] == outcome
    assert status(house) == {"f1": left, "f2": left}
    with pytest.raises(KeyError), house.ledger.batch() as batch:
        house.redress.record_answer_in(batch, "a_0", outcome, "so", LI, LATER)


# -- contesting what came of a report --------------------------------------------------------------


def reported(house: ProcessHouse, reporter: str | None = "r", *, joined: bool = True) -> str:
    """A report about the harmed person, answered a day after the decision on its case."""
    one = house.complaints.receive(
        Complaint(
            category="insult",
            channel="web" if reporter else "phone",
            reporter=reporter,
            about="victim",
            subject="friend",
        ),
        "web",
        START,
    )
    case = house.pile_on()
    if joined:
        house.complaints.join(one, case, "li", START)
    house.decisions.decide(case, mute(*house.tokens("f1")), LI, START)
    house.complaints.answer(one, "not_upheld", "He stood up for her.", "zhao", LATER)
    return one


def test_a_report_is_contested_as_an_appeal_while_the_decision_can_be(house: ProcessHouse) -> None:
    one = reported(house)
    (made,) = house.rows(decision)
    last = START + WITHIN
    assert made["contest_until"] == last
    route = house.redress.contest_route(one, last)
    assert (route.decision, route.account, route.until) == (made["id"], "r", last)
    route = house.redress.contest_route(one, last + 1)
    assert (route.decision, route.refused, route.until) == (None, "", LATER + WITHIN)
    assert house.redress.contest_route(one, LATER + WITHIN).refused == ""
    assert house.redress.contest_route(one, LATER + WITHIN + 1).refused == "in_time"


@pytest.mark.parametrize(("reporter", "joined"), [(None, True), ("r", False)])
def test_without_a_reporter_or_a_decision_the_report_itself_is_answered_anew(
    house: ProcessHouse, reporter: str | None, joined: bool
) -> None:
    one = reported(house, reporter, joined=joined)
    route = house.redress.contest_route(one, LATER)
    assert (route.decision, route.refused, route.account) == (None, "", "")
    assert house.redress.contest_report(one, "Look again.", LATER) == one
    assert house.rows(appeal) == []


def test_for_an_erased_reporter_the_report_itself_is_answered_anew(house: ProcessHouse) -> None:
    one = reported(house)
    house.ledger.erase("r", LATER)
    assert house.redress.contest_route(one, LATER).decision is None


def test_until_a_report_is_answered_there_is_nothing_to_contest(house: ProcessHouse) -> None:
    one = house.complaints.receive(
        Complaint(category="insult", channel="web", reporter="r", about="victim"), "web", START
    )
    route = house.redress.contest_route(one, LATER)
    assert (route.refused, route.until) == ("status", LATER + WITHIN)
    with pytest.raises(KeyError):
        house.redress.contest_route("r_0", LATER)


def test_who_answered_a_report_answers_no_appeal_of_its_reporter(house: ProcessHouse) -> None:
    one = reported(house)
    filed = house.redress.contest_report(one, "He did not.", LATER)
    answer = (filed, "upheld", (), "He did.")
    assert refused(house.redress.answer, *answer, ZHAO, LATER) == "another_person"
    harmed = house.redress.file(
        house.rows(decision)[0]["id"], "harmed", "victim", "Too little.", LATER
    )
    house.redress.answer(harmed, "upheld", (), "It is enough.", ZHAO, LATER)


# -- what an answer undoes -------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("party", ["affected", "harmed"])
def test_an_answer_says_what_it_means_to_who_asked(
    house: ProcessHouse, party: Any, outcome: Any
) -> None:
    case = house.pile_on()
    token = house.token("f1")
    made = house.decisions.decide(case, ordered(token, "mute", "limit"), LI, START)
    who = {"affected": "f1", "harmed": "victim"}[party]
    filed = house.redress.file(made, party, who, "why", START)
    named = [row["id"] for row in house.rows(measure) if row["key"] == "limit"]
    house.redress.answer(filed, outcome, named, "so", WANG, LATER)
    ((_, person, params),) = [each for each in house.box.notices if each[0] == "appeal_answer"]
    assert person == house.token(who)
    assert (
        params["outcome"]
        == {
            ("affected", "upheld"): "stands",
            ("affected", "overturned"): "withdrawn",
            ("affected", "partly_overturned"): "changed",
            ("harmed", "upheld"): "stands",
            ("harmed", "overturned"): "changed",
            ("harmed", "partly_overturned"): "changed",
        }[party, outcome]
    )
    lifted = {row["key"] for row in house.rows(measure) if row["status"] == "lifted"}
    undone = {"overturned": {"mute", "limit"}, "partly_overturned": {"limit"}}
    assert lifted == (undone.get(outcome, set()) if party == "affected" else set())


def test_an_outcome_that_there_is_not_is_refused(house: ProcessHouse) -> None:
    filed = house.redress.file(muted(house, "f1"), "affected", "f1", "why", START)
    with pytest.raises(ValueError, match="outcome 'won' is none"):
        house.redress.answer(filed, "won", (), "so", WANG, LATER)  # type: ignore[arg-type]


def test_some_of_the_own_measures_and_not_all_are_undone_in_part(house: ProcessHouse) -> None:
    case = house.pile_on()
    token = house.token("f1")
    others = ordered(house.token("f2"), "mute")
    request = ordered(token, "mute", "limit", "suspend_private_messages", *others.orders)
    made = house.decisions.decide(case, request, LI, START)
    filed = house.redress.file(made, "affected", "f1", "why", START)
    own = [row["id"] for row in house.rows(measure) if row["subject"] == token]
    (foreign,) = (row["id"] for row in house.rows(measure) if row["subject"] != token)
    answer = house.redress.answer
    for named in ([], [foreign], [own[0], foreign], own, [*own, foreign]):
        rule = refused(answer, filed, "partly_overturned", named, "so", WANG, LATER)
        assert rule == "part_of_own_measures"
    answer(filed, "partly_overturned", [own[0], own[1]], "so", WANG, LATER)
    lifted = {row["id"] for row in house.rows(measure) if row["status"] == "lifted"}
    assert lifted == set(own[:2])


@pytest.mark.parametrize(
    ("party", "outcome", "open_again"),
    [
        ("harmed", "overturned", True),
        ("harmed", "upheld", False),
        ("affected", "overturned", False),
    ],
)
def test_a_closed_case_opens_again_when_who_was_harmed_was_right(
    house: ProcessHouse, party: Any, outcome: Any, open_again: bool
) -> None:
    made = muted(house, "f1")
    (case,) = house.rows(case_table)
    who = {"affected": "f1", "harmed": "victim"}[party]
    house.casework.close_case(case["id"], "settled", "They made up.", LI, LATER)
    filed = house.redress.file(made, party, who, "why", LATER)
    house.redress.answer(filed, outcome, (), "so", WANG, LATER + 1)
    (case,) = house.rows(case_table)
    assert case["status"] == ("open" if open_again else "closed")


def test_an_open_case_is_not_opened_again(house: ProcessHouse) -> None:
    filed = house.redress.file(muted(house, "f1"), "harmed", "victim", "why", START)
    house.redress.answer(filed, "overturned", (), "so", WANG, LATER)
    assert "case.reopened" not in house.kinds()


# -- taking a decision back ------------------------------------------------------------------------


def test_a_decision_is_taken_back_whole_or_for_measures_of_its_own(house: ProcessHouse) -> None:
    made = muted(house, "f1", "f2", "f3")
    ids = {row["subject"]: row["id"] for row in house.rows(measure)}
    first = ids[house.token("f1")]
    reverse = house.decisions.reverse
    assert refused(reverse, made, ["m_0"], "so", LI, LATER) == "measure_of_decision"
    reverse(made, [first], "so", LI, LATER)
    assert house.rows(decision)[0]["status"] == "partly_reversed"
    assert status(house) == {"f1": "lifted", "f2": "ordered", "f3": "ordered"}
    assert [row["removed_at"] for row in house.rows(strike, subject=house.token("f2"))] == [None]
    reverse(made, (), "so", LI, LATER + 1)
    assert house.rows(decision)[0]["status"] == "reversed"
    assert set(status(house).values()) == {"lifted"}
    lifted = [e.ref for e in house.ledger.entries() if e.kind == "measure.lifted"]
    assert sorted(lifted) == sorted(ids.values()), "nothing is lifted twice"
    removed = [e.ref for e in house.ledger.entries() if e.kind == "strike.removed"]
    assert sorted(removed) == sorted(ids.values())


def test_what_only_would_have_been_done_keeps_no_decision_standing(house: ProcessHouse) -> None:
    case = house.pile_on()
    orders = (
        Order(key="mute", hours=24, subjects=house.tokens("f1"), to="follower"),
        Order(key="mute", hours=24, subjects=house.tokens("f2"), to="follower", mode="shadow"),
    )
    request = DecisionRequest(orders=orders, facts="why", ground="harassment")
    made = house.decisions.decide(case, request, LI, START)
    (first,) = (row["id"] for row in house.rows(measure) if row["status"] != "shadowed")
    house.decisions.reverse(made, [first], "so", LI, LATER)
    assert house.rows(decision)[0]["status"] == "reversed"


def test_a_measure_that_is_over_is_undone_and_not_ended_again(house: ProcessHouse) -> None:
    made = muted(house, "f1")
    house.measures.lapse(START + 2 * DAY)
    house.decisions.reverse(made, (), "so", LI, START + 3 * DAY)
    (row,) = house.rows(measure)
    assert (row["status"], row["undone_at"]) == ("lapsed", START + 3 * DAY)
    assert "measure.lifted" not in house.kinds()


def test_an_amended_measure_stays_with_the_others(house: ProcessHouse) -> None:
    made = muted(house, "f1", "f2")
    ids = {row["subject"]: row["id"] for row in house.rows(measure)}
    amended = {ids[house.token("f1")]: 50}
    with house.ledger.batch() as batch:
        reverse_alone_in(house.office, batch, made, "so", LI, LATER, amended=amended)
    assert status(house) == {"f1": "ordered", "f2": "ordered"}
    assert house.rows(decision)[0]["status"] == "partly_reversed"
    assert [e.ref for e in house.ledger.entries() if e.kind == "measure.amended"] == list(amended)
    with house.ledger.batch() as batch:
        rule = refused(
            reverse_alone_in, house.office, batch, made, "so", LI, LATER, amended={"m_0": 1}
        )
    assert rule == "measure_of_decision"


def test_why_a_strike_was_removed_is_on_the_record(house: ProcessHouse) -> None:
    made = muted(house, "f1", "f2")
    filed = house.redress.file(made, "affected", "f1", "why", START)
    house.redress.answer(filed, "overturned", (), "so", WANG, LATER)
    house.decisions.reverse(made, (), "so", LI, LATER + 1)
    why = [
        (house.ledger.payload(e.index) or {})["why"]
        for e in house.ledger.entries()
        if e.kind == "strike.removed"
    ]
    assert why == ["appeal", "reversal"]


# -- what a party is shown -------------------------------------------------------------------------


PUBLISHED = PublishedGrounds(rulebook.rules(), basis.shipped(), dt.UTC)


def shown(house: ProcessHouse, made: str, party: Any, account: str, at: int = LATER) -> Any:
    proceedings: Any = SimpleNamespace(
        office=house.office, redress=house.redress, published=PUBLISHED
    )
    return contest(proceedings, made, party, account, at, "en")


def test_a_party_is_shown_its_own_reasons_and_no_others(house: ProcessHouse) -> None:
    made = muted(house, "f1", "f2")
    one = shown(house, made, "affected", "f1")
    own = [row["id"] for row in house.rows(measure, subject=house.token("f1"))]
    assert [statement.puid for statement in one.statements] == own
    assert (one.measures, one.refused, one.appeal) == ({}, "", None)
    other = shown(house, made, "harmed", "victim")
    assert (other.statements, other.measures, other.refused) == ((), {"mute": 2}, "")
    assert shown(house, "d_0", "affected", "f1") is None


def test_a_party_sees_whether_it_may_still_contest(house: ProcessHouse) -> None:
    made = muted(house, "f1", "f2")
    last = START + WITHIN
    assert shown(house, made, "affected", "f1", last).refused == ""
    assert shown(house, made, "affected", "f1", last + 1).refused == "in_time"
    assert shown(house, made, "affected", "loud").refused == "party_to_it"
    assert shown(house, made, "affected", "nobody_known").refused == "party_to_it"
    filed = house.redress.file(made, "affected", "f1", "why", LATER)
    assert shown(house, made, "affected", "f1").appeal == filed
    house.decisions.reverse(made, (), "so", LI, LATER)
    assert shown(house, made, "affected", "f2").refused == "status"


def test_measures_that_bind_nobody_are_not_counted(house: ProcessHouse) -> None:
    made = muted(house, "f1", mode="shadow")
    assert shown(house, made, "harmed", "victim").measures == {}
