"""Ratio of rate ratios: agrees with R, cancels common trends, and holds its level."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.stats.rate_ratio import Rate, ratio_of_rate_ratios

COUNTS = st.integers(1, 40)


def test_with_equal_exposures_it_is_the_conditional_odds_ratio():
    # R: fisher.test(matrix(c(30, 300, 60, 310), 2))$conf.int
    found = ratio_of_rate_ratios(Rate(30), Rate(60), Rate(300), Rate(310))
    assert found.value == pytest.approx(30 / 60 / (300 / 310))
    assert (found.lo, found.hi) == pytest.approx((0.31269671, 0.84046170), rel=1e-5)
    assert found.distinct


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.floats(0.2, 5), st.floats(0.2, 5))
def test_a_trend_common_to_both_and_the_size_of_groups_cancel_out(a, b, c, d, trend, size):
    plain = ratio_of_rate_ratios(Rate(a), Rate(b), Rate(c), Rate(d))
    scaled = ratio_of_rate_ratios(Rate(a, trend), Rate(b), Rate(c, trend * size), Rate(d, size))
    assert scaled[:3] == pytest.approx(plain[:3], rel=1e-6)
    assert plain.lo <= plain.value <= plain.hi


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_groups_exchanged_give_the_inverse(a, b, c, d):
    one = ratio_of_rate_ratios(Rate(a), Rate(b), Rate(c), Rate(d))
    other = ratio_of_rate_ratios(Rate(c), Rate(d), Rate(a), Rate(b))
    assert other.value == pytest.approx(1 / one.value)
    assert (other.lo, other.hi) == pytest.approx((1 / one.hi, 1 / one.lo), rel=1e-4)
    assert one.p == pytest.approx(other.p, rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "value"),
    [((0, 0, 3, 4), nan), ((5, 7, 0, 0), nan), ((0, 6, 0, 4), nan), ((3, 0, 4, 4), inf)],
)
def test_nothing_is_known_where_a_total_is_nought(counts, value):
    found = ratio_of_rate_ratios(*map(Rate, counts))
    assert isnan(found.value) if isnan(value) else found.value == value
    assert found.hi == inf
    assert not found.distinct


def test_an_exposure_of_nought_is_refused():
    with pytest.raises(ValueError, match="exposures"):
        ratio_of_rate_ratios(Rate(1, 0), Rate(1), Rate(1), Rate(1))


@pytest.mark.slow
@pytest.mark.parametrize("mean", [4, 15, 40])
def test_without_an_effect_it_is_called_distinct_in_at_most_five_per_cent(mean):
    dice, tries, called = np.random.default_rng(7), 600, 0
    for _ in range(tries):
        counts = dice.poisson([mean, mean, 8 * mean, 8 * mean])
        called += ratio_of_rate_ratios(*(Rate(int(count)) for count in counts)).distinct
    assert called / tries <= 0.05 + 2 * (0.05 * 0.95 / tries) ** 0.5
