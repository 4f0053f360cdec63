import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_law import LATE_FINES, PERIODS

from lianzhi.law import holidays
from lianzhi.law.citation import Citation, chinese
from lianzhi.law.surcharge import Part, Payment, Suspension, surcharge
from lianzhi.law.surcharge_rules import SurchargeError
from lianzhi.law.words import Words

SERVED = dt.date(2026, 1, 5)
RULE = LATE_FINES.on(SERVED)
DUE = dt.date(2026, 1, 20)


def day(n: int) -> dt.date:
    """The n-th day after the fine was due."""
    return DUE + dt.timedelta(days=n)


def added(fine: str, until: int, paid: dict[int, str] | None = None, suspended=()) -> Decimal:
    payments = [Payment(day(n), Decimal(sum_)) for n, sum_ in (paid or {}).items()]
    stops = [Suspension(day(first), day(last)) for first, last in suspended]
    return surcharge([Part(DUE, Decimal(fine))], payments, day(until), RULE, stops).amount


def test_due_fifteen_days_after_receipt():
    assert RULE.due(SERVED) == DUE
    assert RULE.last_day(SERVED, PERIODS, holidays.shipped()) == DUE


@given(st.dates(dt.date(2021, 7, 15), dt.date(2025, 12, 31)))
def test_the_last_day_to_pay_is_a_working_day_and_never_before_the_fifteenth(received):
    calendar = holidays.shipped()
    last = RULE.last_day(received, PERIODS, calendar)
    assert calendar.is_working(last)
    assert RULE.due(received) <= last <= RULE.due(received) + dt.timedelta(days=10)


@pytest.mark.parametrize(
    ("fine", "until", "paid", "suspended", "amount"),
    [
        ("5000", 0, {}, (), "0"),
        ("5000", 1, {}, (), "150"),
        ("5000", 33, {}, (), "4950"),
        ("5000", 34, {}, (), "5000"),  # the thirty-fourth day would make 5,100
        ("5000", 900, {}, (), "5000"),
        ("5000", 40, {10: "5000"}, (), "1500"),  # paid on the tenth late day, which counts
        ("5000", 40, {0: "5000"}, (), "0"),
        ("5000", 20, {-3: "2000"}, (), "1800"),  # 3,000 unpaid, twenty days of 90
        ("5000", 20, {10: "2000"}, (), "2400"),  # ten of 150, ten of 90
        ("5000", 20, {}, ((1, 20),), "0"),
        ("5000", 20, {}, ((6, 15), (10, 12)), "1500"),  # days suspended twice stop once
        ("0.01", 1, {}, (), "0"),  # a part of a fen, rounded down
        ("0.01", 33, {}, (), "0"),
        ("0.01", 34, {}, (), "0.01"),
        ("33.33", 1, {}, (), "0.99"),
    ],
)
def test_by_hand(fine, until, paid, suspended, amount):
    assert added(fine, until, paid, suspended) == Decimal(amount)


def test_instalments_run_from_their_own_days():
    parts = [Part(day(0), Decimal(1000)), Part(day(30), Decimal(1000))]
    found = surcharge(parts, [Payment(day(5), Decimal(1000))], day(40), RULE)
    assert found.amount == 5 * 30 + 10 * 30
    assert [(one.days, one.unpaid) for one in found.intervals] == [(5, 1000), (10, 1000)]
    assert found.unpaid == 1000


def test_deferral_has_its_day():
    found = surcharge([Part(day(60), Decimal(1000))], [], day(60), RULE)
    assert found.amount == 0
    assert not found.intervals


def test_capped_on_the_day_that_reaches_the_cap():
    found = surcharge([Part(DUE, Decimal(5000))], [], day(50), RULE)
    assert found.capped_on == day(34)
    assert found.late_days == 50
    assert surcharge([Part(DUE, Decimal(5000))], [], day(33), RULE).capped_on is None


def test_open_suspension_goes_on():
    found = surcharge([Part(DUE, Decimal(5000))], [], day(100), RULE, [Suspension(day(3))])
    assert (found.amount, found.late_days, found.suspended_days) == (300, 2, 98)


