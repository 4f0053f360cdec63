"""What a case may come to: on the spot, recusal, deferral, demand, transfer, one fine an act."""

import datetime as dt

import msgspec
import pytest
from enforcement_house import FACTS, START, Bureau
from sqlalchemy import text

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.spot import SpotRecord
from lianzhi.domains.enforcement.law import money
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.rulebook.clocks import clocks
from lianzhi.law.gates import RefusedStepError

SMOKE = "health.smoking_near_children"
HANDED = SpotRecord("滨江路18号", "没有意见", "当事人当场签收")


@pytest.fixture
def bureau(tmp_path):
    made = Bureau(tmp_path)
    made.desk.registers.officers(
        [{"id": "zhao", "certificate": "A-4", "squad": "S1", "department": "fire",
          "certificate_until": dt.date(2027, 12, 31)}], "test",
    )  # fmt: skip
    return made


SPOT_FACTS = FACTS | {"harm": "none", "first_time": True, "corrected": False}  # ordinary


def on_the_spot(bureau, fine, **more):
    kept = bureau.desk.files.keep("photo.txt", "烟头".encode())
    said = {
        "item": SMOKE, "party": "E0001", "facts_known": SPOT_FACTS, "officers": ["li", "wang"],
        "kept": kept, "kind": "recording", "by": "li", "words": "在幼儿园门口吸烟",
        "record": HANDED, "unit": False, "fine": fine,
    } | more  # fmt: skip
    return bureau.desk.spot.decide(**said)


def refused(act, *said, **more):
    with pytest.raises(RefusedStepError) as error:
        act(*said, **more)
    return {one.gate for one in error.value.refusals}


def rule(act, *said, **more):
    with pytest.raises(RefusedError) as error:
        act(*said, **more)
    return error.value.rule


def kinds(bureau, case):
    return [step.kind.removeprefix("penalty.") for step in views.story(bureau.ledger, case)]


def served(bureau, fine=20_000):
    made = bureau.decided(fine)
    bureau.desk.penalties.serve(made, "direct", "li", "签收")
    return made


# -- on the spot ------------------------------------------------------------------------------


def test_a_small_fine_is_decided_and_served_at_once(bureau):
    case = on_the_spot(bureau, 200)
    one = bureau.penalty(case)
    assert (one.status, one.fine, one.on_the_spot, one.evidence) == ("served", 200, True, 1)
    assert (one.decided, one.served, one.act_day, one.filed) == (START, START, START, None)
    assert (one.due, one.paid, one.sanctions) == (dt.date(2026, 3, 17), 0, ("fine",))
    assert one.list == "ordinary"
    assert one.row.endswith("#smoking_near_children-04") or "#" in one.row
    assert kinds(bureau, case) == ["spot_filed", "decided", "served"]
    texts = views.story(bureau.ledger, case)[0].texts
    assert (texts["place"], texts["defence"]) == ("滨江路18号", "没有意见")


def test_what_is_collected_on_the_spot_needs_a_reason_of_the_law(bureau):
    small = FACTS | {"harm": "minor", "first_time": True, "corrected": True, "days": 9}
    case = on_the_spot(bureau, 100, facts_known=small, record=HANDED._replace(collected="small"))
    assert bureau.penalty(case).paid == 100
    bureau.on(dt.date(2026, 3, 3))
    much = HANDED._replace(collected="small")
    assert rule(on_the_spot, bureau, 150, facts_known=small, record=much) == "collect_small"
    later = HANDED._replace(collected="hard_later")
    assert bureau.penalty(on_the_spot(bureau, 200, record=later)).paid == 200


def test_on_the_spot_is_for_small_fines_by_two_officers_and_not_twice(bureau):
    assert refused(on_the_spot, bureau, 201) == {"within_spot_limit"}
    assert "enough_officers" in refused(on_the_spot, bureau, 200, officers=["li"])
    assert "officers_certified" in refused(on_the_spot, bureau, 200, officers=["li", "old"])
    assert "within_discretion_range" in refused(on_the_spot, bureau, 100)
    on_the_spot(bureau, 200)
    bureau.on(START, hour=11)
    assert refused(on_the_spot, bureau, 200) == {"no_second_fine"}


