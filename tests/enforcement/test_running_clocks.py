"""Statutory periods of a file: each runs from the step that starts it to the one that ends it."""

import datetime as dt

import pytest

from lianzhi.domains.enforcement.nouns.penalty import Instalment, Payment, Penalty
from lianzhi.domains.enforcement.rulebook.clocks import Running, clocks
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook

TODAY = dt.date(2026, 4, 28)
DAY = dt.timedelta(days=1)
STEP = dt.date(2026, 4, 27)


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook()


def file(**fields) -> Penalty:
    return Penalty(**({"id": "p", "item": "i", "department": "d", "party": "p_1"} | fields))


def running(rules: Rulebook, today: dt.date = TODAY, **fields) -> dict[str, Running]:
    found = clocks(file(**fields), rules, today)
    assert [c.last_day for c in found] == sorted(c.last_day for c in found)
    return {clock.key: clock for clock in found}


NOTICED = {"status": "noticed", "filed": STEP, "noticed": STEP, "told_hearing": True}
DECIDED = {"status": "decided", "decided": STEP, "list": "ordinary", "fine": 100}
SERVED = DECIDED | {"status": "served", "served": STEP, "published": STEP}
PAID = {"payments": (Payment(STEP, 100),)}
OVERTURNED = {"status": "closed", "overturned": STEP, "published": STEP}
HEARING, DECIDE, SERVE = "penalty.hearing_request", "penalty.decide", "penalty.serve"
PUBLISH, PAY, COURT = "penalty.publish", "penalty.pay", "coercion.court"
DEMAND, WITHDRAW = "coercion.court_demand", "penalty.publication_withdraw"
PRESERVED = "penalty.registered_preservation"
LATE = {"served": dt.date(2025, 6, 2)}  # nobody can contest it any more


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({}, set()),
        ({"preserved": STEP, "status": "decided"}, {PRESERVED}),
        ({"filed": STEP}, {DECIDE}),
        ({"filed": STEP, "status": "closed"}, set()),
        ({"status": "filed"}, set()),
        (NOTICED, {DECIDE, HEARING}),
        (NOTICED | {"told_hearing": False}, {DECIDE}),
        (NOTICED | {"hearing_requested": STEP}, {DECIDE}),
        (NOTICED | {"noticed": None}, {DECIDE}),
        (NOTICED | {"status": "closed"}, set()),
        (DECIDED, {SERVE, PUBLISH}),
        (DECIDED | {"status": "closed"}, {PUBLISH}),
        (DECIDED | {"decided": None}, set()),
        (DECIDED | {"published": STEP}, {SERVE}),
        (DECIDED | {"fine": 0}, {SERVE}),
        (DECIDED | {"list": "no_penalty"}, {SERVE}),
        (SERVED, {PAY}),
        (SERVED | PAID, set()),
        (SERVED | {"status": "closed"}, set()),
        (SERVED | {"served": None}, set()),
        (SERVED | {"payments": (Payment(STEP, 99),)}, {PAY}),
        (SERVED | {"demanded": STEP}, {PAY, DEMAND}),
        (SERVED | PAID | {"demanded": STEP}, set()),
        (SERVED | LATE, {PAY, COURT}),
        (SERVED | LATE | {"contested": STEP}, {PAY}),
        (SERVED | LATE | {"due": TODAY - DAY}, {PAY, COURT}),
        (SERVED | LATE | {"due": TODAY}, {PAY}),
        (OVERTURNED, {WITHDRAW}),
        (OVERTURNED | {"withdrawn": STEP}, set()),
        (OVERTURNED | {"published": None}, set()),
        ({"status": "closed", "published": STEP}, set()),
    ],
)  # fmt: skip
def test_a_period_runs_from_what_starts_it_to_what_ends_it(rules, fields, keys):
    assert running(rules, **fields).keys() == keys


@pytest.mark.parametrize("on_the_spot", [False, True])
def test_the_court_can_be_asked_from_the_day_after_the_last_day_to_contest(rules, on_the_spot):
    key = "reconsideration.request" if on_the_spot else "litigation.direct"
    last = rules.last_day(key, LATE["served"])
    fields = SERVED | LATE | {"on_the_spot": on_the_spot}
    assert COURT not in running(rules, last, **fields)
    found = running(rules, last + DAY, **fields)[COURT]
    assert found.last_day == rules.last_day(COURT, last)
    deferred = running(rules, last + 9 * DAY, **fields, due=last + 3 * DAY)[COURT]
    assert deferred.last_day == rules.last_day(COURT, last + 3 * DAY)


def test_a_file_older_than_the_statute_has_none_of_its_periods(rules):
    first = rules.periods.versions(DECIDE)[0].effective_from
    assert DECIDE in running(rules, filed=first)
    assert DECIDE not in running(rules, filed=first - DAY)


def test_an_end_in_a_year_without_known_holidays_is_unknown(rules):
    last = rules.calendar.known_years[-1]
    found = running(rules, status="decided", decided=dt.date(last, 12, 30))[SERVE]
    assert (found.status, found.left, found.last_day) == ("unknown", 0, dt.date(last + 1, 1, 1))


APRIL, MAY, JUNE = (dt.date(2026, month, 15) for month in (4, 5, 6))
PARTS = tuple(Instalment(day, amount) for day, amount in ((APRIL, 30), (MAY, 50), (JUNE, 10)))


@pytest.mark.parametrize(
    ("paid", "due"),
    [(10, APRIL), (39, APRIL), (40, MAY), (41, MAY), (89, MAY), (90, JUNE), (99, JUNE)],
)
def test_the_first_instalment_not_paid_in_full_is_due(rules, paid, due):
    """Ten were paid before the rest was split up."""
    fields = SERVED | {"instalments": PARTS, "payments": (Payment(STEP, paid),)}
    found = running(rules, **fields)
    assert found.keys() == {PAY}
    assert (found[PAY].last_day, found[PAY].left) == (due, (due - TODAY).days)


def test_no_instalment_is_due_once_all_is_paid(rules):
    assert running(rules, **SERVED, instalments=PARTS, **PAID) == {}


def test_an_instalment_warns_and_is_overdue_the_day_after(rules):
    warn = rules.periods.get(PAY, TODAY).warn.number
    states = {
        left: running(rules, APRIL - left * DAY, **SERVED, instalments=PARTS)[PAY].status
        for left in (warn + 1, warn, 1, 0, -1)
    }
    assert list(states.values()) == ["running", "warned", "warned", "warned", "overdue"]


def test_instalments_of_a_fine_older_than_the_statute_have_a_clock(rules):
    old = SERVED | {"served": dt.date(2021, 7, 1), "contested": STEP}
    assert running(rules, **old, instalments=PARTS)[PAY].last_day == APRIL
