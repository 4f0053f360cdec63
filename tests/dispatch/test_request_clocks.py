"""Deadlines in hours and days that count, against a twin that walks minute by minute."""

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.moments import MINUTE, day_of, moment
from lianzhi.dispatch.policy import Span
from lianzhi.dispatch.requests import clocks
from lianzhi.dispatch.requests.request import replay
from lianzhi.dispatch.requests.worktime import WorkTime, WorkTimeError
from made_requests import (
    ACCEPTED,
    DISPATCHED,
    MONDAY,
    POLICY,
    Plain,
    at,
    going,
    received,
)

HOURS = POLICY.working_minutes
TUESDAY = MONDAY + dt.timedelta(days=1)
CALENDAR = Plain(TUESDAY)
WORK = WorkTime(HOURS, CALENDAR)
#: Whole minutes within three weeks, and pauses among them.
MINUTES = st.integers(0, 21 * 24 * 60)
PAUSES = st.lists(st.tuples(MINUTES, st.integers(1, 4_000)), max_size=3).map(
    lambda made: tuple((at(0, 0) + a * MINUTE, at(0, 0) + (a + b) * MINUTE) for a, b in made)
)
SPANS = st.builds(Span, st.integers(1, 30), st.sampled_from(["clock_hours", "working_hours"]))
ANY = st.one_of(SPANS, st.builds(Span, st.integers(1, 12), st.just("working_days")))


def counts(unit, ms, pauses):
    """Whether the minute that begins at `ms` counts."""
    if any(a <= ms < b for a, b in pauses):
        return False
    if unit == "clock_hours":
        return True
    minute = (ms - moment(day_of(ms))) // MINUTE
    return CALENDAR.is_working(day_of(ms)) and any(a <= minute < b for a, b in HOURS)


@settings(max_examples=80)
@given(SPANS, MINUTES, PAUSES)
def test_hours_end_where_the_twin_ends_them(span, start, pauses):
    now = since = at(0, 0) + start * MINUTE
    left = span.amount * 60
    while left:
        left -= counts(span.unit, now, pauses)
        now += MINUTE
    assert WORK.deadline(span, since, pauses) == now
    assert WORK.passed(span, since, now, pauses) == span.amount * 60 * MINUTE


@settings(max_examples=80)
@given(st.integers(1, 12), MINUTES, PAUSES)
def test_days_end_where_the_twin_ends_them(amount, start, pauses):
    since = at(0, 0) + start * MINUTE
    day, left = day_of(since), amount
    while left:
        day += dt.timedelta(days=1)
        night = moment(day + dt.timedelta(days=1)) - MINUTE  # its last minute
        left -= CALENDAR.is_working(day) and not any(a <= night < b for a, b in pauses)
    end = WORK.deadline(Span(amount, "working_days"), since, pauses)
    assert end == moment(day + dt.timedelta(days=1))


@settings(max_examples=80)
@given(ANY, MINUTES, st.integers(0, 5_000), PAUSES, st.integers(1, 20))
def test_later_or_longer_or_paused_never_ends_sooner(span, start, later, pauses, more):
    since = at(0, 0) + start * MINUTE
    end = WORK.deadline(span, since, pauses)
    assert end > since
    assert WORK.deadline(span, since + later * MINUTE, pauses) >= end
    assert WORK.deadline(Span(span.amount + more, span.unit), since, pauses) >= end
    assert WORK.deadline(span, since) <= end
    longer = tuple((a, b + later * MINUTE) for a, b in pauses)
    assert WORK.deadline(span, since, longer) >= end
    assert WORK.deadline(span, since, (*pauses, (since, None))) is None


@pytest.mark.parametrize(
    ("amount", "unit", "since", "due"),
    [
        (4, "working_hours", at(0, 10), at(0, 16)),  # 1.5 h before lunch, 2.5 h after it
        (4, "working_hours", at(0, 16), at(2, 11)),  # Tuesday is a holiday
        (4, "working_hours", at(5, 12), at(7, 14, 30)),  # Saturday: it begins on Monday at 8:30
        (1, "working_hours", at(0, 12), at(0, 14, 30)),
        (24, "clock_hours", at(4, 23), at(5, 23)),
        (1, "working_days", at(0, 9), at(3, 0)),  # all of Wednesday
        (5, "working_days", at(4, 23, 59), at(12, 0)),  # Monday to Friday
    ],
)
def test_deadlines_worked_out_by_hand(amount, unit, since, due):
    assert WORK.deadline(Span(amount, unit), since) == due


def test_a_calendar_without_work_is_told():
    class Never:
        def is_working(self, day):
            return False

    for unit in ("working_hours", "working_days"):
        with pytest.raises(WorkTimeError, match="no working day"):
            WorkTime(HOURS, Never()).deadline(Span(1, unit), at())


