"""Intervals agree with R's figures and with scipy, and behave at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from lianzhi.stats.intervals import bootstrap_median, clopper_pearson, poisson_rate, wilson

# R 4.5.0: prop.test(correct = FALSE) and binom.test.
R_SHARES = [
    (0, 5, 0, 0.434482464783175, 0, 0.521823750104981),
    (5, 5, 0.565517535216825, 1, 0.478176249895019, 1),
    (46, 50, 0.811617530816572, 0.968450485911407, 0.807657216404037, 0.97777203634507),
    (9808, 10000, 0.97791995182207, 0.983310795344688, 0.977916057733984, 0.983398875158918),
    (0, 800, 0, 0.00477887620567603, 0, 0.00460048452074544),
    (3, 3, 0.438502968244955, 1, 0.292401773821287, 1),
]


@pytest.mark.parametrize(("k", "n", "w_lo", "w_hi", "cp_lo", "cp_hi"), R_SHARES)
def test_shares_agree_with_r(k, n, w_lo, w_hi, cp_lo, cp_hi):
    assert wilson(k, n) == pytest.approx((w_lo, w_hi), abs=1e-12)
    assert clopper_pearson(k, n) == pytest.approx((cp_lo, cp_hi), abs=1e-12)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_share_intervals_hold_the_estimate_and_mirror(kn):
    k, n = kn
    for interval in (wilson, clopper_pearson):
        lo, hi = interval(k, n)
        assert 0 <= lo <= k / n <= hi <= 1
        assert interval(n - k, n) == pytest.approx((1 - hi, 1 - lo), abs=1e-9)


@given(st.integers(0, 2000), st.floats(0.01, 1e4), st.sampled_from([0.8, 0.95, 0.99]))
def test_poisson_rate_agrees_with_chi_square(count, exposure, level):
    tail = (1 - level) / 2
    lo, hi = poisson_rate(count, exposure, level)
    expected_lo = oracle.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    assert lo * exposure == pytest.approx(expected_lo, rel=1e-8)
    assert hi * exposure == pytest.approx(oracle.chi2.ppf(1 - tail, 2 * count + 2) / 2, rel=1e-8)


def test_no_trials_say_nothing():
    assert wilson(0, 0) == clopper_pearson(0, 0) == (0, 1)
    assert all(math.isnan(x) for x in bootstrap_median([], seed=1))


def test_bootstrap_is_seeded_and_covers_the_median():
    rng = np.random.default_rng(5)
    covered = 0
    for seed in range(200):
        sample = rng.exponential(size=60)
        lo, hi = bootstrap_median(sample, seed=seed, resamples=400)
        assert (lo, hi) == bootstrap_median(sample, seed=seed, resamples=400)
        covered += lo <= math.log(2) <= hi
    assert 180 <= covered <= 200


def test_bootstrap_takes_what_never_happened():
    lo, hi = bootstrap_median([1.0] * 30 + [math.inf] * 2, seed=0)
    assert (lo, hi) == (1.0, 1.0)
    assert bootstrap_median([1.0] * 5 + [math.inf] * 6, seed=0).hi == math.inf


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: wilson(3, 2), "successes is 3 of 2"),
        (lambda: clopper_pearson(-1, 2), "successes is -1"),
        (lambda: wilson(1, 2, level=1.0), "level is 1.0"),
        (lambda: poisson_rate(-1), "count is -1"),
        (lambda: poisson_rate(1, 0.0), "exposure is 0.0"),
    ],
)
def test_refusals_name_the_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
