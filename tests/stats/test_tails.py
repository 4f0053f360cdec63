"""Tails agree with scipy, and with whole numbers where those can be counted."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from lianzhi.stats.tails import binomial_tail, hypergeometric_tail

SHARES = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
TRIALS = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(-2, n + 2), st.just(n)))


@given(TRIALS, SHARES)
def test_binomial_tail_agrees_with_scipy(kn, share):
    k, n = kn
    expected = binom.sf(k - 1, n, share)
    assert float(binomial_tail(k, n, share)) == pytest.approx(expected, rel=1e-12, abs=1e-290)


def test_binomial_tail_goes_element_by_element():
    count, trials = np.array([0, 3, 5, 6]), np.array([5, 5, 5, 5])
    found = binomial_tail(count, trials, 0.5)
    assert found.tolist() == [1.0, 0.5, 1 / 32, 0.0]
    assert binomial_tail(np.array([], int), np.array([], int), np.array([])).tolist() == []


@st.composite
def _draws(draw, most=2000):
    whole = draw(st.integers(1, most))
    marked, drawn = draw(st.integers(0, whole)), draw(st.integers(0, whole))
    least, greatest = max(0, marked + drawn - whole), min(marked, drawn)
    return draw(st.integers(least - 2, greatest + 2)), whole, marked, drawn


@given(_draws())
def test_hypergeometric_tail_agrees_with_scipy(case):
    count, whole, marked, drawn = case
    expected = hypergeom.sf(count - 1, whole, marked, drawn)
    assert hypergeometric_tail(*case) == pytest.approx(expected, rel=1e-11, abs=1e-290)


@given(_draws(most=300))
def test_hypergeometric_tail_is_the_share_of_deals(case):
    count, whole, marked, drawn = case
    ways = sum(
        comb(marked, n) * comb(whole - marked, drawn - n)
        for n in range(max(count, 0), min(marked, drawn) + 1)
    )
    expected = float(Fraction(ways, comb(whole, drawn)))
    assert hypergeometric_tail(*case) == pytest.approx(expected, rel=1e-13)


def test_hypergeometric_tail_of_a_large_town():
    for case in [(60, 20_000, 1000, 300), (600, 100_000, 5000, 10_000), (1, 10**6, 1, 1)]:
        count, *rest = case
        expected = hypergeom.sf(count - 1, *rest)
        assert hypergeometric_tail(*case) == pytest.approx(expected, rel=1e-11)
    assert hypergeometric_tail(0, 0, 0, 0) == 1.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: binomial_tail(1, -1, 0.5), "trials is -1"),
        (lambda: binomial_tail(1, 2, 1.5), "share is 1.5"),
        (lambda: binomial_tail(1, 2, [0.5, float("nan")]), "share is nan"),
        (lambda: hypergeometric_tail(1, 5, 6, 2), "marked is 6, drawn 2 of 5"),
        (lambda: hypergeometric_tail(1, 5, 2, -1), "marked is 2, drawn -1 of 5"),
    ],
)
def test_refusals_name_the_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