FINES = st.decimals(Decimal("0.01"), Decimal(5_000_000), places=2)
SPANS = st.lists(
    st.tuples(st.integers(-30, 120), st.integers(0, 60)).map(lambda one: (one[0], sum(one))),
    max_size=3,
)


@st.composite
def payments(draw, fine: Decimal) -> dict[int, str]:
    left, found = fine, {}
    for n in draw(st.lists(st.integers(-20, 120), unique=True, max_size=4)):
        paid = draw(st.decimals(Decimal("0.01"), left, places=2))
        left -= paid
        found[n] = str(paid)
        if left <= 0:
            break
    return found


@given(st.data(), FINES, st.integers(0, 150), SPANS)
def test_never_more_than_the_fine_and_never_less_with_a_day_more(data, fine, until, suspended):
    paid = data.draw(payments(fine))
    now = added(str(fine), until, paid, suspended)
    later = added(str(fine), until + 1, paid, suspended)
    assert 0 <= now <= later <= fine


@given(st.data(), FINES, st.integers(1, 120), SPANS)
def test_against_a_count_day_by_day(data, fine, until, suspended):
    paid = data.draw(payments(fine))
    total = Decimal(0)
    for n in range(1, until + 1):
        owed = fine - sum(Decimal(sum_) for at, sum_ in paid.items() if at < n)
        if not any(first <= n <= last for first, last in suspended):
            total += owed * Decimal("0.03")
    expected = (min(total, fine) * 100).to_integral_value("ROUND_FLOOR") / 100
    assert added(str(fine), until, paid, suspended) == expected


@given(FINES, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_suspended_days_add_nothing(fine, before, stopped, after):
    span = ((before + 1, before + stopped),) if stopped else ()
    assert added(str(fine), before + stopped + after, {}, span) == added(str(fine), before + after)


@given(st.data(), FINES, st.integers(0, 200))
def test_paid_by_the_due_day_costs_nothing(data, fine, until):
    early = data.draw(st.integers(-200, 0))
    assert added(str(fine), until, {early: str(fine)}) == 0


@pytest.mark.parametrize(
    ("parts", "paid", "until", "stops", "said"),
    [
        ([], [], 1, [], "give one part"),
        (["0"], [], 1, [], "amount of a part is 0"),
        (["1.001"], [], 1, [], "at most two decimals"),
        (["NaN"], [], 1, [], "amount of a part is NaN"),
        (["1e40"], [], 1, [], "amount of a part is 1E+40"),
        (["-5"], [], 1, [], "amount of a part is -5"),
        (["5"], ["6"], 1, [], "more than the fine"),
        (["5"], [], 1, [(5, 2)], "ends before it begins"),
        (["5"], [], 40_000, [], "mend the year"),
    ],
)
def test_refused_with_the_field(parts, paid, until, stops, said):
    with pytest.raises(SurchargeError, match=said.replace("+", r"\+")):
        surcharge(
            [Part(DUE, Decimal(one)) for one in parts],
            [Payment(DUE, Decimal(one)) for one in paid],
            day(until),
            RULE,
            [Suspension(day(first), day(last)) for first, last in stops],
        )


def test_no_rule_before_the_law():
    with pytest.raises(SurchargeError, match="2021-07-14"):
        LATE_FINES.on(dt.date(2021, 7, 14))
    assert LATE_FINES.on(dt.date(2021, 7, 15)) is next(iter(LATE_FINES))


def test_every_figure_has_its_article():
    assert RULE.cite("daily_rate").say("zh") == "《中华人民共和国行政处罚法》第七十二条第一款第一项"
    assert RULE.cite("cap").say("en") == "Article 72(1), item 1, of the Administrative Penalty Law"
    assert RULE.cite("suspension").say("en") == "Article 73(3) of the Administrative Penalty Law"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (10, "十"), (15, "十五"), (20, "二十"), (67, "六十七"), (100, "一百"),
     (103, "一百零三"), (110, "一百一十"), (1024, "一千零二十四"), (1260, "一千二百六十")],
)  # fmt: skip
def test_articles_as_they_are_counted(number, said):
    assert chinese(number) == said


def test_a_citation_needs_an_article():
    with pytest.raises(ValueError, match="article 0"):
        Citation(statute=Words("甲法", "A"), article=0)
