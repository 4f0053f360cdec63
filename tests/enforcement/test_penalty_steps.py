"""A case file from filing to the archive: lawful steps are on the record, others are refused."""

import datetime as dt

import pytest
from enforcement_house import FACTS, ITEM, START, STOPPED, Bureau, register_observer

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.law import money
from lianzhi.domains.enforcement.queries import views
from lianzhi.jobs.mounted import MODEL
from lianzhi.law.discretion.outcome import MissingFactError, OutsideDomainError
from lianzhi.law.gates import RefusedStepError
from lianzhi.store import lookups
from lianzhi.store.audit_tables import audit_tables


@pytest.fixture
def bureau(tmp_path):
    made = Bureau(tmp_path)
    yield made
    made.ledger.engine.dispose()


def refused(act, *args, **named) -> set[str]:
    """Gates that refuse an act; the record is as it was."""
    with pytest.raises(RefusedStepError) as error:
        act(*args, **named)
    return {one.gate for one in error.value.refusals}


def rule(act, *args, **named) -> str:
    """Rule by which an act is refused."""
    with pytest.raises((RefusedError, IllegalStepError)) as error:
        act(*args, **named)
    return error.value.rule


def test_one_case_from_filing_to_the_archive(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(20_000)
    desk.record("defended", case, "li", "货物当天已经清走")
    desk.record("defence_considered", case, "li", "清走在检查之后，不影响认定")
    bureau.on(dt.date(2026, 3, 12))
    desk.decide(case, 20_000, "chief", "事实清楚，证据确凿")
    desk.serve(case, "direct", "li", "本人签收")
    desk.record("published", case, "chief")
    bureau.on(dt.date(2026, 3, 20))
    desk.pay(case, 20_000, "li")
    desk.close(case, "chief", "罚款已缴清")
    desk.archive(case, "chief")
    bureau.on(dt.date(2026, 4, 17))
    desk.revisit(case, False, "li", "安全出口畅通")
    found = bureau.penalty(case)
    assert (found.status, found.list, found.fine, found.outcome) == (
        "archived", "ordinary", 20_000, "carried_out",
    )  # fmt: skip
    assert found.row.startswith("fire.2021@")
    assert found.due == dt.date(2026, 3, 27)
    assert found.keep_until == dt.date(2036, 12, 31)
    kinds = [step.kind for step in views.story(bureau.ledger, case)]
    assert kinds[:3] == ["penalty.filed", "penalty.evidence_added", "penalty.noticed"]
    report = audit_tables(bureau.ledger.engine, MODEL)
    assert report.ok, report.faults


def test_the_case_stands_on_the_chain_that_all_domains_share(bureau):
    case = bureau.decided()
    with bureau.ledger.engine.connect() as connection:
        chained = lookups.case_by_id(connection, case)
        assert (chained.kind, chained.status) == ("enforcement.penalty", "open")
    bureau.desk.penalties.serve(case, "direct", "li", "签收")
    bureau.desk.penalties.pay(case, 20_000, "li")
    bureau.desk.penalties.close(case, "chief", "已缴清")
    with bureau.ledger.engine.connect() as connection:
        chained = lookups.case_by_id(connection, case)
    assert (chained.status, chained.outcome) == ("closed", "settled")
    assert chained.revisit_at is not None


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"officers": ["li"]}, "enough_officers"),
        ({"officers": ["li", "old"]}, "officers_certified"),
        ({"officers": ["li", "stranger"]}, "officers_certified"),
        ({"item": "fire.made_up"}, "item_on_power_list"),
        ({"item": "market.food_expired"}, "basis_in_force"),
        ({"act_day": dt.date(2019, 1, 1)}, "item_on_power_list"),
        ({"found_day": dt.date(2026, 2, 1)}, "days_in_order"),
    ],
)
def test_a_case_that_may_not_be_filed_is_refused_and_leaves_nothing(bureau, changes, gate):
    before = bureau.ledger.size
    assert gate in refused(bureau.filed, **changes)
    assert bureau.ledger.size == before


def test_nobody_unknown_can_be_a_party(bureau):
    with pytest.raises(RefusedError) as error:
        bureau.filed(party="E9999")
    assert error.value.rule == "enterprise"


def test_notice_needs_evidence_and_a_row_of_the_table(bureau):
    desk = bureau.desk.penalties
    case = desk.file(ITEM, "E0001", FACTS, START, ["li", "wang"], "li", "堵塞")
    assert "evidence_on_file" in refused(desk.notice, case, FACTS, 20_000, "li", "x")
    desk.add_evidence(case, bureau.desk.files.keep("a.txt", b"seen"), "document", "li")
    assert refused(desk.notice, case, FACTS, 36_501, "li", "x") == {"within_discretion_range"}
    assert "within_statutory_range" in refused(desk.notice, case, FACTS, 50_001, "li", "x")
    with pytest.raises(OutsideDomainError, match="harm"):
        desk.notice(case, FACTS | {"harm": "awful"}, 20_000, "li", "x")
    with pytest.raises(MissingFactError, match="first_time"):
        desk.notice(case, {k: v for k, v in FACTS.items() if k != "first_time"}, 20_000, "li", "x")


