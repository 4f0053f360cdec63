"""Clocks: deadlines counted by hand, and what must hold for any."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_law import PERIODS

from lianzhi.law.calendar import MOST, UnknownYearError
from lianzhi.law.clock import (
    Clock,
    ClockError,
    Suspension,
    add_months,
    china_day,
    deadline,
    midnight,
)
from lianzhi.law.holidays import shipped
from lianzhi.law.periods import Period, Span
from lianzhi.law.words import Words

CALENDAR = shipped()
DAY = dt.timedelta(days=1)
HOUR = 3_600_000
WORDS = Words("某", "some")


def hand_counted():
    lines = (Path(__file__).parent / "deadlines.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def span(text):
    since, until = map(dt.date.fromisoformat, text.split(".."))
    return Suspension(since, until)


@pytest.mark.parametrize("row", hand_counted(), ids=lambda row: f"{row['period']}-{row['start']}")
def test_a_deadline_counted_by_hand(row):
    start = dt.date.fromisoformat(row["start"])
    period = PERIODS.get(row["period"], start)
    suspensions = [span(row["suspend"])] if row["suspend"] else []
    extensions = [Span(int(row["extend"]), period.extension.unit)] if row["extend"] else []
    found = deadline(start, period, CALENDAR, suspensions, extensions)
    assert str(found.last_day) == row["last_day"], row["how"]
    assert found.over_ms == midnight(found.last_day + DAY)


def period(number, unit, **more):
    return Period(
        key="a.b",
        length=Span(number, unit),
        since=WORDS,
        whose="party",
        basis="a.b",
        effective_from=dt.date(2000, 1, 1),
        title=WORDS,
        **more,
    )


STARTS = st.dates(dt.date(2008, 1, 1), dt.date(2021, 6, 30))
NUMBERS = st.integers(1, 120)
UNITS = st.sampled_from(["working_day", "day"])


@st.composite
def near(draw):
    """A start with suspensions around it."""
    start = draw(STARTS)
    offsets = draw(st.lists(st.tuples(st.integers(-30, 150), st.integers(0, 40)), max_size=4))
    days = [start + dt.timedelta(days=offset) for offset, _ in offsets]
    stops = [
        Suspension(day, day + dt.timedelta(days=length))
        for day, (_, length) in zip(days, offsets, strict=True)
    ]
    return start, stops


def walked(start, number, unit, stops):
    """The same by walking from day to day: slow, and plain to see."""
    day = start
    while number:
        day += DAY
        if any(one.since <= day <= one.until for one in stops):
            continue
        number -= 1 if unit == "day" or CALENDAR.is_working(day) else 0
    return day


@given(near(), NUMBERS, UNITS)
def test_it_ends_where_walking_from_day_to_day_ends(around, number, unit):
    start, stops = around
    found = deadline(start, period(number, unit, stands_still=("x",)), CALENDAR, stops)
    assert found.last_day == walked(start, number, unit, stops)
    assert unit == "day" or CALENDAR.is_working(found.last_day)


@given(
    STARTS,
    st.integers(0, 40),
    st.integers(1, 60),
    UNITS | st.sampled_from(["month"]),
    st.booleans(),
)
def test_a_later_start_or_a_longer_period_never_ends_earlier(start, later, number, unit, rolls):
    number = min(number, 24) if unit == "month" else number  # within the years of the calendar
    one = deadline(start, period(number, unit, rolls=rolls), CALENDAR)
    moved = deadline(start + dt.timedelta(days=later), period(number, unit, rolls=rolls), CALENDAR)
    longer = deadline(start, period(number + 1, unit, rolls=rolls), CALENDAR)
    assert one.last_day <= moved.last_day
    assert one.due < longer.due
    assert one.last_day <= longer.last_day
    assert not rolls or CALENDAR.is_working(one.last_day)
    assert start < one.due <= one.last_day


@given(near(), NUMBERS, UNITS | st.sampled_from(["month"]), st.booleans())
def test_standing_still_never_makes_it_earlier(around, number, unit, rolls):
    start, stops = around
    number = min(number, 24) if unit == "month" else number
    still = period(number, unit, rolls=rolls, stands_still=("x",))
    ends = [deadline(start, still, CALENDAR, stops[:n]).last_day for n in range(len(stops) + 1)]
    assert ends == sorted(ends)


@given(STARTS, st.integers(30, 90), st.integers(0, 29), st.integers(1, 60))
def test_calendar_days_move_on_by_exactly_the_days_of_standstill(start, number, offset, length):
    still = period(number, "day", stands_still=("x",))
    first = start + dt.timedelta(days=offset + 1)
    stop = Suspension(first, first + dt.timedelta(days=length - 1))
    end, moved = deadline(start, still, CALENDAR), deadline(start, still, CALENDAR, [stop])
    assert (moved.last_day - end.last_day).days == length


@given(near(), NUMBERS, st.integers(1, 60), UNITS)
def test_an_extension_adds_up_with_the_period(around, number, more, unit):
    start, stops = around
    extended = period(number, unit, extension=Span(60, unit), stands_still=("x",))
    whole = period(number + more, unit, stands_still=("x",))
    split = deadline(start, extended, CALENDAR, stops, [Span(more, unit)])
    assert split.last_day == deadline(start, whole, CALENDAR, stops).last_day


@given(STARTS, NUMBERS, NUMBERS)
def test_working_days_add_up(start, one, two):
    assert CALENDAR.add_working(CALENDAR.add_working(start, one), two) == CALENDAR.add_working(
        start, one + two
    )


@given(STARTS, NUMBERS)
def test_counting_back_leaves_the_days_between(hearing, number):
    found = deadline(hearing, period(number, "working_day", runs="before"), CALENDAR).last_day
    assert CALENDAR.is_working(found)
    assert CALENDAR.count_working(found, hearing - DAY) == number


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-15", -1, "2023-12-15"),
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last(day, months, end):
    assert str(add_months(dt.date.fromisoformat(day), months)) == end


@given(st.integers(-(10**12), 4 * 10**12))
def test_a_day_is_a_day_in_china(ms):
    zone = dt.timezone(dt.timedelta(hours=8))
    there = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=ms)).astimezone(
        zone
    )
    assert china_day(ms) == there.date()
    assert midnight(there.date()) <= ms < midnight(there.date() + DAY)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))
def test_a_day_begins_at_four_in_the_afternoon_before_in_utc(day):
    begins = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) - dt.timedelta(hours=8)
    assert midnight(day) == round(begins.timestamp() * 1000)
    assert china_day(midnight(day)) == day
    assert china_day(midnight(day) - 1) == day - DAY


def test_a_period_in_hours_ends_on_the_day_of_its_last_moment():
    hours = period(24, "hour", warn=Span(2, "hour"))
    day = dt.date(2022, 2, 2)
    for over, last in ((midnight(day), day - DAY), (midnight(day) + 1, day)):
        found = deadline(over - 24 * HOUR, hours, CALENDAR)
        assert (found.over_ms, found.last_day, found.due) == (over, last, last)
        unwarned = deadline(over - 24 * HOUR, period(24, "hour"), CALENDAR)
        assert (unwarned.last_day, unwarned.warn_from) == (last, last)
    for over, warned in ((2 * HOUR, day), (2 * HOUR - 1, day - DAY)):
        assert deadline(midnight(day) + over - 24 * HOUR, hours, CALENDAR).warn_from == warned


@pytest.mark.parametrize(
    "more", [{"suspensions": [span("2022-02-01..2022-02-02")]}, {"extensions": [Span(1, "hour")]}]
)
def test_hours_neither_stand_still_nor_are_extended(more):
    with pytest.raises(ClockError, match="neither suspended nor extended"):
        deadline(midnight(dt.date(2022, 2, 1)), period(24, "hour"), CALENDAR, **more)


@pytest.mark.parametrize(
    ("unit", "warn_from", "before"),
    [
        ("month", "2024-02-29", "2023-11-30"),
        ("year", "2023-03-31", "2021-03-31"),
        ("day", "2024-03-30", "2024-03-27"),
    ],
)
def test_warnings_and_periods_counted_back_go_by_their_unit(unit, warn_from, before):
    warned = period(1, "day", warn=Span(1, unit))
    assert str(deadline(dt.date(2024, 3, 30), warned, CALENDAR).warn_from) == warn_from
    back = period(3 if unit == "year" else 4, unit, runs="before")
    assert str(deadline(dt.date(2024, 3, 31), back, CALENDAR).last_day) == before


def test_a_day_between_two_suspensions_counts_and_days_that_meet_do_not():
    still = period(10, "day", stands_still=("x",))
    first, next_to_it, apart = (
        span("2024-03-05..2024-03-06"),
        span("2024-03-07..2024-03-08"),
        span("2024-03-08..2024-03-09"),
    )
    assert deadline(SEIZED, still, CALENDAR, [first, next_to_it]).last_day == dt.date(2024, 3, 15)
    assert deadline(SEIZED, still, CALENDAR, [first, apart]).last_day == dt.date(2024, 3, 15)
    short = period(4, "day", stands_still=("x",))  # ends on the day between, were it not counted
    assert deadline(SEIZED, short, CALENDAR, [first, apart]).last_day == dt.date(2024, 3, 7)


def test_a_clock_stands_still_for_a_hundred_years_at_most():
    still = period(10, "day", stands_still=("x",))
    century = dt.timedelta(days=MOST - 1)  # both days are included
    moved = deadline(SEIZED, still, CALENDAR, [Suspension(SEIZED + DAY, SEIZED + DAY + century)])
    assert moved.last_day == SEIZED + dt.timedelta(days=10 + MOST)
    with pytest.raises(ClockError, match="exceed a hundred years"):
        deadline(SEIZED, still, CALENDAR, [Suspension(SEIZED, SEIZED + century + DAY)])


@pytest.mark.parametrize("year", [1900, 9000])
def test_a_start_within_reason_is_taken(year):
    day = dt.date(year, 1, 1)
    assert deadline(day, period(1, "day"), CALENDAR).last_day == day + DAY
    with pytest.raises(ClockError, match="give a day of 1900 to 9000"):
        deadline(dt.date(1899, 12, 31), period(1, "day"), CALENDAR)
    with pytest.raises(ClockError, match="give a day of 1900 to 9000"):
        deadline(dt.date(9001, 1, 1), period(1, "day"), CALENDAR)


def test_hours_run_through_nights_and_holidays():
    start = midnight(dt.date(2022, 1, 31)) + 15 * HOUR
    found = deadline(start, PERIODS.get("coercion.report", dt.date(2022, 1, 31)), CALENDAR)
    assert found.over_ms == start + 24 * HOUR
    assert found.last_day == dt.date(2022, 2, 1)
    assert found.in_time(start + 24 * HOUR - 1)
    assert not found.in_time(start + 24 * HOUR)


SEIZED = dt.date(2024, 3, 1)
SEIZURE = PERIODS.get("coercion.seizure", SEIZED)


def at(day, hour=9):
    return midnight(dt.date.fromisoformat(day)) + hour * HOUR


@pytest.mark.parametrize(
    ("now", "status", "left"),
    [
        (at("2024-03-01"), "running", 30),
        (at("2024-03-25"), "running", 6),
        (at("2024-03-26"), "warned", 5),
        (at("2024-03-31", 23), "warned", 0),
        (at("2024-04-01", 0), "overdue", -1),
        (at("2024-04-10"), "overdue", -10),
    ],
)
def test_a_clock_runs_warns_and_is_overdue(now, status, left):
    state = Clock(SEIZED, SEIZURE).state(CALENDAR, now)
    assert (state.status, state.left) == (status, left)


def test_a_clock_in_working_days_counts_them_down():
    clock = Clock(dt.date(2022, 1, 24), PERIODS.get("penalty.serve", dt.date(2022, 1, 24)))
    days = {"2022-01-24": 7, "2022-01-28": 3, "2022-01-30": 1, "2022-02-03": 1, "2022-02-07": 0}
    assert {day: clock.state(CALENDAR, at(day)).left for day in days} == days
    assert clock.state(CALENDAR, at("2022-01-28")).status == "running"
    assert clock.state(CALENDAR, at("2022-01-29")).status == "warned"
    assert clock.state(CALENDAR, at("2022-02-09")).left == -2


def test_a_clock_in_hours_counts_hours():
    start = at("2022-01-31", 15)
    clock = Clock(start, PERIODS.get("coercion.report", dt.date(2022, 1, 31)))
    assert clock.state(CALENDAR, start).left == 24
    assert clock.state(CALENDAR, start + 22 * HOUR).left == 2
    assert clock.state(CALENDAR, start + 25 * HOUR).status == "overdue"


def test_a_clock_that_stands_still_waits_and_goes_on():
    still = Clock(SEIZED, SEIZURE, (Suspension(dt.date(2024, 3, 11)),))
    states = [still.state(CALENDAR, at(day)) for day in ("2024-03-10", "2024-03-11", "2024-05-31")]
    assert [state.status for state in states] == ["running", "suspended", "suspended"]
    assert [state.left for state in states] == [21, 21, 21]
    with pytest.raises(ClockError, match="stands still since 2024-03-11"):
        still.deadline(CALENDAR)
    over = Clock(SEIZED, SEIZURE, (Suspension(dt.date(2024, 3, 11), dt.date(2024, 5, 31)),))
    assert over.deadline(CALENDAR).last_day == dt.date(2024, 6, 21)


@pytest.mark.parametrize(
    ("key", "more", "said"),
    [
        ("penalty.limitation", {"suspensions": [span("2024-03-02..2024-03-03")]}, "never stands"),
        ("penalty.decide", {"extensions": [Span(30, "day")]}, "may not be extended"),
        ("coercion.seizure", {"extensions": [Span(31, "day")]}, "allows 30 in all"),
        ("coercion.seizure", {"extensions": [Span(20, "day")] * 2}, "is 40 day"),
        ("coercion.seizure", {"extensions": [Span(1, "month")]}, "is in month"),
        (
            "coercion.seizure",
            {"suspensions": [span("2024-03-05..2024-03-02")]},
            "before 2024-03-05",
        ),
        ("coercion.seizure", {"suspensions": [Suspension(SEIZED)]}, "has no end"),
        (
            "coercion.seizure",
            {"suspensions": [Suspension(SEIZED, SEIZED, "holiday")]},
            "'holiday'; coercion.seizure stands still for testing",
        ),
        (
            "coercion.seizure",
            {"suspensions": [Suspension(SEIZED, dt.date(2199, 1, 1))]},
            "exceed a hundred years",
        ),
        ("penalty.hearing_notice", {"extensions": [Span(1, "working_day")]}, "counted back"),
        ("coercion.report", {}, "runs in hours; give the time"),
    ],
)
def test_what_the_law_does_not_allow_is_refused(key, more, said):
    with pytest.raises(ClockError, match=said):
        deadline(SEIZED, PERIODS.get(key, SEIZED), CALENDAR, **more)


def test_a_start_out_of_reason_is_refused():
    with pytest.raises(ClockError, match="give a day of 1900"):
        deadline(dt.date(9999, 12, 31), period(90, "day"), CALENDAR)


def test_beyond_the_known_years_nothing_is_guessed():
    last = CALENDAR.known_years[-1]
    start = dt.date(last, 12, 30)
    with pytest.raises(UnknownYearError, match=str(last + 1)):
        deadline(start, period(5, "working_day"), CALENDAR)
    with pytest.raises(UnknownYearError, match=str(last + 1)):
        deadline(start, period(5, "day", rolls=True), CALENDAR)
    assert deadline(start, period(5, "day"), CALENDAR).last_day == dt.date(last + 1, 1, 4)
