"""Weeks are judged against their own season where the records know it."""

import datetime as dt
from collections import Counter

import msgspec
import numpy as np

from lianzhi.domains.biosecurity.desk.alarms import WEEK, alarms, weekly
from lianzhi.domains.biosecurity.policy import load
from lianzhi.law.clock import midnight

FIRST = dt.date(2021, 1, 4)
POLICY = load().at(midnight(dt.date(2026, 3, 1)))[1].alarms
YEAR, YEARS = 52, 5


def made(seed: int, burst: int = 0) -> tuple[list[tuple[str, str, dt.date]], dt.date]:
    """Five years with a steep season; `burst`: how many more in the winter week 30 before the end.

    Returns rows of taxon, channel and day, and the Monday after the last week.
    """
    draw = np.random.default_rng(seed)
    weeks = np.arange(YEAR * YEARS)
    mean = 0.5 + 11.5 * np.clip(np.sin(2 * np.pi * (weeks - 10) / YEAR), 0, 1) ** 2
    counts = draw.poisson(mean)
    counts[-10] += burst
    days = [("T", "freight", FIRST + int(n) * WEEK) for n in np.repeat(weeks, counts)]
    return days, FIRST + YEAR * YEARS * WEEK


def raised(seed: int, seasonal_years: int, burst: int = 0) -> list[dt.date]:
    """Alarms of the last two years."""
    rows, until = made(seed, burst)
    policy = msgspec.structs.replace(POLICY, seasonal_years=seasonal_years)
    of = alarms(rows, FIRST, until, policy)
    return [alarm.week for alarm in of if alarm.week >= until - 2 * YEAR * WEEK]


def test_the_yearly_return_of_a_pest_is_seldom_an_alarm() -> None:
    by_ears = sum(len(raised(seed, 20)) for seed in range(20))
    by_season = sum(len(raised(seed, 3)) for seed in range(20))
    weeks = 20 * 2 * YEAR
    print(f"alarms in {weeks} weeks without a burst: EARS {by_ears}, seasonal {by_season}")
    assert by_ears > 20
    assert by_season <= by_ears / 4


def test_a_burst_outside_the_season_is_found() -> None:
    found = 0
    for seed in range(20):
        _, until = made(seed)
        found += until - 10 * WEEK in raised(seed, 3, burst=9)
    assert found >= 18


def test_a_short_series_is_judged_by_the_weeks_before() -> None:
    rows, _ = made(1)
    until = FIRST + 40 * WEEK
    counts = Counter(day for *_, day in rows if day < until)
    series = weekly(counts, FIRST, until, POLICY, 10)
    assert {judged.method for judged in series.judged.values()} == {"ears-c2"}
    assert set(range(30, 40)) <= series.judged.keys()