def test_a_registered_observer_takes_no_part_in_a_case(bureau):
    register_observer(bureau, "qiu")
    desk, kept = bureau.desk.penalties, bureau.desk.files.refer("p", "vault 7/p.jpg", "ab" * 32)
    assert "no_observer" in refused(bureau.filed, officers=["li", "qiu"])
    assert "no_observer" in refused(bureau.filed, officers=["li", "wang"], by="qiu")
    case = bureau.filed()
    assert "no_observer" in refused(desk.add_evidence, case, kept, "document", "qiu")
    assert rule(bureau.desk.assignments.assign, case, "qiu", "chief") == "officer"
    assert bureau.penalty(case).officers == ("li", "wang")


def test_what_a_device_recorded_counts_only_once_it_was_reviewed(bureau):
    desk = bureau.desk.penalties
    case = bureau.filed()
    kept = bureau.desk.files.refer("camera 4", "vault 7/2026-03-01.mp4", "ab" * 32)
    evidence = desk.add_evidence(case, kept, "recording", "li", electronic=True)
    assert refused(desk.notice, case, FACTS, 20_000, "li", "x") == {"electronic_evidence_reviewed"}
    desk.review_evidence(case, evidence, True, "fa", "画面完整，位置已公布")
    desk.notice(case, FACTS, 20_000, "li", "x")
    again = rule(desk.review_evidence, case, evidence, True, "fa", "again")
    assert again == "evidence_waits"


def test_evidence_is_preserved_for_seven_working_days_and_no_longer(bureau):
    desk = bureau.desk.penalties
    case = bureau.filed()
    desk.record("preserved", case, "li", "账册可能灭失")
    bureau.on(dt.date(2026, 3, 12))  # the eighth working day
    assert "preservation_settled" in refused(desk.record, "preservation_settled", case, "li", "x")
    assert rule(desk.record, "preserved", case, "li", "再保存一次") == "preserved_already"
    assert refused(desk.notice, case, FACTS, 20_000, "li", "x") == {"preservation_settled"}
    bureau.on(dt.date(2026, 3, 11))
    desk.record("preservation_settled", case, "li", "退还")


def test_what_was_preserved_too_long_can_only_be_given_back(bureau):
    desk = bureau.desk.penalties
    case = bureau.filed()
    desk.record("preserved", case, "li", "账册可能灭失")
    bureau.on(dt.date(2026, 3, 12))
    desk.record("preservation_released", case, "li", "逾期，退还当事人")
    desk.notice(case, FACTS, 20_000, "li", "x")
    assert rule(desk.record, "preservation_settled", case, "li", "x") == "not_preserved"


