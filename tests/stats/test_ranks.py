"""The rank sum test agrees with scipy, and with counting where few values can be dealt out."""

from itertools import combinations
from math import comb, inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from lianzhi.stats.ranks import rank_sum_below

TIED = st.integers(-3, 3).map(float)
# Any order of values that all differ is some order of whole numbers.
UNTIED = st.integers(2, 60).flatmap(lambda n: st.permutations(range(n)))


def _scipy(some, others):
    return float(mannwhitneyu(some, others, alternative="less").pvalue)


@given(st.lists(TIED, min_size=1, max_size=30), st.lists(TIED, min_size=1, max_size=30))
def test_with_ties_it_agrees_with_scipy(some, others):
    assert rank_sum_below(some, others) == pytest.approx(_scipy(some, others), rel=1e-12)


@given(UNTIED, st.data())
def test_without_ties_it_agrees_with_scipy(values, data):
    cut = data.draw(st.integers(1, len(values) - 1))
    some, others = values[:cut], values[cut:]
    assert rank_sum_below(some, others) == pytest.approx(_scipy(some, others), rel=1e-11)


@given(st.integers(2, 9).flatmap(lambda n: st.permutations(range(n))), st.data())
def test_few_values_are_exact(values, data):
    cut = data.draw(st.integers(1, min(len(values) - 1, 8)))
    some = values[:cut]
    lower = sum(sum(deal) <= sum(some) for deal in combinations(values, cut))
    expected = lower / comb(len(values), cut)
    assert rank_sum_below(some, values[cut:]) == pytest.approx(expected, rel=1e-13)


def test_a_few_among_many_are_exact():
    """The k lowest of n: one deal of all is as low."""
    for few, many in [(2, 9000), (8, 5000)]:
        values = np.arange(few + many)
        found = rank_sum_below(values[:few], values[few:])
        assert found == pytest.approx(1 / comb(few + many, few), rel=1e-13)
        assert rank_sum_below(values[-few:], values[:-few]) == 1.0


def test_infinite_values_have_a_rank():
    some, others = [-inf, 1.0, 2.0], [3.0, inf, 5.0]
    assert rank_sum_below(some, others) == pytest.approx(1 / 20)
    assert rank_sum_below(others, some) == pytest.approx(1)


def test_nothing_to_compare_says_nothing():
    assert rank_sum_below([], [1.0]) == rank_sum_below([1.0], []) == 1.0
    assert rank_sum_below([2.0] * 9, [2.0] * 9) == 1.0


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="a value is NaN"):
        rank_sum_below([1.0, nan], [2.0])
