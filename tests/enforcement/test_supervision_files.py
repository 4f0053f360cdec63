"""Monitors of single files and visits: one lawful file, spoilt in one respect at a time."""

import datetime as dt
import re
from decimal import Decimal
from typing import get_args

import pytest
from supervised import (
    DAY,
    FILE,
    PERMIT,
    REQUEST,
    RULES,
    STAFF,
    VISIT,
    asked,
    changed,
    look,
    officer,
    on,
)

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.importing.town_rows import TownItem
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError, TooFewError
from lianzhi.domains.enforcement.law import statutes
from lianzhi.domains.enforcement.law.procedure import NoProcedureError
from lianzhi.domains.enforcement.rulebook.visit_rules import NoVisitPolicyError
from lianzhi.domains.enforcement.supervision import cases, policy, visits
from lianzhi.domains.enforcement.supervision.look import Unjudged
from lianzhi.domains.enforcement.supervision.monitors import MONITORS, report
from lianzhi.domains.enforcement.supervision.reasons import Code, why
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import ClockError
from lianzhi.law.gates import NoGatesError
from lianzhi.law.periods import UnknownPeriodError
from lianzhi.law.surcharge_rules import NoRuleError


def test_a_lawful_file_asks_nothing():
    lawful = look(penalties=(FILE,), inspections=(VISIT,), requests=(REQUEST,), permits=(PERMIT,))
    assert asked(lawful) == {}