def test_a_unit_may_be_fined_up_to_3000_or_warned(bureau):
    unit = {"item": "market.licence_hidden", "unit": True}
    lighter = SPOT_FACTS | {"harm": "minor", "first_time": False, "corrected": True}
    case = on_the_spot(bureau, 3000, facts_known=lighter, **unit)
    assert bureau.penalty(case).list == "lighter"
    bureau.on(START, hour=11)
    assert refused(on_the_spot, bureau, 3001, **unit) == {"within_spot_limit", "no_second_fine"}
    assert refused(on_the_spot, bureau, 0, item="fire.duties", unit=True) >= {
        "penalty_kind_provided"
    }
    warned = on_the_spot(bureau, 0, item="fire.duties", unit=False)
    one = bureau.penalty(warned)
    assert (one.sanctions, one.fine, one.due) == (("warning",), 0, None)


def test_on_the_spot_nothing_is_left_out_and_nothing_half_done(bureau):
    size = bureau.ledger.size
    for name in ("place", "defence", "receipt"):
        assert (
            rule(on_the_spot, bureau, 200, record=HANDED._replace(**{name: " "})) == f"spot_{name}"
        )
    none = FACTS | {"harm": "none", "corrected": True, "days": 1}
    assert rule(on_the_spot, bureau, 0, facts_known=none) == "spot_unpunished"
    assert rule(on_the_spot, bureau, 200, party="nobody") == "enterprise"
    assert bureau.ledger.size == size


# -- who works on it ---------------------------------------------------------------------------


def test_who_has_an_interest_stands_aside_and_may_act_no_more(bureau):
    case = bureau.filed()
    bureau.desk.assignments.recuse(case, "li", "zhao", "chief", "当事人是其亲属")
    one = bureau.penalty(case)
    assert (one.officers, one.recused, one.assigned) == (("zhao", "wang"), ("li",), "zhao")
    kept = bureau.desk.files.keep("b.txt", b"b")
    add = bureau.desk.penalties.add_evidence
    assert refused(add, case, kept, "document", "li") == {"impartial"}
    add(case, kept, "document", "wang")
    assert refused(bureau.desk.penalties.notice, case, FACTS, 20_000, "li", "x") == {"impartial"}
    bureau.desk.penalties.notice(case, FACTS, 20_000, "zhao", "拟处罚款")
    assert rule(bureau.desk.assignments.assign, case, "li", "chief") == "recused"
    with bureau.ledger.engine.connect() as connection:
        assignee = connection.scalar(text('select assignee from "case" where id = :c'), {"c": case})
    assert assignee == "zhao"


def test_a_reviewer_or_decider_may_stand_aside_too(bureau):
    case = bureau.noticed(20_000)
    bureau.desk.assignments.recuse(case, "chief", "", "head", "投资人")
    assert bureau.penalty(case).officers == ("li", "wang")
    bureau.on(dt.date(2026, 3, 12))
    assert refused(bureau.desk.penalties.decide, case, 20_000, "chief", "x") == {"impartial"}
    bureau.desk.penalties.decide(case, 20_000, "head", "事实清楚")


def test_nobody_unfit_steps_in(bureau):
    case, recuse = bureau.filed(), bureau.desk.assignments.recuse
    assert rule(recuse, case, "li", "", "chief", "x") == "officer"
    assert rule(recuse, case, "li", "wang", "chief", "x") == "replaced_by"
    assert rule(recuse, case, "fa", "zhao", "chief", "x") == "replaces_nobody"
    assert rule(recuse, case, "li", "zhao", "chief", " ") == "reason"
    assert refused(recuse, case, "li", "old", "chief", "x") == {"officers_certified"}
    recuse(case, "li", "zhao", "chief", "x")
    assert rule(recuse, case, "li", "zhao", "chief", "x") == "recused"
    assert rule(recuse, case, "wang", "li", "chief", "x") == "recused"
    assert bureau.penalty(case).officers == ("zhao", "wang")


