"""Months and quarters of a zone, and the last days."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.documents.format import BEIJING, DAY, MINUTE, stamp
from lianzhi.kit.periods import ended, last_days, named


def test_a_month_and_a_quarter_begin_at_midnight_in_the_zone() -> None:
    for name, first, last in (
        ("2026-12", "2026-12-01 00:00", "2027-01-01 00:00"),
        ("2026-Q1", "2026-01-01 00:00", "2026-04-01 00:00"),
        ("2026-Q4", "2026-10-01 00:00", "2027-01-01 00:00"),
    ):
        found = named(name, BEIJING)
        assert found is not None
        assert (stamp(found.since, BEIJING), stamp(found.until, BEIJING)) == (first, last)


@pytest.mark.parametrize("name", ["", "2026", "2026-00", "2026-13", "2026-Q5", "9999-12", "x-01"])
def test_what_is_no_period(name: str) -> None:
    assert named(name, BEIJING) is None


@given(st.integers(0, 4_000_000_000_000))
def test_the_last_days_end_with_the_minute_that_runs(now: int) -> None:
    found = last_days(30, now)
    assert found.since + 30 * DAY == found.until
    assert now < found.until <= now + MINUTE


@pytest.mark.parametrize("unit", ["month", "quarter"])
def test_periods_that_are_over_follow_one_another(unit: str) -> None:
    at = int(dt.datetime(2027, 2, 10, tzinfo=BEIJING).timestamp() * 1000)
    first = int(dt.datetime(2026, 5, 20, tzinfo=BEIJING).timestamp() * 1000)
    found = ended(unit, first, at, BEIJING)
    months = [f"2026-{n:02}" for n in range(5, 13)] + ["2027-01"]
    quarters = ["2026-Q2", "2026-Q3", "2026-Q4"]
    assert [one.name for one in reversed(found)] == (months if unit == "month" else quarters)
    assert all(late.since == early.until for late, early in pairwise(found))
    assert found[0].until <= at
    assert found[-1].since <= first < found[-1].until
    assert all(named(one.name, BEIJING) == one for one in found)
    assert len(ended(unit, 0, at, BEIJING)) == 24
