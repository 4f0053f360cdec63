"""Due process: who may decide what on which ground, what follows, and how it is undone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from databases import Databases, with_tables
from lianzhi.chain.appeal import Party
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import desk
from lianzhi.store.process_tables import appeal, decision, measure, report, strike
from lianzhi.store.views_tables import case as case_table
from process_house import DAY, HOUR, LI, START, WANG, ZHAO, ProcessHouse, Rulebook, mute


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


def test_followers_are_muted_in_one_batch_and_told_and_struck(house: ProcessHouse) -> None:
    case = house.pile_on()
    followers = house.tokens("f1", "f2", "f3")
    identity = house.decisions.decide(case, mute(*followers), LI, START + HOUR)
    (made,) = house.rows(decision)
    assert (made["id"], made["status"], made["by"], made["measures"]) == (
        *(identity, "effective", "li", 3),
    )
    assert made["contest_until"] == START + HOUR + 180 * DAY
    assert not made["automated_decision"]
    rows = house.rows(measure)
    assert {row["subject"] for row in rows} == set(followers)
    assert {(r["status"], r["ends_at"]) for r in rows} == {("ordered", START + 25 * HOUR)}
    assert sorted(one for one, sequence, _ in house.box.measures if sequence == 1) == sorted(
        row["id"] for row in rows
    )
    assert sorted(house.box.told("decision")) == sorted(followers)
    assert {row["points"] for row in house.rows(strike)} == {1.0}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a defender", {"subjects": ("friend",)}, "answerable_only"),
    ("the victim", {"subjects": ("victim",)}, "answerable_only"),
    ("somebody else", {"subjects": ("stranger",)}, "answerable_only"),
    ("nobody", {"subjects": ()}, "measures_allowed"),
    ("too long", {"subjects": ("f1",), "hours": 9999}, "within_limits"),
    ("less than nothing", {"subjects": ("f1",), "hours": -1}, "within_limits"),
    ("for ever, by a reviewer", {"subjects": ("f1",), "hours": 0}, "severe_by_person"),
    ("limited for ever", {"subjects": ("f1",), "key": "limit", "hours": 0}, "within_limits"),
    ("frozen by a reviewer", {"subjects": ("f1",), "key": "freeze"}, "severe_by_person"),
    ("transfer to nobody", {"subjects": ("f1",), "key": "transfer", "hours": 0}, "within_limits"),
]


@pytest.mark.parametrize(("what", "order", "rule"), REFUSED, ids=[one[0] for one in REFUSED])
def test_what_may_not_be_ordered(
    house: ProcessHouse, what: str, order: dict[str, Any], rule: str
) -> None:
    case = house.pile_on()
    with house.ledger.batch() as batch:
        batch.tokens(["stranger"])
        batch.append([])
    fields = {"key": "mute", "hours": 24, **order}
    fields["subjects"] = house.tokens(*fields["subjects"])
    asking = DecisionRequest(orders=(Order(**fields),), facts="why", ground="harassment")
    before = house.kinds()
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.decide(case, asking, LI, START + HOUR)
    assert refused.value.rule == rule
    assert house.kinds() == before
    assert not house.rows(decision)
    assert not house.box.measures


def test_reasons_ground_lock_and_cap(house: ProcessHouse) -> None:
    case = house.pile_on()
    good = mute(house.token("f1"))
    at = START + HOUR

    def refused(asking: DecisionRequest) -> str:
        with pytest.raises(IllegalStepError) as error:
            house.decisions.decide(case, asking, LI, at)
        return error.value.rule

    assert refused(msgspec.structs.replace(good, facts=" \n")) == "reasons_given"
    assert refused(msgspec.structs.replace(good, facts="@inciter did it")) == "names_nobody"
    assert refused(msgspec.structs.replace(good, ground="nonsense")) == "ground_in_force"
    Rulebook.since, before = START + 1, Rulebook.since
    try:
        assert refused(good) == "ground_in_force"  # it applies only since after the act
    finally:
        Rulebook.since = before
    assert desk.take(house.engine, case, "wang", at, at + HOUR) == "wang"
    assert desk.take(house.engine, case, "li", at, at + HOUR) == "wang"
    assert refused(good) == "not_leased"
    desk.give_back(house.engine, case, "wang")
    assert desk.take(house.engine, case, "li", at, at + HOUR) == "li"
    assert refused(msgspec.structs.replace(good, seen=1)) == "not_changed"
    house.decisions.decide(case, msgspec.structs.replace(good, seen=0), LI, at)
    assert refused(msgspec.structs.replace(good, seen=0)) == "not_changed"
    with pytest.raises(KeyError):
        house.decisions.decide("nonsense", good, LI, at)


def test_an_account_without_an_act_in_evidence_is_left_alone(house: ProcessHouse) -> None:
    case = house.find({"f1": "follower", "f2": "follower"}, silent=("f1",))
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.decide(case, mute(*house.tokens("f1", "f2")), LI, START + HOUR)
    assert refused.value.rule == "own_act"
    house.decisions.decide(case, mute(house.token("f2")), LI, START + HOUR)


def test_only_what_an_answerable_account_wrote_is_hidden_and_struck(house: ProcessHouse) -> None:
    case = house.pile_on()
    elsewhere = house.pile_on(about="other", at=START + 1, first=50)
    (own,), (friends,) = house.acts(case, "f1"), house.acts(case, "friend")
    (foreign,) = set(house.acts(elsewhere, "f1")) - {own}

    def hide(item: str) -> DecisionRequest:
        order = Order(key="hide", hours=24, items=(item,))
        return DecisionRequest(orders=(order,), facts="why", ground="harassment")

    for item in (friends, foreign, "nonsense", "f/x", ""):
        with pytest.raises(IllegalStepError) as refused:
            house.decisions.decide(case, hide(item), LI, START + HOUR)
        assert refused.value.rule == "answerable_only", item
    made = house.decisions.decide(case, hide(own), LI, START + HOUR)
    assert house.box.told("decision") == [house.token("f1")]
    (given,) = house.rows(strike)
    assert (given["subject"], given["points"]) == (house.token("f1"), 0.5)
    house.decisions.reverse(made, (), "I was wrong.", LI, START + 2 * HOUR)
    (given,) = house.rows(strike)
    assert given["removed_at"] == START + 2 * HOUR


def test_two_people_close_an_account(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(key="close", subjects=(house.token("inciter"),), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="why", ground="incitement")
    identity = house.decisions.decide(case, asking, WANG, START + HOUR)
    assert [row["status"] for row in house.rows(decision)] == ["awaiting"]
    assert not house.rows(measure)
    with pytest.raises(IllegalStepError) as refused:
        house.casework.close_case(case, "settled", "done", LI, START + 2 * HOUR)
    assert refused.value.rule == "nothing_awaits"
    for actor, rule in ((WANG, "another_person"), (LI, "severe_by_person")):
        with pytest.raises(IllegalStepError) as refused:
            house.decisions.confirm(identity, actor, START + 2 * HOUR)
        assert refused.value.rule == rule
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.confirm(identity, Actor("bot", person=False, may_severe=True), START)
    assert refused.value.rule == "another_person"
    house.decisions.confirm(identity, ZHAO, START + 2 * HOUR)
    (made,) = house.rows(decision)
    assert (made["status"], made["confirmed_by"]) == ("effective", "zhao")
    (row,) = house.rows(measure)
    assert (row["key"], row["ends_at"], row["status"]) == ("close", None, "ordered")
    with pytest.raises(IllegalStepError):
        house.decisions.confirm(identity, ZHAO, START + 3 * HOUR)


def test_the_second_person_may_disagree(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(key="mute", subjects=(house.token("inciter"),), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="why", ground="incitement")
    identity = house.decisions.decide(case, asking, WANG, START + HOUR)
    house.decisions.refuse(identity, "a week is enough", ZHAO, START + 2 * HOUR)
    assert [row["status"] for row in house.rows(decision)] == ["refused"]
    assert not house.rows(measure)
    house.casework.close_case(case, "settled", "done", LI, START + 3 * HOUR)


def test_a_program_decides_nothing_severe(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(key="freeze", hours=24, subjects=(house.token("f1"),), to="follower")
    asking = DecisionRequest(orders=(order,), facts="why", ground="harassment")
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.decide(case, asking, Actor("key", person=False, may_severe=True), START)
    assert refused.value.rule == "severe_by_person"
    house.decisions.decide(case, asking, WANG, START + HOUR)


def test_timed_measures_lapse_and_the_platform_is_told(house: ProcessHouse) -> None:
    case = house.pile_on()
    house.decisions.decide(case, mute(*house.tokens("f1", "f2")), LI, START)
    assert house.measures.lapse(START + 24 * HOUR - 1) == 0
    assert house.measures.lapse(START + 24 * HOUR) == 2
    assert house.measures.lapse(START + 25 * HOUR) == 0
    assert {row["status"] for row in house.rows(measure)} == {"lapsed"}
    assert sorted(sequence for _, sequence, _ in house.box.measures) == [1, 1, 2, 2]
    assert len(house.box.told("measure_ended")) == 2
    assert {row["removed_at"] for row in house.rows(strike)} == {None}


def test_a_measure_that_cannot_be_ended_holds_up_no_other(
    house: ProcessHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.decisions.decide(house.pile_on(), mute(*house.tokens("f1", "f2", "f3")), LI, START)
    broken, told = house.rows(measure)[1]["id"], house.box.measure

    def moody(batch: Any, said: Any, sequence: int, at: int) -> None:
        if said["measure"] == broken:
            raise RuntimeError("no such subject")
        told(batch, said, sequence, at)

    monkeypatch.setattr(house.box, "measure", moody)
    later = START + 25 * HOUR
    assert house.measures.lapse(later) == 2
    assert house.measures.lapse(later) == 0
    assert [row["id"] for row in house.rows(measure, status="ordered")] == [broken]
    assert [record.getMessage() for record in caplog.records] == [
        f"measure {broken} can't be ended; the others are"
    ]
    monkeypatch.undo()
    assert house.measures.lapse(later) == 1


def appealed(house: ProcessHouse, who: str = "f1", party: Party = "affected") -> tuple[str, str]:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(*house.tokens("f1", "f2", "f3")), LI, START + HOUR)
    return made, house.redress.file(made, party, who, "It was a joke.", START + 2 * HOUR)


def test_an_overturned_appeal_lifts_the_measure_and_takes_the_strike_back(
    house: ProcessHouse,
) -> None:
    made, identity = appealed(house)
    with pytest.raises(IllegalStepError) as refused:
        house.redress.answer(identity, "overturned", (), "It was.", LI, START + 3 * HOUR)
    assert refused.value.rule == "another_person"
    with pytest.raises(IllegalStepError) as refused:
        house.redress.answer(identity, "overturned", (), "", WANG, START + 3 * HOUR)
    assert refused.value.rule == "reasons_given"
    house.redress.answer(identity, "overturned", (), "It was.", WANG, START + 3 * HOUR)
    (row,) = house.rows(measure, subject=house.token("f1"))
    assert (row["status"], row["ended_by"]) == ("lifted", "wang")
    (own,) = house.rows(strike, subject=house.token("f1"))
    assert own["removed_at"] == START + 3 * HOUR
    for other in house.rows(measure):
        assert other["subject"] == house.token("f1") or other["status"] == "ordered"
    assert house.rows(decision)[0]["status"] == "partly_reversed"
    assert house.rows(appeal)[0]["status"] == "overturned"
    assert (row["id"], 2) in [(one, sequence) for one, sequence, _ in house.box.measures]
    assert house.box.told("appeal_answer") == [house.token("f1")]
    with pytest.raises(IllegalStepError):
        house.redress.answer(identity, "upheld", (), "again", ZHAO, START + 4 * HOUR)
    assert house.rows(decision)[0]["id"] == made


def test_an_appeal_is_answered_by_who_has_it(house: ProcessHouse) -> None:
    made, identity = appealed(house)
    at = START + 3 * HOUR
    assert desk.take(house.engine, identity, "zhao", at, at + HOUR) == "zhao"
    with pytest.raises(IllegalStepError) as refused:
        house.redress.answer(identity, "upheld", (), "It was none.", WANG, at)
    assert refused.value.rule == "not_leased"
    house.redress.answer(identity, "upheld", (), "It was none.", ZHAO, at)
    assert house.rows(appeal)[0]["answered_by"] == "zhao"
    assert house.rows(decision)[0]["id"] == made


def test_nobody_confirms_while_somebody_else_has_the_case(house: ProcessHouse) -> None:
    case, at = house.pile_on(), START + HOUR
    order = Order(key="close", subjects=(house.token("inciter"),), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="why", ground="incitement")
    identity = house.decisions.decide(case, asking, WANG, at)
    desk.take(house.engine, case, "li", at, at + HOUR)
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.confirm(identity, ZHAO, at)
    assert refused.value.rule == "not_leased"
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.refuse(identity, "no", ZHAO, at)
    assert refused.value.rule == "not_leased"
    desk.give_back(house.engine, case, "li")
    house.decisions.confirm(identity, ZHAO, at)


def test_after_the_last_of_them_the_decision_is_reversed(house: ProcessHouse) -> None:
    made, first = appealed(house)
    house.redress.answer(first, "overturned", (), "It was.", WANG, START + 3 * HOUR)
    for n, who in enumerate(("f2", "f3")):
        one = house.redress.file(made, "affected", who, "Me too.", START + (4 + n) * HOUR)
        house.redress.answer(one, "overturned", (), "Yes.", WANG, START + (5 + n) * HOUR)
    assert house.rows(decision)[0]["status"] == "reversed"


def test_a_lapsed_measure_can_still_be_contested_for_its_strike(house: ProcessHouse) -> None:
    made, identity = appealed(house)
    house.measures.lapse(START + 30 * HOUR)
    house.redress.answer(identity, "overturned", (), "It was.", WANG, START + 40 * HOUR)
    (row,) = house.rows(measure, subject=house.token("f1"))
    assert row["status"] == "lapsed"
    (own,) = house.rows(strike, subject=house.token("f1"))
    assert own["removed_at"] == START + 40 * HOUR
    assert house.rows(decision)[0]["id"] == made


def test_upheld_changes_nothing(house: ProcessHouse) -> None:
    _, identity = appealed(house)
    before = [row | {} for row in house.rows(measure)]
    house.redress.answer(identity, "upheld", (), "It was no joke.", WANG, START + 3 * HOUR)
    assert house.rows(measure) == before
    assert {row["removed_at"] for row in house.rows(strike)} == {None}


def test_who_may_appeal_when(house: ProcessHouse) -> None:
    made, _ = appealed(house)

    def refused(party: Party, who: str, at: int = START + 3 * HOUR) -> str:
        with pytest.raises(IllegalStepError) as error:
            house.redress.file(made, party, who, "why", at)
        return error.value.rule

    assert refused("affected", "inciter") == "party_to_it"
    assert refused("harmed", "f2") == "party_to_it"
    assert refused("reporter", "f2") == "party_to_it"
    assert refused("affected", "f1") == "status"  # once each
    assert refused("affected", "f2", START + 400 * DAY) == "in_time"
    house.redress.file(made, "harmed", "victim", "It is too little.", START + 3 * HOUR)
    with pytest.raises(KeyError):
        house.redress.file("nonsense", "affected", "f1", "why", START)


def test_in_part(house: ProcessHouse) -> None:
    case = house.pile_on()
    token = house.token("loud")
    orders = (
        Order(key="mute", hours=24, subjects=(token,), to="repeater"),
        Order(key="suspend_private_messages", hours=72, subjects=(token,), to="repeater"),
    )
    made = house.decisions.decide(
        case, DecisionRequest(orders=orders, facts="why", ground="harassment"), LI, START
    )
    identity = house.redress.file(made, "affected", "loud", "too much", START + HOUR)
    rows = {row["key"]: row["id"] for row in house.rows(measure)}
    for named in ([], list(rows.values()), ["m_0"], [rows["mute"], "m_0"]):
        with pytest.raises(IllegalStepError) as refused:
            house.redress.answer(identity, "partly_overturned", named, "so", WANG, START + HOUR)
        assert refused.value.rule == "part_of_own_measures"
    named = [rows["suspend_private_messages"]]
    house.redress.answer(identity, "partly_overturned", named, "so", WANG, START + HOUR)
    status = {row["key"]: row["status"] for row in house.rows(measure)}
    assert status == {"mute": "ordered", "suspend_private_messages": "lifted"}
    assert house.rows(decision)[0]["status"] == "partly_reversed"


def test_reports_get_a_receipt_and_an_outcome(house: ProcessHouse) -> None:
    case = house.pile_on()
    said = {"category": "insult", "channel": "web", "about": "victim", "subject": "f1"}
    one = house.complaints.receive(Complaint(reporter="aunt", **said), "web", START)
    by_phone = Complaint(category="insult", channel="phone", about="victim", contact="138")
    two = house.complaints.receive(by_phone, "li", START)
    assert house.box.told("report_receipt") == [house.token("aunt")]
    for report_id in (one, two):
        house.complaints.join(report_id, case, "li", START + 1)
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START + HOUR)
    rows = house.rows(report)
    assert {(row["status"], row["outcome"]) for row in rows} == {("answered", "upheld")}
    assert house.box.told("report_outcome") == [house.token("aunt")]
    assert house.rows(decision)[0]["source"] == "report"
    appeal_id = house.redress.file(made, "affected", "f1", "no", START + 2 * HOUR)
    house.redress.answer(appeal_id, "overturned", (), "right", WANG, START + 3 * HOUR)
    assert {row["status"] for row in house.rows(report)} == {"joined"}
    house.casework.close_case(case, "false_positive", "nothing in it", LI, START + 4 * HOUR)
    assert {row["outcome"] for row in house.rows(report)} == {"not_upheld"}
    assert house.box.told("report_outcome") == [house.token("aunt")] * 2


def test_what_is_outside_our_scope_is_routed_on_at_once(house: ProcessHouse) -> None:
    outside = Complaint(category="fraud", channel="web", reporter="aunt", route="police")
    house.complaints.receive(outside, "web", START)
    (row,) = house.rows(report)
    assert (row["status"], row["outcome"], row["case"]) == ("answered", "routed", None)
    assert house.box.told("report_outcome") == [house.token("aunt")]


def test_a_report_about_one_person_does_not_join_the_case_of_another(house: ProcessHouse) -> None:
    case = house.pile_on()
    other = Complaint(category="insult", channel="web", reporter="a", about="someone")
    identity = house.complaints.receive(other, "web", START)
    with pytest.raises(IllegalStepError) as refused:
        house.complaints.join(identity, case, "li", START)
    assert refused.value.rule == "same_person"


def test_minors_come_first_in_the_queue(house: ProcessHouse) -> None:
    for n, minor in enumerate((False, True, False)):
        one = Complaint(category="insult", channel="web", reporter=f"a{n}", minor=minor)
        house.complaints.receive(one, "web", START + n * HOUR)
    rows = sorted(house.rows(report), key=lambda row: -row["urgency"])
    assert [row["minor"] for row in rows] == [True, False, False]
    assert rows[1]["received_at"] == START


def test_no_false_positive_with_measures_in_force(house: ProcessHouse) -> None:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START)
    with pytest.raises(IllegalStepError) as refused:
        house.casework.close_case(case, "false_positive", "nothing in it", LI, START + HOUR)
    assert refused.value.rule == "false_positive_spares"
    house.decisions.reverse(made, (), "I was wrong.", LI, START + HOUR)
    house.casework.close_case(case, "false_positive", "nothing in it", LI, START + HOUR)
    (row,) = house.rows(case_table)
    assert (row["status"], row["outcome"], row["revisit_at"]) == (
        *("closed", "false_positive", START + HOUR + 7 * DAY),
    )


def test_a_report_flood_ends_without_a_measure_against_anybody(house: ProcessHouse) -> None:
    case = house.find({}, kind="bullying.report_flood", stage="warn")
    order = Order(key="mute", hours=24, subjects=house.tokens("victim"))
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.decide(
            case, DecisionRequest(orders=(order,), facts="why", ground="harassment"), WANG, START
        )
    assert refused.value.rule == "measures_allowed"
    none = DecisionRequest(
        orders=(), facts="Nothing that was reported breaks a rule.", ground="harassment"
    )
    house.decisions.decide(case, none, LI, START + HOUR)
    house.casework.close_case(case, "settled", "mass reporting", LI, START + HOUR)
    assert not house.rows(measure)
    assert house.rows(decision)[0]["measures"] == 0


def test_by_hand(house: ProcessHouse) -> None:
    case = house.pile_on()
    house.decisions.decide(case, mute(house.token("f1"), mode="manual"), LI, START)
    (row,) = house.rows(measure)
    assert not house.box.measures
    house.measures.applied(row["id"], "li", START + HOUR)
    assert house.rows(measure)[0]["status"] == "applied"
    house.measures.lift(row["id"], "she said sorry", LI, START + 2 * HOUR)
    house.measures.applied(row["id"], "li", START + 3 * HOUR)
    (row,) = house.rows(measure)
    assert (row["status"], row["end_applied_at"]) == ("lifted", START + 3 * HOUR)
    with pytest.raises(IllegalStepError):
        house.measures.lift(row["id"], "again", LI, START + 4 * HOUR)


def test_shadow_orders_nothing(house: ProcessHouse) -> None:
    case = house.pile_on()
    house.decisions.decide(case, mute(house.token("f1"), mode="shadow"), LI, START)
    assert [row["status"] for row in house.rows(measure)] == ["shadowed"]
    assert not house.rows(strike)
    assert not house.box.measures
    assert not house.box.notices


def test_transfer_with_receipt_and_answer(house: ProcessHouse) -> None:
    case = house.pile_on()
    order = Order(
        key="transfer",
        subjects=(house.token("inciter"),),
        to="inciter",
        mode="manual",
        authority="网安支队",
    )
    asking = DecisionRequest(orders=(order,), facts="a threat to kill", ground="threat")
    made = house.decisions.decide(case, asking, WANG, START)
    house.decisions.confirm(made, ZHAO, START + HOUR)
    (row,) = house.rows(measure)
    assert (row["status"], row["authority"]) == ("ordered", "网安支队")
    with pytest.raises(IllegalStepError):
        house.measures.answered(row["id"], "early", "li", START + HOUR)
    house.measures.applied(row["id"], "li", START + 2 * HOUR, receipt="No. 12")
    house.measures.answered(row["id"], "a case was opened", "li", START + 9 * DAY)
    told = [entry for entry in house.ledger.entries() if entry.ref == row["id"]]
    assert [entry.kind for entry in told] == [
        *("measure.ordered", "measure.applied", "transfer.answered"),
    ]
    assert house.ledger.vault.text(told[1].index, "receipt") == "No. 12"
    assert house.box.told("decision") == [], "who is suspected is not warned"
    assert house.box.told("transfer") == [house.token("victim")]


def test_what_nobody_could_carry_out_is_not_ordered(
    house: ProcessHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = house.pile_on()
    monkeypatch.setattr(house.box, "reachable", False)
    with pytest.raises(IllegalStepError) as refused:
        house.decisions.decide(case, mute(house.token("f1")), LI, START)
    assert refused.value.rule == "platform_reachable"
    house.decisions.decide(case, mute(house.token("f1"), mode="manual"), LI, START)


def test_a_revisit_finds_it_back(house: ProcessHouse) -> None:
    case = house.pile_on()
    with pytest.raises(IllegalStepError):
        house.casework.revisit(case, False, "", LI, START)
    house.casework.close_case(case, "subsided", "quiet", LI, START)
    house.casework.revisit(case, True, "three new ones", LI, START + 7 * DAY)
    (row,) = house.rows(case_table)
    assert (row["status"], row["revisit_at"]) == ("open", None)
    house.casework.close_case(case, "settled", "quiet again", LI, START + 8 * DAY)
    house.casework.revisit(case, False, "", LI, START + 15 * DAY)
    (row,) = house.rows(case_table)
    assert (row["status"], row["revisit_at"]) == ("closed", None)


def test_everything_can_be_rebuilt_from_the_record(house: ProcessHouse) -> None:
    _, identity = appealed(house)
    house.redress.answer(identity, "overturned", (), "It was.", WANG, START + 3 * HOUR)
    house.measures.lapse(START + 30 * HOUR)
    tables = (decision, measure, strike, appeal, report, case_table)
    before = [house.rows(table) for table in tables]
    house.ledger.rebuild()
    assert [house.rows(table) for table in tables] == before