def test_a_file_goes_to_another_officer(bureau):
    case = bureau.filed()
    bureau.desk.assignments.assign(case, "zhao", "chief")
    assert bureau.penalty(case).assigned == "zhao"
    assert rule(bureau.desk.assignments.assign, case, "nobody", "chief") == "officer"


def test_a_suspected_crime_is_handed_over_and_ends_here(bureau):
    case = bureau.filed()
    assert rule(bureau.desk.assignments.transfer, case, " ", "chief", "x") == "recipient"
    bureau.desk.assignments.transfer(case, "滨江公安分局", "chief", "涉嫌危险作业罪")
    one = bureau.penalty(case)
    assert (one.status, one.outcome, one.closed) == ("closed", "transferred", START)
    with pytest.raises(IllegalStepError):
        bureau.desk.penalties.notice(case, FACTS, 20_000, "li", "x")
    bureau.on(START, hour=11)
    decided = bureau.noticed()
    bureau.on(dt.date(2026, 3, 12))
    bureau.desk.penalties.decide(decided, 20_000, "chief", "x")
    with pytest.raises(IllegalStepError):
        bureau.desk.assignments.transfer(decided, "滨江公安分局", "chief", "x")


# -- one act, one fine --------------------------------------------------------------------------


def test_a_marked_same_act_is_fined_once_whatever_the_item(bureau):
    first = bureau.decided()
    other = {"item": "fire.lane_blocked", "act_day": dt.date(2026, 3, 3)}
    apart = bureau.filed(**other)
    assert "no_second_fine" not in gates_of(bureau, apart)
    same = bureau.filed(**other | {"act_day": dt.date(2026, 3, 4)}, same_act_as=first)
    assert "no_second_fine" in gates_of(bureau, same)
    third = bureau.filed(item="fire.hydrant_blocked", act_day=dt.date(2026, 3, 5), same_act_as=same)
    assert bureau.penalty(third).same_act_as == first, "the mark leads to the first of them"
    assert refused(bureau.desk.penalties.notice, third, FACTS, 20_000, "li", "x") == {
        "no_second_fine"
    }


def test_a_mark_needs_a_file_of_the_same_party(bureau):
    first = bureau.filed()
    size = bureau.ledger.size
    assert rule(bureau.filed, party="E0002", same_act_as=first) == "same_act"
    assert rule(bureau.filed, same_act_as="nothing") == "same_act"
    assert bureau.ledger.size == size


def gates_of(bureau, case):
    one = bureau.penalty(case)
    one = msgspec.structs.replace(one, announced=20_000)
    return {each.gate for each in bureau.desk.penalties.refusals(one, "noticed", "li")}


# -- what is owed -------------------------------------------------------------------------------


