"""What a careful opponent would try on a file: nothing of it is lawful, or all of it is allowed."""

import datetime as dt

import msgspec
import pytest
from enforcement_house import FACTS, STOPPED, Bureau

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.spot import SpotRecord
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.rulebook.clocks import clocks
from lianzhi.law.gates import RefusedStepError

DECIDES = dt.date(2026, 3, 12)
WIRING = {"harm": "none", "first_time": True, "corrected": False, "days": 1, "fault": True}


@pytest.fixture
def bureau(tmp_path):
    made = Bureau(tmp_path)
    more = {"squad": "S2", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
    made.desk.registers.officers([{"id": "zhao", "certificate": "A-9", **more}], "test")
    return made


def gates(act, *said, **more):
    """Gates by which an act is refused."""
    with pytest.raises(RefusedStepError) as error:
        act(*said, **more)
    return {one.gate for one in error.value.refusals}


def rule(act, *said, **more):
    """The rule by which it is."""
    with pytest.raises(RefusedError) as error:
        act(*said, **more)
    return error.value.rule


# -- 45(2): nobody pays for speaking -----------------------------------------------------------


def test_a_notice_anew_on_the_same_facts_is_not_harsher_once_the_party_has_spoken(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(19_000)
    desk.notice(case, FACTS, 20_000, "li", "再告知")  # nobody had spoken yet
    desk.record("defended", case, "li", "不服")
    assert "not_harsher_than_notice" in gates(desk.notice, case, FACTS, 30_000, "li", "再告知")
    desk.notice(case, FACTS, 19_000, "li", "采纳一部分")
    assert "not_harsher_than_notice" in gates(desk.notice, case, FACTS, 20_000, "li", "又加重")
    worse = FACTS | {"days": 40, "first_time": False}
    more = desk.ruling(bureau.penalty(case), worse).fine_from
    assert more > 20_000
    desk.notice(case, worse, more, "li", "查明新的事实")


def test_nor_does_a_kind_of_penalty_come_on_top(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(20_000, item=STOPPED["item"])
    desk.record("defended", case, "li", "不服")
    stop = {"sanctions": ["stoppage"]}
    assert "not_harsher_than_notice" in gates(desk.notice, case, FACTS, 20_000, "li", "x", **stop)


# -- 43, 57, 58: who investigated, reviews or has an interest ----------------------------------


def test_whoever_had_a_hand_in_the_inquiry_neither_reviews_nor_decides(bureau):
    desk = bureau.desk.penalties
    case = bureau.filed()
    kept = bureau.desk.files.keep("a.txt", "证".encode())
    desk.add_evidence(case, kept, "document", "zhao", "照片")
    desk.notice(case, FACTS, 20_000, "li", "拟处罚款")
    bureau.on(DECIDES)
    assert gates(desk.review, case, True, "zhao", "合法") == {"reviewer_separate"}
    assert "decider_not_investigator" in gates(desk.decide, case, 20_000, "zhao", "x")


def test_who_stood_aside_takes_no_part_in_anything(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(20_000, item=STOPPED["item"], sanctions=["stoppage"])
    desk.record("hearing_requested", case, "li")
    bureau.desk.assignments.recuse(case, "wang", "zhao", "chief", "近亲属")
    bureau.desk.assignments.recuse(case, "boss", "", "chief", "有利害关系")
    desk.call_hearing(case, dt.date(2026, 3, 31), "li")
    bureau.on(dt.date(2026, 3, 31))
    assert "impartial" in gates(desk.hear, case, "wang", "li", "笔录")
    assert gates(desk.answer, case, False, "boss", "x") == {"impartial"}
    assert "impartial" in gates(bureau.desk.assignments.assign, case, "li", "boss")


def test_a_name_in_a_sentence_is_no_user(bureau):
    recuse = bureau.desk.assignments.recuse
    assert rule(recuse, bureau.filed(), "李四 住江月路", "", "chief", "x") == "officer"


# -- 48: only decisions are published or contested ---------------------------------------------


@pytest.mark.parametrize("end", ["drop", "transfer"])
def test_a_file_without_a_decision_is_neither_published_nor_contested(bureau, end):
    desk = bureau.desk.penalties
    case = bureau.filed()
    if end == "drop":
        desk.drop(case, "chief", "不是违法行为")
    else:
        bureau.desk.assignments.transfer(case, "公安", "chief", "涉嫌犯罪")
    assert rule(desk.record, "published", case, "chief") == "undecided"
    assert rule(desk.contest, case, "li", "复议") == "undecided"
    assert rule(desk.answer, case, False, "chief", "撤销") == "undecided"


def test_the_public_reads_no_words_that_were_written_for_the_file(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided()
    desk.serve(case, "direct", "li", "签收")
    desk.record("published", case, "chief")
    desk.contest(case, "li", "复议")
    desk.answer(case, False, "chief", "张三说的话")
    story = views.story(bureau.ledger, case)
    told = [step.texts["words"] for step in story if step.kind == "penalty.unpublished"]
    assert told
    assert "张三" not in told[0]


# -- 56: what was preserved --------------------------------------------------------------------


def test_a_case_neither_ends_nor_is_decided_while_something_is_kept(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed()
    desk.record("preserved", case, "li", "账册")
    bureau.on(DECIDES)
    assert "preservation_ended" in gates(desk.decide, case, 20_000, "chief", "x")
    assert gates(desk.drop, case, "chief", "x") == {"preservation_ended"}
    desk.record("preservation_released", case, "li", "退还")
    desk.decide(case, 20_000, "chief", "事实清楚")


# -- 63, 64: hearings --------------------------------------------------------------------------


def test_the_figure_itself_gives_the_right_to_a_hearing(bureau):
    mild = {"harm": "none", "first_time": True, "corrected": True, "days": 9, "fault": True}
    case = bureau.filed(item="fire.opened_unlicensed", facts_known=mild)
    bureau.desk.penalties.notice(case, mild, 100_000, "li", "拟处罚款")
    assert bureau.penalty(case).told_hearing


def test_a_hearing_ends_when_the_party_takes_it_back_or_stays_away(bureau):
    desk = bureau.desk.penalties
    case = bureau.noticed(20_000, item=STOPPED["item"], sanctions=["stoppage"])
    desk.record("hearing_requested", case, "li")
    desk.call_hearing(case, dt.date(2026, 3, 13), "li")
    assert rule(desk.end_hearing, case, True, "li", "未到") == "hearing_to_come"
    bureau.on(dt.date(2026, 3, 13))
    desk.record("submitted", case, "li")
    desk.review(case, True, "fa", "合法")
    assert "hearing_held" in gates(desk.decide, case, 20_000, "chief", "x")
    desk.end_hearing(case, True, "li", "未到场")
    desk.decide(case, 20_000, "chief", "事实清楚")


# -- 28, 33, 57: what a penalty consists of ----------------------------------------------------


def test_a_penalty_of_nothing_is_none(bureau):
    facts = FACTS | {"harm": "none"}
    case = bureau.filed(item="fire.duties", facts_known=facts)
    assert "penalty_not_empty" in gates(bureau.desk.penalties.notice, case, facts, 0, "li", "x")


def test_who_is_not_punished_loses_nothing_else_either(bureau):
    innocent = FACTS | {"fault": False}
    case = bureau.filed(item=STOPPED["item"], facts_known=innocent)
    notice = bureau.desk.penalties.notice
    stop = {"sanctions": ["stoppage"]}
    assert "no_penalty_if_exempted" in gates(notice, case, innocent, 0, "li", "x", **stop)


def test_where_only_disobedience_is_fined_an_order_comes_first(bureau):
    desk, facts = bureau.desk.penalties, WIRING | {"days": 9}
    case = bureau.filed(item="fire.wiring", facts_known=facts)
    fine = desk.ruling(bureau.penalty(case), facts).fine_from
    assert "order_given_first" in gates(desk.notice, case, facts, fine, "li", "x")
    assert rule(desk.order, case, bureau.penalty(case).filed, "li", "x") == "order_until"
    desk.order(case, dt.date(2026, 3, 6), "li", "拆除私拉电线")
    bureau.on(dt.date(2026, 3, 6))
    assert "order_given_first" in gates(desk.notice, case, facts, fine, "li", "x")
    bureau.on(dt.date(2026, 3, 9))
    desk.notice(case, facts, fine, "li", "逾期不改正")


def test_who_obeyed_in_time_is_not_fined(bureau):
    desk, facts = bureau.desk.penalties, WIRING | {"days": 9}
    case = bureau.filed(item="fire.wiring", facts_known=facts)
    desk.order(case, dt.date(2026, 3, 6), "li", "拆除私拉电线")
    desk.rectify(case, "li", "已拆除", dt.date(2026, 3, 2))
    bureau.on(dt.date(2026, 3, 9))
    assert "order_given_first" in gates(desk.notice, case, facts, 1_000, "li", "x")


def test_nor_is_anybody_on_the_spot(bureau):
    kept = bureau.desk.files.keep("a.txt", "证".encode())
    said = ("fire.wiring", "E0001", WIRING, ["li", "wang"], kept, "document", "li", "私拉电线")
    handed = SpotRecord("店内", "无", "签收")
    assert "order_given_first" in gates(bureau.desk.spot.decide, *said, handed, fine=1_000)


# -- 30, 31: children --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "fine", "outcome"), [(13, 0, "no_penalty"), (17, 0, "lighter"), (18, 200, "ordinary")]
)
def test_age_moves_a_ruling_and_is_not_lost_by_a_notice(bureau, age, fine, outcome):
    desk, facts = bureau.desk.penalties, FACTS | {"harm": "none"}
    case = bureau.filed(facts_known=facts | {"age": age}, unit=False)
    one = bureau.penalty(case)
    assert desk.ruling(one, one.facts).list == outcome
    kinds = [] if outcome == "no_penalty" else ["warning"]
    desk.notice(case, facts, fine, "li", "x", sanctions=kinds)  # the age is the file's
    assert bureau.penalty(case).announced_list == outcome


# -- after the decision ------------------------------------------------------------------------


def test_an_archived_file_may_still_be_contested_and_tells_how_that_ended(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided()
    desk.serve(case, "direct", "li", "签收")
    desk.pay(case, 20_000, "li")
    desk.close(case, "chief", "已缴清")
    desk.contest(case, "li", "复议")
    assert rule(desk.archive, case, "chief") == "contested"
    desk.answer(case, True, "chief", "维持")
    desk.archive(case, "chief")
    desk.contest(case, "li", "起诉")
    desk.answer(case, False, "chief", "判决撤销")
    assert bureau.penalty(case).outcome == "overturned"


def test_a_spot_fine_is_final_once_reconsideration_is(bureau):
    kept = bureau.desk.files.keep("a.txt", "证".encode())
    facts = WIRING | {"harm": "none"}
    said = ("fire.exit_blocked", "E0001", facts, ["li", "wang"], kept, "document", "li", "堵塞")
    case = bureau.desk.spot.decide(*said, SpotRecord("店内", "无", "签收"), unit=False, fine=200)
    one, rules = bureau.penalty(case), bureau.desk.office.rules
    running = {each.key for each in clocks(one, rules, dt.date(2026, 6, 1))}
    assert "coercion.court" in running


def test_a_fine_from_before_the_statute_still_has_an_account_and_a_page(bureau):
    one = bureau.penalty(bureau.decided())
    old = {"decided": dt.date(2020, 4, 1), "served": dt.date(2020, 4, 5), "status": "served"}
    old_one = msgspec.structs.replace(one, **old, noticed=dt.date(2020, 3, 1), imported=True)
    assert account(old_one, dt.date(2026, 3, 2)).owed == 20_000
    running = clocks(old_one, bureau.desk.office.rules, dt.date(2026, 3, 2))
    # Older statutes ask for these two; the days for paying are those of the newer one.
    assert {one.key for one in running} == {"penalty.publish", "coercion.court"}
    assert bureau.desk.penalties.refusals(old_one, "paid", "li") == []


def test_instalments_paid_in_time_owe_nothing_to_the_monitor(bureau):
    desk = bureau.desk.penalties
    case = bureau.decided()
    desk.serve(case, "direct", "li", "签收")
    parts = [(dt.date(2026, 4, 30), 10_000), (dt.date(2026, 5, 29), 10_000)]
    bureau.desk.dues.defer(case, parts, "chief", "确有困难")
    for day, amount in parts:
        bureau.on(day)
        desk.pay(case, amount, "li")
    desk.close(case, "chief", "已缴清")
    owing = next(
        one for one in bureau.desk.watch.now().report.monitors if one.monitor == "closed_owing"
    )
    assert owing.alerts == ()


# -- requests ----------------------------------------------------------------------------


def test_two_requests_do_not_vanish_into_each_other(bureau):
    desk = bureau.desk.requests
    one, other = (desk.receive("hotline", "exit_blocked", "堵塞", "op") for _ in range(2))
    for each in (one, other):
        desk.accept(each, "op")
    desk.merge(one, other, "op")
    assert rule(desk.merge, other, one, "op") == "merge_closed"
