"""Kappa and order statistics agree with other people's figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from sklearn.metrics import cohen_kappa_score

from lianzhi.stats.agreement import cohen_kappa
from lianzhi.stats.intervals import clopper_pearson, order_ranks

# Ranks for the median at 95 %, as printed in tables of the sign test's interval.
MEDIANS = [(5, None, None), (6, 1, 6), (10, 2, 9), (20, 6, 15), (25, 8, 18), (100, 40, 61)]


@pytest.mark.parametrize(("n", "lo", "hi"), MEDIANS)
def test_ranks_of_the_median(n, lo, hi):
    assert order_ranks(n, 0.5) == (lo, hi)


@given(st.integers(1, 400), st.sampled_from([0.1, 0.5, 0.9]), st.sampled_from([0.8, 0.95]))
def test_ranks_cover_and_are_the_closest_that_do(n, quantile, level):
    tail = (1 - level) / 2
    lo, hi = order_ranks(n, quantile, level)
    below = binom(n, quantile).cdf  # how many values lie below the quantile
    if lo is not None:
        assert below(lo - 1) <= tail + 1e-12
        assert below(lo) >= tail - 1e-12
    else:
        assert below(0) > tail - 1e-12
    if hi is not None:
        assert below(hi - 1) >= 1 - tail - 1e-12
        assert hi == 1 or below(hi - 2) <= 1 - tail + 1e-12
    else:
        assert below(n - 1) < 1 - tail + 1e-12


def test_ranks_of_nonsense():
    with pytest.raises(ValueError, match=r"quantile is 1\.5"):
        order_ranks(9, 1.5)


def test_kappa_of_a_known_table():
    # 50 things: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: 0.7 agree, 0.5 by chance.
    found = cohen_kappa([[20, 5], [10, 15]])
    assert found.value == pytest.approx(0.4)
    lo, hi = clopper_pearson(35, 50)
    assert (found.lo, found.hi) == pytest.approx(((lo - 0.5) / 0.5, (hi - 0.5) / 0.5))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_kappa_agrees_with_scikit_learn(pairs):
    table = [[sum(1 for p in pairs if p == (a, b)) for b in (True, False)] for a in (True, False)]
    found = cohen_kappa(table)
    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) == 1:
        assert found is None
        return
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert -1 <= found.lo <= found.value <= found.hi <= 1


def test_kappa_covers():
    """Two who agree on 85 % of even cases: kappa is 0.7, and held in 93 % of samples."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(400):
        a, same = rng.random(60) < 0.5, rng.random(60) < 0.85
        b = np.where(same, a, ~a)
        table = [[int(((a == x) & (b == y)).sum()) for y in (True, False)] for x in (True, False)]
        found = cohen_kappa(table)
        held += found.lo <= 0.7 <= found.hi
    assert held / 400 > 0.93


def test_kappa_of_nothing_and_of_a_crooked_table():
    assert cohen_kappa([[0, 0], [0, 0]]) is None
    assert cohen_kappa([[9, 0], [0, 0]]) is None
    with pytest.raises(ValueError, match="give 2 each"):
        cohen_kappa([[1, 2], [3]])