def test_who_cannot_pay_pays_by_instalments_and_the_surcharge_follows_them(bureau):
    case = served(bureau)  # on 12 March, due on 27 March
    bureau.desk.penalties.pay(case, 5_000, "li")
    parts = [(dt.date(2026, 4, 30), 10_000), (dt.date(2026, 5, 29), 5_000)]
    bureau.desk.dues.defer(case, parts, "chief", "申请分期，经济困难")
    one = bureau.penalty(case)
    assert (one.due, len(one.instalments)) == (dt.date(2026, 5, 29), 2)
    assert money.account(one, dt.date(2026, 4, 30)).surcharge == 0
    late = money.account(one, dt.date(2026, 5, 2))
    assert late.surcharge == 600, "two days of 3 % of the instalment that is late, not of all"
    bureau.on(dt.date(2026, 4, 28))
    (clock,) = [
        c
        for c in clocks(one, bureau.desk.office.rules, dt.date(2026, 4, 28))
        if c.key == "penalty.pay"
    ]
    assert (clock.last_day, clock.status) == (dt.date(2026, 4, 30), "warned")
    bureau.desk.penalties.pay(case, 10_000, "li")
    one = bureau.penalty(case)
    assert money.account(one, dt.date(2026, 5, 29)).surcharge == 0
    (clock,) = [
        c
        for c in clocks(one, bureau.desk.office.rules, dt.date(2026, 4, 28))
        if c.key == "penalty.pay"
    ]
    assert (clock.last_day, clock.status) == (dt.date(2026, 5, 29), "running")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([], "instalments"),
        ([(dt.date(2026, 4, 30), 19_999)], "instalments"),
        ([(dt.date(2026, 4, 30), 25_000), (dt.date(2026, 5, 30), -5_000)], "instalment_sum"),
        ([(dt.date(2026, 4, 30), 0), (dt.date(2026, 5, 30), 20_000)], "instalment_sum"),
        ([(dt.date(2026, 4, 30), 20_000), (dt.date(2026, 5, 30), -1)], "instalment_sum"),
        ([(dt.date(2026, 5, 30), 10_000), (dt.date(2026, 4, 30), 10_000)], "instalment_days"),
        ([(dt.date(2026, 3, 12), 20_000)], "instalment_days"),
    ],
)
def test_instalments_come_to_what_is_unpaid_each_after_the_other(bureau, parts, says):
    case = served(bureau)
    assert rule(bureau.desk.dues.defer, case, parts, "chief", "x") == says
    assert not bureau.penalty(case).instalments


def test_what_has_been_added_is_not_wiped_out_by_deferring(bureau):
    case = served(bureau)
    bureau.on(dt.date(2026, 3, 30))
    parts = [(dt.date(2026, 4, 30), 20_000)]
    assert rule(bureau.desk.dues.defer, case, parts, "chief", "x") == "overdue"


def test_a_demand_is_for_what_is_overdue_and_starts_a_clock(bureau):
    case = served(bureau)
    demand = bureau.desk.dues.demand
    assert rule(demand, case, "li", "催告", "签收") == "not_overdue"
    bureau.on(dt.date(2026, 4, 1))
    assert refused(demand, case, "li", "催告", " ") == {"service_proven"}
    demand(case, "li", "催告", "签收")
    one = bureau.penalty(case)
    assert one.demanded == dt.date(2026, 4, 1)
    found = {c.key: c for c in clocks(one, bureau.desk.office.rules, dt.date(2026, 4, 2))}
    # Ten working days; 4 to 6 April is the festival of tombs.
    assert found["coercion.court_demand"].last_day == dt.date(2026, 4, 16)
    bureau.desk.penalties.contest(case, "li", "申请复议")
    assert rule(demand, case, "li", "催告", "签收") == "contested"
    bureau.desk.penalties.answer(case, True, "chief", "维持")
    bureau.desk.penalties.pay(case, money.owed(bureau.penalty(case), dt.date(2026, 4, 1)), "li")
    assert rule(demand, case, "li", "催告", "签收") == "nothing_owed"


def test_the_court_is_asked_within_three_months_after_the_time_to_contest(bureau):
    one = bureau.penalty(served(bureau))
    rules = bureau.desk.office.rules
    early = {c.key for c in clocks(one, rules, dt.date(2026, 9, 1))}
    assert "coercion.court" not in early
    (court,) = [c for c in clocks(one, rules, dt.date(2026, 10, 8)) if c.key == "coercion.court"]
    assert court.last_day == dt.date(2026, 12, 14)


def test_the_tables_come_out_of_the_record_again(bureau):
    case = on_the_spot(bureau, 200)
    other = bureau.filed()
    bureau.desk.assignments.recuse(other, "li", "zhao", "chief", "x")
    before = bureau.penalty(case), bureau.penalty(other)
    bureau.ledger.rebuild()
    assert (bureau.penalty(case), bureau.penalty(other)) == before
