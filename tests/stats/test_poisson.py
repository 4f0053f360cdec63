"""Tails agree with scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle
from scipy.special import gammaln

from lianzhi.stats.poisson import (
    log_upper_tail,
    predictive_tail,
    upper_tail,
)


@given(st.integers(0, 400), st.floats(0, 300))
def test_upper_tail_agrees_with_scipy(count, mean):
    assert upper_tail(count, mean) == pytest.approx(
        oracle.poisson.sf(count - 1, mean), rel=1e-7, abs=1e-290
    )


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
