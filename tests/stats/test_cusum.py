"""CUSUMs equal their definition and find a change where there is one."""

from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.stats.cusum import (
    count_step,
    drained,
    event_cusum,
    event_step,
    reference_value,
    share_mark,
)

gaps = st.lists(st.floats(0, 10), min_size=1, max_size=30)


@given(gaps, st.floats(0.01, 2), st.floats(1.1, 20))
def test_cusum_is_the_best_log_likelihood_ratio_over_all_starts(gap, rate0, factor):
    """Page's recursion equals the maximum over change points, computed the slow way."""
    rate1 = rate0 * factor
    times = np.cumsum(gap)
    last = list(event_cusum(times.tolist(), rate0, rate1))[-1]
    n = len(times)
    # A change just before event i: n - i events, and the time since that event.
    starts = [(n - i) * log(factor) - (rate1 - rate0) * (times[-1] - times[i]) for i in range(n)]
    assert last == pytest.approx(max(0.0, *starts), abs=1e-6)


@given(st.floats(0, 50), st.floats(0, 5), st.floats(0, 5), st.floats(0.1, 5), st.floats(1.5, 9))
def test_silence_may_be_split_anywhere(statistic, a, b, rate0, factor):
    rate1 = rate0 * factor
    whole = drained(statistic, a + b, rate0, rate1)
    assert drained(drained(statistic, a, rate0, rate1), b, rate0, rate1) == pytest.approx(
        whole, abs=1e-9
    )


def test_change_is_found_and_calm_is_left_alone():
    rng = np.random.default_rng(1)
    calm = np.cumsum(rng.exponential(1 / 2.0, 2000))
    surge = calm[-1] + np.cumsum(rng.exponential(1 / 12.0, 60))
    path = list(event_cusum([*calm, *surge], 2.0, 10.0))
    assert max(path[:2000]) < 8 < max(path[2000:2030])


def test_lucas_reference_lies_between_the_means():
    assert reference_value(2.0, 4.0) == pytest.approx(2.885390, abs=1e-6)
    assert count_step(0.5, 0, 2.0) == 0
    assert count_step(0.5, 5, 2.0) == 3.5


@given(st.floats(0.01, 0.5), st.floats(0.5, 0.99), st.floats(0, 1))
def test_marks_weigh_by_bayes(share0, share1, probability):
    assert share_mark(1, share0, share1) == pytest.approx(log(share1 / share0))
    assert share_mark(0, share0, share1) == pytest.approx(log((1 - share1) / (1 - share0)))
    # Averaged over the baseline the likelihood ratio is one.
    mean = share0 * share1 / share0 + (1 - share0) * (1 - share1) / (1 - share0)
    assert mean == pytest.approx(1)
    assert share_mark(share0, share0, share1) == pytest.approx(0, abs=1e-9)
    low, high = sorted((probability, 0.5))
    assert share_mark(low, share0, share1) <= share_mark(high, share0, share1) + 1e-12


def test_marked_events_reach_further_than_plain_ones():
    times = [0.0, 1.0, 2.0, 3.0]
    plain = list(event_cusum(times, 0.1, 1.0))
    marked = list(event_cusum(times, 0.1, 1.0, [1.0] * 4))
    assert all(m > p for m, p in zip(marked, plain, strict=True))
    assert list(event_cusum([], 0.1, 1.0)) == []
    assert all(b > a for a, b in pairwise(plain))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: reference_value(2.0, 2.0), "rates are 2.0 and 2.0"),
        (lambda: event_step(0.0, -1.0, 1.0, 2.0), "elapsed is -1.0"),
        (lambda: share_mark(1.5, 0.1, 0.5), "probability is 1.5"),
        (lambda: share_mark(0.5, 0.0, 0.5), "shares are 0.0"),
    ],
)
def test_refusals_name_the_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
