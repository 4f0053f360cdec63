"""Tails and rate tests agree with R's figures and with scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle
from scipy.special import gammaln

from lianzhi.stats.poisson import (
    log_upper_tail,
    predictive_tail,
    rate_ratio,
    rate_test,
    upper_tail,
)

# R 4.5.0 poisson.test(c(x1, x0), c(t1, t0)): x0, x1, t0, t1, ratio, lo, hi, two-sided p.
R_RATIOS = [
    (1, 0, 1, 1, 0, 0, 39, 1),
    (7, 0, 1, 1, 0, 0, 0.693813980096453, 0.015625),
    (3, 116, 1, 0.5, 77.3333333333333, 25.8133245736687, 380.452482163542, 3.70427759947561e-51),
    (0, 150, 1, 0.5, math.inf, 80.3296079181797, math.inf, 2.70278681755473e-72),
    (30, 150, 1, 1, 5, 3.36113284544841, 7.66821652643827, 2.15382202502426e-20),
    (100, 116, 1, 1, 1.16, 0.880094360215423, 1.53120839429959, 0.307427498727949),
    (14, 0, 1, 0.5, 0, 0, 0.602932177446391, 0.0074650285209877),
    (3, 0, 1, 0.5, 0, 0, 4.83990378670678, 0.555555555555556),
]


@pytest.mark.parametrize(("x0", "x1", "t0", "t1", "ratio", "lo", "hi", "p"), R_RATIOS)
def test_rate_ratio_agrees_with_r(x0, x1, t0, t1, ratio, lo, hi, p):
    got = rate_ratio(x0, t0, x1, t1)
    assert (got.ratio, got.lo, got.hi) == pytest.approx((ratio, lo, hi), rel=1e-8)
    assert got.p == pytest.approx(p, rel=1e-8)


def test_no_events_say_nothing():
    got = rate_ratio(0, 1, 0, 2)
    assert math.isnan(got.ratio)
    assert got[1:] == (0, math.inf, 1, 1)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.1, 10), st.floats(0.1, 10))
def test_rate_ratio_swaps(x0, x1, t0, t1):
    one, other = rate_ratio(x0, t0, x1, t1), rate_ratio(x1, t1, x0, t0)
    assert one.p == pytest.approx(other.p, rel=1e-6)
    if x0 and x1:
        assert one.ratio * other.ratio == pytest.approx(1)
        assert one.lo * other.hi == pytest.approx(1, rel=1e-6)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.1, 10), st.floats(0.1, 10))
def test_one_sided_p_is_the_binomial_tail(x0, x1, t0, t1):
    expected = oracle.binom.sf(x1 - 1, x0 + x1, t1 / (t0 + t1)) if x0 + x1 else 1.0
    assert rate_ratio(x0, t0, x1, t1).p_greater == pytest.approx(expected, rel=1e-7)


@given(st.integers(0, 400), st.floats(0, 300))
def test_upper_tail_agrees_with_scipy(count, mean):
    assert upper_tail(count, mean) == pytest.approx(
        oracle.poisson.sf(count - 1, mean), rel=1e-7, abs=1e-290
    )
    assert rate_test(count, 2.0, mean / 2) == upper_tail(count, mean)


# Shorter exposures vanish in the rounding of the oracle's own argument, which is near 1.
EXPOSURES = st.one_of(st.just(0.0), st.floats(1e-3, 50))


@given(st.integers(0, 400), st.floats(0.1, 50), st.floats(0.1, 50), EXPOSURES)
def test_predictive_tail_is_negative_binomial(count, shape, prior, exposure):
    expected = oracle.nbinom.sf(count - 1, shape, prior / (prior + exposure))
    # Far out in the tail that rounding is magnified.
    assert predictive_tail(count, shape, prior, exposure) == pytest.approx(
        expected, rel=1e-5, abs=1e-290
    )


@given(st.integers(1, 60), st.floats(0.5, 20))
def test_much_history_turns_the_predictive_tail_into_poisson(count, rate):
    near = predictive_tail(count, rate * 1e8, 1e8, 1.0)
    assert near == pytest.approx(upper_tail(count, rate), rel=1e-3, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: upper_tail(1, -1.0), "mean is -1.0"),
        (lambda: predictive_tail(1, 0.0, 1.0, 1.0), "prior is"),
        (lambda: predictive_tail(1, 1.0, 1.0, -1.0), "exposure is -1.0"),
        (lambda: rate_ratio(-1, 1, 0, 1), "counts are -1"),
        (lambda: rate_ratio(1, 0, 0, 1), "exposures are 0"),
    ],
)
def test_refusals_name_the_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_log_tail_is_the_tail_and_goes_on_where_floats_end():
    counts, means = np.array([0, 1, 3, 20, 400]), np.array([0.5, 0.5, 0.01, 30.0, 350.0])
    expected = [np.log(upper_tail(int(n), float(m))) for n, m in zip(counts, means, strict=True)]
    assert log_upper_tail(counts, means) == pytest.approx(expected)
    tails = log_upper_tail(np.arange(1, 400), np.full(399, 1e-3))
    assert np.isfinite(tails).all()
    assert (np.diff(tails) < 0).all()
    # The first term is nearly all of a tail so far out.
    assert tails[119] == pytest.approx(120 * np.log(1e-3) - 1e-3 - gammaln(121), rel=1e-9)
    with pytest.raises(ValueError, match="give 0 or more"):
        log_upper_tail(np.array([1]), np.array([-1.0]))