def test_the_days_of_the_notice_are_waited_for(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed()
    for day in (2, 6, 9):  # five working days: until the ninth
        bureau.on(dt.date(2026, 3, day))
        assert "defence_completed" in refused(desk.decide, case, 20_000, "chief", "x")
    bureau.on(dt.date(2026, 3, 10))
    desk.decide(case, 20_000, "chief", "x")


def test_who_waives_need_not_be_waited_for(bureau):
    case = bureau.noticed()
    bureau.desk.penalties.record("defence_waived", case, "li", "我没有意见，愿意接受处罚")
    bureau.desk.penalties.decide(case, 20_000, "chief", "x")


def test_defending_never_makes_it_worse(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(19_000)
    desk.record("defended", case, "li", "不服")
    bureau.on(dt.date(2026, 3, 12))
    assert "defence_completed" in refused(desk.decide, case, 19_000, "chief", "x")
    desk.record("defence_considered", case, "li", "复核后不采纳")
    assert refused(desk.decide, case, 19_001, "chief", "x") == {"not_harsher_than_notice"}
    desk.decide(case, 19_000, "chief", "x")


def test_a_hearing_is_offered_asked_for_called_and_held(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(20_000, **STOPPED)
    assert bureau.penalty(case).told_hearing
    desk.record("hearing_requested", case, "li")
    bureau.on(dt.date(2026, 3, 12))
    assert {"hearing_held"} <= refused(desk.decide, case, 20_000, "chief", "x")
    soon = dt.date(2026, 3, 20)  # six working days ahead
    assert refused(desk.call_hearing, case, soon, "li") == {"hearing_announced"}
    assert refused(desk.call_hearing, case, dt.date(2026, 3, 11), "li") == {"hearing_announced"}
    bureau.on(soon)
    assert "hearing_announced" in refused(desk.hear, case, "zhao", "li", "笔录")
    desk.call_hearing(case, dt.date(2026, 3, 31), "li")
    bureau.on(dt.date(2026, 3, 31))
    for chair in ("wang", " Wang　", "王芳"):
        assert refused(desk.hear, case, chair, "li", "笔录") == {"chair_not_investigator"}
    desk.hear(case, "zhao", "li", "笔录")
    assert "legally_reviewed" in refused(desk.decide, case, 20_000, "chief", "x")
    desk.record("submitted", case, "li")
    assert "reviewer_separate" in refused(desk.review, case, True, "wang", "x")
    desk.review(case, False, "fa", "证据不足")
    assert "legally_reviewed" in refused(desk.decide, case, 20_000, "chief", "x")
    desk.review(case, True, "fa", "补证后通过")
    desk.review(case, True, "lan", "同意")
    assert "reviewer_separate" in refused(desk.decide, case, 20_000, "fa", "x"), (
        "who failed it once"
    )
    desk.decide(case, 20_000, "chief", "x")


def test_the_days_for_asking_for_a_hearing_end(bureau):
    case = bureau.noticed(20_000, **STOPPED)
    bureau.on(dt.date(2026, 3, 10))
    assert refused(bureau.desk.penalties.record, "hearing_requested", case, "li") == {
        "hearing_in_time"
    }


def test_a_serious_case_is_discussed_together_and_reviewed(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(20_000, grave=True)
    bureau.on(dt.date(2026, 3, 12))
    assert refused(desk.decide, case, 20_000, "chief", "x") == {
        "discussed_together", "legally_reviewed",
    }  # fmt: skip
    desk.record("discussed", case, "chief", "班子成员五人一致同意")
    desk.record("submitted", case, "li")
    desk.review(case, True, "fa", "通过")
    desk.decide(case, 20_000, "chief", "x")


def test_nobody_is_fined_twice_for_one_act(bureau):
    bureau.decided()
    bureau.on(START)
    second = bureau.filed()
    assert refused(bureau.desk.penalties.notice, second, FACTS, 20_000, "li", "x") == {
        "no_second_fine"
    }


def test_who_investigated_does_not_decide(bureau):
    case = bureau.noticed()
    bureau.on(dt.date(2026, 3, 12))
    assert refused(bureau.desk.penalties.decide, case, 20_000, "wang", "x") == {
        "decider_not_investigator"
    }


def test_no_penalty_where_the_table_says_so(bureau):
    desk = bureau.desk.penalties
    mild = FACTS | {"harm": "none", "corrected": True, "days": 2}
    case = bureau.filed(facts_known=mild)
    refusals = refused(desk.notice, case, mild, 5_000, "li", "x")
    assert refusals == {"within_discretion_range", "no_penalty_if_exempted"}
    desk.notice(case, mild, 0, "li", "拟不予处罚")
    bureau.on(dt.date(2026, 3, 12))
    desk.decide(case, 0, "chief", "轻微并及时改正，没有危害后果")
    desk.serve(case, "direct", "li", "签收")
    desk.close(case, "chief", "已教育")
    assert bureau.penalty(case).outcome == "not_punished"


def test_a_late_fine_grows_stands_still_while_contested_and_never_doubles(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided(20_000)
    desk.serve(case, "direct", "li", "签收")  # due on the 27th

    def owed(day: dt.date) -> int:
        return money.owed(bureau.penalty(case), day)

    assert owed(dt.date(2026, 3, 27)) == 20_000
    assert owed(dt.date(2026, 3, 28)) == 20_600
    bureau.on(dt.date(2026, 4, 1))
    desk.contest(case, "li", "向市政府申请复议")
    assert owed(dt.date(2026, 4, 30)) == owed(dt.date(2026, 3, 31))
    bureau.on(dt.date(2026, 4, 30))
    desk.answer(case, True, "chief", "维持")
    assert owed(dt.date(2027, 4, 30)) == 40_000
    with pytest.raises(RefusedError, match="22400"):
        desk.pay(case, 22_401, "li", dt.date(2026, 4, 30))


def test_an_overturned_decision_leaves_what_is_left_and_is_withdrawn(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided(20_000)
    desk.serve(case, "direct", "li", "签收")
    desk.record("published", case, "chief")
    desk.contest(case, "li", "申请复议")
    with pytest.raises(RefusedError, match="复议法 63"):
        desk.answer(case, False, "chief", "变更", fine=20_001)
    desk.answer(case, False, "chief", "撤销", fine=0)
    found = bureau.penalty(case)
    assert (found.fine, found.withdrawn) == (0, dt.date(2026, 3, 12))
    with bureau.desk.office.reading() as connection:
        assert not views.penalties(connection, "published").rows
    desk.close(case, "chief", "决定已撤销")
    assert bureau.penalty(case).outcome == "overturned"


def test_nothing_is_closed_while_something_is_owed_or_contested(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided(20_000)
    desk.serve(case, "direct", "li", "签收")
    with pytest.raises(RefusedError, match="20000 yuan"):
        desk.close(case, "chief", "x")
    desk.pay(case, 20_000, "li")
    desk.contest(case, "li", "起诉")
    with pytest.raises(RefusedError, match="goes on"):
        desk.close(case, "chief", "x")


def test_a_step_on_a_day_to_come_is_refused(bureau):
    case = bureau.decided()
    with pytest.raises(RefusedError, match="2026-03-13"):
        bureau.desk.penalties.serve(case, "direct", "li", "签收", dt.date(2026, 3, 13))


def test_service_needs_proof(bureau):
    case = bureau.decided()
    assert refused(bureau.desk.penalties.serve, case, "left", "li", " ") == {"service_proven"}


def test_steps_keep_their_order(bureau):
    case = bureau.filed()
    with pytest.raises(IllegalStepError):
        bureau.desk.penalties.serve(case, "direct", "li", "签收")
    bureau.desk.penalties.drop(case, "chief", "不是违法行为")
    with pytest.raises(IllegalStepError):
        bureau.desk.penalties.notice(case, FACTS, 20_000, "li", "x")


def test_the_record_holds_no_name_and_forgets_a_party(bureau):
    case = bureau.decided()
    for entry in bureau.ledger.entries():
        said = str(bureau.ledger.payload(entry.index))
        assert "江月" not in said
        assert "E0001" not in said
    bureau.ledger.erase("E0001", bureau.now)
    party = bureau.penalty(case).party
    assert views.named(bureau.ledger, [party])[party].name == ""
    texts = [step.texts for step in views.story(bureau.ledger, case)]
    assert not any(texts)


def test_no_step_is_dated_before_the_one_that_it_follows(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed()
    early = START - dt.timedelta(1)
    assert refused(desk.record, "defended", case, "li", "x", early) == {"after_previous_step"}
    bureau.on(dt.date(2026, 3, 12))
    desk.decide(case, 20_000, "chief", "x")
    before = dt.date(2026, 3, 11)
    assert refused(desk.serve, case, "direct", "li", "签收", before) == {"after_previous_step"}
    assert refused(desk.contest, case, "li", "向区政府", before) == {"after_previous_step"}
    bureau.on(dt.date(2026, 3, 20))
    desk.serve(case, "direct", "li", "签收", dt.date(2026, 3, 19))
    assert refused(desk.pay, case, 100, "li", dt.date(2026, 3, 18)) == {"after_previous_step"}
    desk.pay(case, 100, "li", dt.date(2026, 3, 19))


@pytest.mark.parametrize("kinds", [["revocation", "closure"], ["beheading"], ["warning"]])
def test_only_kinds_of_penalty_that_the_basis_provides(bureau, kinds):
    """消防法 60: a unit is fined for a blocked exit; nothing else is provided."""
    case = bureau.filed()
    notice = bureau.desk.penalties.notice
    assert refused(notice, case, FACTS, 20_000, "li", "x", sanctions=kinds) == {
        "penalty_kind_provided"
    }


def test_who_takes_the_step_has_a_certificate_as_well(bureau):
    assert refused(bureau.filed, by="old") == {"officers_certified"}
    case = bureau.filed()
    desk = bureau.desk.penalties
    assert refused(desk.notice, case, FACTS, 20_000, "old", "x") == {"officers_certified"}
    assert refused(desk.notice, case, FACTS, 20_000, "nobody", "x") == {"officers_certified"}


def test_what_was_annulled_is_not_published_again(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided()
    desk.serve(case, "direct", "li", "签收")
    desk.record("published", case, "chief")
    desk.contest(case, "li", "向区政府申请复议")
    assert rule(desk.answer, case, False, "chief", "x", -1) == "number"
    desk.answer(case, False, "chief", "撤销")
    assert rule(desk.record, "published", case, "chief") == "annulled"


def test_reasons_are_given_and_ways_of_service_are_the_law_s(bureau):
    desk = bureau.desk.penalties
    case = bureau.filed()
    assert rule(desk.notice, case, FACTS, 20_000, "li", " ") == "reason"
    desk.notice(case, FACTS, 20_000, "li", "x")
    bureau.on(dt.date(2026, 3, 12))
    assert rule(desk.decide, case, 20_000, "chief", "") == "reason"
    desk.decide(case, 20_000, "chief", "x")
    assert rule(desk.serve, case, "pigeon", "li", "签收") == "way"
