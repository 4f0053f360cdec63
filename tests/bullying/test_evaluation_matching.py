"""Alarms are held against truth as the definitions say, on cases made by hand."""

from itertools import pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.bullying.evaluation.columns import DAY, HOUR, MINUTE
from lianzhi.domains.bullying.evaluation.matching import (
    LEAD,
    alarms,
    fit_threshold,
    outcome,
    peaks,
)


def series(*pairs: tuple[float, float]):
    """(hours, value) pairs as arrays."""
    at = np.array([int(hours * HOUR) for hours, _ in pairs], dtype=np.int64)
    return at, np.array([value for _, value in pairs])


def test_alarms_of_one_day_are_one():
    at, value = series((0, 5), (1, 9), (23.9, 9), (24, 9), (30, 9), (48, 4))
    assert alarms(at, value, 5) == [0, 24 * HOUR]
    assert alarms(at, value, 9) == [1 * HOUR, 30 * HOUR]
    assert alarms(at, value, 10) == []


def test_a_lasting_alarm_counts_every_day():
    at, value = series(*((h, 1.0) for h in range(72)))
    assert alarms(at, value, 1.0) == [0, DAY, 2 * DAY]


def test_outcome_measures_delay_and_landed():
    times = np.array([10, 10.5, 11, 12], dtype=np.float64)
    times = (times * HOUR).astype(np.int64)
    at, value = series((5, 9), (10.5, 3), (11, 7), (12, 9))
    stop = int(times[-1]) + HOUR
    assert outcome(times, at, value, 7, stop) == (True, 60.0, 0.75)
    assert outcome(times, at, value, 3, stop) == (True, 30.0, 0.5)
    assert outcome(times, at, value, 10, stop) == (False, inf, 1.0)


def test_an_alarm_after_the_tail_is_too_late():
    times = np.array([0, HOUR])
    at, value = series((2.5, 9))
    assert outcome(times, at, value, 5, 2 * HOUR) == (False, inf, 1.0)
    assert outcome(times, at, value, 5, 3 * HOUR) == (True, 150.0, 1.0)


def test_an_alarm_that_rang_before_says_nothing_about_the_crowd():
    times = np.array([10 * HOUR, 11 * HOUR])
    at, value = series((9.5, 9), (10.2, 9))
    assert not outcome(times, at, value, 5, 12 * HOUR).detected
    at, value = series(((10 * HOUR - LEAD) / HOUR - 0.1, 9), (10.2, 9))
    assert outcome(times, at, value, 5, 12 * HOUR).delay == 12.0


def test_peaks_are_daily():
    at, value = series((0, 1), (5, 3), (24, 2), (70, 8), (71, 1))
    assert peaks(at, value).tolist() == [3, 2, 8]
    assert peaks(*series()).size == 0


def test_threshold_is_the_last_that_keeps_the_promise():
    calm = [series((0, 2), (50, 6)), series((0, 4))]
    # 2 target-days: 1,000 per 1,000 allows two alarms, 500 one, 100 none.
    assert fit_threshold(calm, 2.0, 1000.0) == 4.0
    assert fit_threshold(calm, 2.0, 500.0) == 6.0
    assert 6.0 < fit_threshold(calm, 2.0, 100.0) < 6.001
    assert fit_threshold(calm, 2.0, 5000.0) == 2.0
    assert fit_threshold([], 2.0, 1.0) == 0.0


values = st.lists(
    st.tuples(st.integers(0, 20 * 24 * 60), st.floats(0, 50)), min_size=1, max_size=40
)


@given(st.lists(values, min_size=1, max_size=6), st.floats(0, 500))
def test_fitted_threshold_keeps_its_promise(targets, per_1000):
    calm = []
    for rows in targets:
        ordered = sorted(rows)
        at = np.array([minute * MINUTE for minute, _ in ordered], dtype=np.int64)
        calm.append((at, np.array([value for _, value in ordered])))
    days = 20.0 * len(calm)
    threshold = fit_threshold(calm, days, per_1000)
    rings = sum(len(alarms(at, value, threshold)) for at, value in calm)
    assert rings <= per_1000 * days / 1000


@given(values, st.floats(0, 50))
def test_alarms_lie_a_day_apart_and_cover_all_values(rows, threshold):
    ordered = sorted(rows)
    at = np.array([minute * MINUTE for minute, _ in ordered], dtype=np.int64)
    value = np.array([v for _, v in ordered])
    rung = alarms(at, value, threshold)
    assert all(b - a >= DAY for a, b in pairwise(rung))
    for time in at[value >= threshold].tolist():
        assert any(0 <= time - r < DAY for r in rung)


@pytest.mark.parametrize("threshold", [1.0, 2.0, 5.0])
def test_nothing_scored_rings_nowhere(threshold):
    assert alarms(*series(), threshold) == []
    assert not outcome(np.array([0]), *series(), threshold, HOUR).detected