def state(request, now):
    return [
        (clock.kind, clock.state, clock.due)
        for clock in clocks.clocks(request, POLICY, CALENDAR, now)
    ]


def test_the_clocks_of_a_request_from_day_to_day():
    # food is `soon`: 2 working hours to accept, 14 (two days) to deal with
    fresh = replay([received()])
    assert state(fresh, at(0, 10)) == [("accept", "running", at(0, 11))]
    assert state(fresh, at(0, 12)) == [("accept", "overdue", at(0, 11))]
    busy = going()
    due = at(3, 10)  # accepted at 10 on Monday: 5.5 h, all of Wednesday (7 h), 1.5 h on Thursday
    assert state(busy, at(2, 9)) == [("accept", "met", at(0, 11)), ("dispose", "running", due)]
    paused = going(("request.suspended", at(2, 9), {"by": "o", "reason": "photo"}))
    assert state(paused, at(9, 9))[1] == ("dispose", "suspended", None)
    on = going(("request.suspended", at(2, 9), {"by": "o", "reason": "photo"}),
               ("request.resumed", at(3, 9), {"by": "o"}))  # fmt: skip
    assert state(on, at(3, 9))[1] == ("dispose", "running", at(4, 10))
    done = ("request.disposed", at(4, 10), {"by": "o", "outcome": "resolved"})
    assert state(going(done), at(50))[1] == ("dispose", "missed", due)


def test_a_reopened_request_has_a_clock_of_its_own():
    done = ("request.disposed", at(2, 9), {"by": "o", "outcome": "resolved"})
    anew = going(done, ("request.reopened", at(31, 10), {"reason": "back"}))
    assert state(anew, at(31, 11))[1] == ("dispose", "running", at(35, 10))


def test_nobody_waits_for_ever_for_what_is_not_sorted():
    odd = replay([received("dragons")])
    assert state(odd, at(0, 10)) == [("accept", "running", at(0, 15))]  # 4 working hours


@settings(max_examples=60)
@given(PAUSES, st.lists(MINUTES, min_size=2, max_size=6), st.sampled_from(["food", "prices"]))
def test_share_and_steps_only_grow(pauses, minutes, category):
    entries = [received(category), ACCEPTED, DISPATCHED]
    now = at(0, 11)
    for a, b in sorted(pauses):
        if a >= now:
            entries += [("request.suspended", a, {"by": "o", "reason": "x"}),
                        ("request.resumed", b, {"by": "o"})]  # fmt: skip
            now = b
    request = replay(entries)
    shares, names = [], []
    for minute in sorted(minutes):
        moment_now = now + minute * MINUTE
        dispose = clocks.clocks(request, POLICY, CALENDAR, moment_now)[1]
        shares.append(dispose.share)
        names.append(
            [step.name for step in clocks.reached_steps(request, POLICY, CALENDAR, moment_now)]
        )
        assert (dispose.state == "overdue") == (moment_now > dispose.due)
        if moment_now > dispose.due:
            assert dispose.share >= 1
        elif moment_now < dispose.due:
            assert dispose.share <= 1
    assert shares == sorted(shares)
    for before, after in itertools.pairwise(names):
        assert after[: len(before)] == before


def test_who_is_told_as_time_runs_out():
    told = {}
    for hour in range(24 * 30):
        for step in clocks.reached_steps(going(), POLICY, CALENDAR, at(0, hour)):
            told.setdefault(step.name, (step.at, step.tells))
    # 14 working hours from Monday 10:00; half are gone on Wednesday at 10:00
    assert told["dispose.0.5"] == (at(2, 10), ("holder",))
    assert told["dispose.1"] == (at(3, 10), ("squad_leader", "department_head", "desk"))
    # then after every working day: Friday has passed, Monday has passed, ...
    assert told["dispose.overdue.1"] == (at(5, 0), ("department_head", "supervision"))
    assert told["dispose.overdue.2"][0] == at(8, 0)
    assert f"dispose.overdue.{POLICY.overdue.most}" in told
    assert len(told) == 3 + POLICY.overdue.most


def test_what_was_told_is_not_told_again():
    now = at(2, 11)
    assert [step.name for step in clocks.unreported_steps(going(), POLICY, CALENDAR, now)] == [
        "dispose.0.5"
    ]
    told = going(("request.escalated", now, {"step": "dispose.0.5", "tells": ["holder"]}))
    assert clocks.unreported_steps(told, POLICY, CALENDAR, now) == ()
    done = going(("request.disposed", at(2, 9), {"by": "o", "outcome": "resolved"}))
    assert clocks.unreported_steps(done, POLICY, CALENDAR, at(50)) == ()