@pytest.mark.parametrize(
    ("fields", "monitors"),
    [
        ({"officers": ("li",)}, {"case_officers"}),
        ({"officers": ("li", "li")}, {"case_officers"}),
        ({"officers": ("li", "nobody")}, {"case_certificate"}),
        ({"noticed": None}, {"no_notice"}),
        ({"noticed": on("03-12")}, {"decided_early"}),  # five working days end on 03-19
        ({"noticed": on("03-10")}, {"decided_early"}),  # they end on the day of the decision
        ({"noticed": on("03-09")}, set()),
        ({"noticed": on("03-12"), "hearing_requested": on("03-13"), "heard": on("03-16")}, set()),
        ({"hearing_requested": on("03-06")}, {"no_hearing"}),
        ({"reviewed": None, "reviewed_by": None}, set()),  # nothing asks for it at 20,000
        ({"reviewed": None, "reviewed_by": None, "hearing_requested": on("03-06"),
          "heard": on("03-13")}, {"no_legal_review"}),
        ({"decided_by": "li"}, {"same_hands"}),
        ({"reviewed_by": "wang"}, {"same_hands"}),
        ({"reviewed_by": "chief"}, {"same_hands"}),
        ({"served": on("03-26")}, set()),  # the seventh working day
        ({"served": on("03-27")}, {"served_late"}),
        ({"served": None, "paid": None, "amount_paid": None, "closed": None}, {"served_late"}),
        ({"published": on("03-26")}, set()),
        ({"published": on("03-27")}, {"published_late"}),
        ({"published": None}, {"published_late"}),
        # Need not be published; but by the table these facts are fined.
        ({"published": None, "list": "no_penalty", "fine": None, "paid": None,
          "amount_paid": None}, {"outside_table"}),
        ({"fine": Decimal(60_000), "amount_paid": Decimal(60_000)},
         {"fine_above_most", "outside_table"}),
        ({"fine": Decimal(1_000), "amount_paid": Decimal(1_000)},
         {"fine_below_least", "outside_table"}),
        ({"amount_paid": Decimal(19_999)}, {"closed_owing"}),
        ({"paid": None, "amount_paid": None}, {"closed_owing"}),
        ({"paid": None, "amount_paid": None, "overturned": True}, set()),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_asked_once(fields, monitors):
    spoilt = changed(FILE, **fields)
    assert set(asked(look(penalties=(spoilt,), inspections=(VISIT,)))) == monitors


def test_ninety_days_are_counted_from_filing_and_go_on_while_it_is_open():
    last = FILE.filed + dt.timedelta(90)
    for days, late in ((0, False), (1, True)):
        done = last + dt.timedelta(days)
        file = changed(FILE, decided=done, served=done, published=done, paid=done, closed=done)
        assert ("decided_late" in asked(look(penalties=(file,)))) is late
    still = changed(
        FILE, reviewed=None, reviewed_by=None, decided=None, decided_by=None, list=None, fine=None,
        served=None, published=None, paid=None, amount_paid=None, closed=None,
    )  # fmt: skip
    assert asked(look(last, penalties=(still,))) == {}
    assert set(asked(look(last + dt.timedelta(1), penalties=(still,)))) == {"decided_late"}
    assert asked(look(penalties=(changed(still, closed=DAY),))) == {}  # dropped


def test_surcharge_belongs_to_what_is_owed():
    due = RULES.last_day("penalty.pay", FILE.served)
    late = changed(FILE, paid=due + dt.timedelta(2), closed=due + dt.timedelta(3))
    (alert,) = report(look(penalties=(late,)), [cases.closed_owing]).alerts
    assert alert.figures["surcharge"] == 1_200  # two days of 3 %
    enough = changed(late, amount_paid=Decimal(21_200))
    assert asked(look(penalties=(enough,)), cases.closed_owing) == {}


@pytest.mark.parametrize(
    ("years", "harm", "over"), [(2, "none", True), (2, "minor", False), (5, "minor", True)]
)
def test_limitation_is_longer_where_life_was_harmed(years, harm, over):
    act = dt.date(2026 - years, 2, 1)
    old = changed(FILE, act_day=act, facts={**FILE.facts, "harm": harm})
    found = asked(look(penalties=(old,), inspections=(VISIT,)), cases.limitation_over)
    assert bool(found) is over


def test_it_is_found_at_the_inspection_not_at_filing():
    act = dt.date(2024, 3, 2)  # two years end on the day of the visit, the day before filing
    old = changed(FILE, act_day=act, facts={**FILE.facts, "harm": "none"})
    assert asked(look(penalties=(old,), inspections=(VISIT,)), cases.limitation_over) == {}
    assert asked(look(penalties=(old,)), cases.limitation_over) == {"limitation_over": [("P1",)]}


def test_one_act_is_fined_once():
    again = changed(FILE, id="P2", department="market")
    other = changed(FILE, id="P3", act_day=on("03-01"))
    undone = changed(FILE, id="P4", overturned=True)
    found = asked(look(penalties=(FILE, again, other, undone)), cases.double_fine)
    assert found == {"double_fine": [("P1", "P2")]}


def test_waived_and_on_the_spot_are_known_from_the_record():
    early = changed(FILE, noticed=on("03-16"))
    assert asked(look(penalties=(early,), waived=frozenset({"P1"})), cases.decided_early) == {}
    spot = changed(FILE, noticed=None, reviewed=None, reviewed_by=None, officers=("li",))
    spot = changed(spot, decided_by="li")
    found = asked(look(penalties=(spot,), on_the_spot=frozenset({"P1"})))
    assert not {"no_notice", "same_hands", "case_officers", "no_legal_review"} & set(found)


def test_a_town_is_judged_by_its_own_list():
    own = (TownItem("fire.exit_blocked", "fire", "", "", Decimal(100), Decimal(5_000)),)
    assert asked(look(penalties=(FILE,), items=own)) == {"fine_above_most": [("P1",)]}
    unknown = (changed(own[0], id="other.item"),)
    assert asked(look(penalties=(FILE,), items=unknown)) == {}


@pytest.mark.parametrize(
    ("fields", "monitors"),
    [
        ({"officers": ("li",)}, {"visit_officers"}),
        ({"officers": ("li", "ann"), "observers": ()}, {"visit_observer"}),
        ({"officers": ("li", "nobody")}, {"visit_certificate"}),
        ({"scanned_in": False}, {"no_scan"}),
        ({"day": dt.date(2028, 1, 3)}, {"visit_certificate"}),
    ],
)
def test_what_is_wrong_with_a_visit(fields, monitors):
    assert set(asked(look(inspections=(changed(VISIT, **fields),)))) == monitors


def test_a_certificate_is_good_on_its_last_day():
    for until, ended in ((VISIT.day, False), (VISIT.day - dt.timedelta(1), True)):
        staff = (STAFF[0], officer("wang", until))
        found = asked(look(inspections=(VISIT,), officers=staff), visits.visit_certificate)
        assert bool(found) is ended


def test_only_routine_visits_count_towards_the_cap():
    rules = look().visit_policy(DAY)
    routine = tuple(changed(VISIT, id=f"I{k}") for k in range(rules.cap))
    asked_for = tuple(changed(VISIT, id=f"R{k}", reason="request") for k in range(9))
    assert asked(look(inspections=(*routine, *asked_for)), visits.over_cap) == {}
    more = changed(VISIT, id="more", day=on("05-06"))
    found = asked(look(inspections=(*routine, more)), visits.over_cap)
    assert found == {"over_cap": [("E1",)]}
    later = changed(more, day=dt.date(2027, 1, 5))
    assert asked(look(inspections=(*routine, later)), visits.over_cap) == {}


def test_a_permit_is_published_in_seven_working_days():
    assert asked(look(permits=(changed(PERMIT, published=on("03-18")),))) == {}
    late = changed(PERMIT, published=on("03-19"))
    assert asked(look(permits=(late,))) == {"permit_published_late": [("L1",)]}


def test_nothing_ends_before_it_is_accepted():
    early = changed(REQUEST, disposed_at=59_999)
    assert asked(look(requests=(early,))) == {"disposed_early": [("R1",)]}


def test_files_of_the_years_before_are_judged_by_the_shipped_policy():
    years = dt.timedelta(3 * 365)
    days = {name: getattr(FILE, name) - years for name in (
        "act_day", "filed", "noticed", "reviewed", "decided", "served", "paid", "published",
        "closed")}  # fmt: skip
    spoilt = changed(FILE, **days, fine=Decimal(60_000), amount_paid=Decimal(60_000))
    found = report(look(penalties=(spoilt,)))
    assert {one.monitor for one in found.monitors if one.alerts} == {
        "fine_above_most", "outside_table",
    }  # fmt: skip
    assert not [one for one in found.monitors if one.unjudged == ("P1",)]
    visit = changed(VISIT, day=dt.date(2024, 12, 16), scanned_in=False)  # 国办发〔2024〕54号
    assert asked(look(inspections=(visit,)), visits.no_scan) == {"no_scan": [("I1",)]}


def test_what_the_law_kept_here_does_not_reach_is_told_and_not_guessed():
    before = changed(VISIT, day=dt.date(2024, 5, 6), scanned_in=False)
    assert [type(one) for one in visits.no_scan(look(inspections=(before,)))] == [Unjudged]
    far = dt.date(2035, 3, 5)
    future = changed(FILE, filed=far, decided=far, served=far + dt.timedelta(60))
    told = report(look(penalties=(future,)), [cases.served_late]).monitors[0]
    assert told.alerts == ()
    assert told.unjudged == ("P1",)
    assert (told.reason.code, told.reason.figures) == ("year", {"year": 2035})
    assert "2035" in told.reason.detail


GAPS = [
    UnknownYearError(2035, "2007 to 2026"),
    UnknownPeriodError("penalty.serve", DAY, "period has no effect"),
    NoGatesError(dt.date(2020, 5, 6), dt.date(2021, 7, 15)),
    NoRuleError(dt.date(2020, 5, 6), dt.date(2021, 7, 15)),
    NoVisitPolicyError("visits", dt.date(2020, 5, 6)),
    NoProcedureError("procedure", dt.date(2020, 5, 6)),
    TooFewError(3, 200),
    NotFittedError("all alike"),
    ClockError("start is too early"),
    PolicyError("broken"),
]


@pytest.mark.parametrize("error", GAPS, ids=lambda error: type(error).__name__)
def test_why_a_row_was_not_judged_is_said_in_both_languages(error):
    reason = why(error)
    zh, en = reason.say("zh"), reason.say("en")
    assert zh != en
    for said in (zh, en):
        assert "unjudged." not in said
        assert all(str(figure) in said for figure in reason.figures.values())
    assert re.search("[\u4e00-\u9fff]", zh)
    assert not re.search("[\u4e00-\u9fff]", en)
    assert reason.detail == str(error)


def test_each_reason_has_an_error_that_gives_it():
    assert {why(error).code for error in GAPS} == {*get_args(Code)}


def test_every_monitor_has_words_and_a_basis_that_exists():
    terms, bases = policy.on(DAY), statutes.bases()
    assert set(terms.monitors) == {monitor.__name__ for monitor in MONITORS}
    for asks in terms.monitors.values():
        assert not asks.basis or bases.versions(asks.basis)


def test_words_take_the_figures_of_every_alert():
    spoilt = changed(
        FILE, officers=("li",), noticed=on("03-16"), fine=Decimal(600_000), decided_by="li",
        hearing_requested=on("03-16"), reviewed=None, reviewed_by=None, served=on("05-06"),
        published=on("05-06"), act_day=dt.date(2020, 1, 1), paid=None, amount_paid=None,
        closed=on("06-01"),
    )  # fmt: skip
    looked = look(
        penalties=(spoilt, changed(spoilt, id="P2")),
        inspections=(changed(VISIT, officers=("ann",), scanned_in=False),),
        requests=(changed(REQUEST, disposed_at=1),),
    )
    alerts = report(looked).alerts
    assert len({alert.monitor for alert in alerts}) >= 12
    for alert in alerts:
        for language in ("zh", "en"):
            said = looked.policy.question(alert, language)
            assert "{" not in said
            assert "None" not in said


def test_an_observer_on_a_case_has_no_certificate():
    spoilt = changed(FILE, officers=("li", "ann"))
    assert asked(look(penalties=(spoilt,))) == {"case_certificate": [("P1",)]}
