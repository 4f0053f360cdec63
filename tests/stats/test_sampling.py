"""Sample sizes equal those of the standard, and the beta-binomial fit covers what it should."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom, hypergeom

from lianzhi.stats.beta_binomial import fit_beta_binomial
from lianzhi.stats.sample_size import (
    binomial_size,
    cluster_size,
    hypergeometric_size,
    missed_in_lot,
)

SHARES = (0.05, 0.02, 0.01, 0.005, 0.001)


def test_sizes_of_large_lots_are_those_of_the_standard():
    """ISPM 31 (2008), binomial table: at 95 % and at 99 % confidence."""
    assert [binomial_size(share) for share in SHARES] == [59, 149, 299, 598, 2995]
    assert [binomial_size(s, 0.99) for s in SHARES] == [90, 228, 459, 919, 4603]


@pytest.mark.parametrize(
    ("lot", "sizes"),
    [
        (100, (45, 78, 95)),
        (200, (51, 105, 155, 190)),
        (300, (54, 117, 189)),
        (500, (56, 129, 225)),
        (1000, (57, 138, 258, 450, 950)),
        (2000, (58, 143, 277, 517, 1553)),
        (10_000, (59, 148, 294, 581, 2588)),
    ],
)
def test_sizes_of_a_lot_are_those_of_the_standard(lot, sizes):
    """ISPM 31 (2008), hypergeometric table, at 95 % confidence."""
    assert tuple(hypergeometric_size(lot, share) for share in SHARES[: len(sizes)]) == sizes


@given(st.integers(1, 60), st.integers(0, 8), st.data(), st.sampled_from([1.0, 0.7]))
def test_the_chance_to_miss_is_that_of_scipy(lot, infested, data, sensitivity):
    infested = min(infested, lot)
    sample = data.draw(st.integers(0, lot))
    expected = sum(
        binom.pmf(j, infested, sensitivity) * hypergeom.pmf(0, lot, j, sample)
        for j in range(infested + 1)
    )
    assert missed_in_lot(sample, lot, infested, sensitivity) == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 2000), st.floats(0.001, 1), st.floats(0.5, 0.99), st.sampled_from([1.0, 0.8]))
def test_the_size_is_the_least_that_is_enough(lot, share, confidence, sensitivity):
    size = hypergeometric_size(lot, share, confidence, sensitivity)
    infested = max(1, math.floor(round(lot * share, 9)))
    if size is None:
        assert missed_in_lot(lot, lot, infested, sensitivity) > 1 - confidence
        return
    assert missed_in_lot(size, lot, infested, sensitivity) <= 1 - confidence + 1e-9
    if size > 1:
        assert missed_in_lot(size - 1, lot, infested, sensitivity) > 1 - confidence


def test_clusters_take_more_boxes():
    assert cluster_size(50, 0.01, 0.0) * 50 == pytest.approx(binomial_size(0.01), abs=50)
    boxes = [cluster_size(50, 0.01, rho) for rho in (0.0, 0.05, 0.1, 0.3)]
    assert boxes == sorted(boxes)
    a, b = 0.01 * 9, 0.99 * 9
    clean = betabinom.pmf(0, 50, a, b)
    assert clean ** boxes[2] <= 0.05 < clean ** (boxes[2] - 1)
    assert cluster_size(1, 0.01, 0.3) == binomial_size(0.01)


def test_clustered_lots_are_found_as_often_as_promised():
    dice = np.random.default_rng(4)
    boxes = cluster_size(40, 0.02, 0.2, 0.95)
    shares = dice.beta(0.02 * 4, 0.98 * 4, (4000, boxes))
    found = (dice.binomial(40, shares).sum(axis=1) > 0).mean()
    assert 0.94 < found < 0.97


@pytest.mark.slow
def test_the_fit_covers_the_true_share_where_binomial_limits_do_not():
    dice = np.random.default_rng(8)
    mean, size, rounds = 0.1, 4.0, 150
    covered = binomial = spread = 0
    for _ in range(rounds):
        trials = dice.integers(20, 80, 40)
        hits = dice.binomial(trials, dice.beta(mean * size, (1 - mean) * size, 40))
        fit = fit_beta_binomial(hits, trials)
        covered += fit.mean_limits.lo <= mean <= fit.mean_limits.hi
        spread += fit.correlation_limits.lo <= 0.2 <= fit.correlation_limits.hi
        binomial += fit.binomial_limits.lo <= mean <= fit.binomial_limits.hi
    assert covered >= 0.9 * rounds
    assert spread >= 0.9 * rounds
    assert binomial <= 0.7 * rounds


@pytest.mark.slow
def test_independent_units_are_rarely_taken_for_clusters():
    dice = np.random.default_rng(9)
    p = [fit_beta_binomial(dice.binomial(50, 0.1, 30), [50] * 30).p for _ in range(100)]
    assert sum(each < 0.05 for each in p) <= 12


def test_the_fit_is_the_maximum_of_the_likelihood_of_scipy():
    hits, trials = [0, 3, 1, 9, 0, 2, 0, 14], [40, 35, 50, 40, 20, 45, 30, 50]
    fit = fit_beta_binomial(hits, trials)

    def at(mean, rho):
        size = 1 / rho - 1
        return betabinom.logpmf(hits, trials, mean * size, (1 - mean) * size).sum()

    best = at(fit.mean, fit.correlation)
    for shift in (0.99, 1.01):
        assert at(fit.mean * shift, fit.correlation) < best
        assert at(fit.mean, fit.correlation * shift) < best


def test_no_success_is_not_none():
    fit = fit_beta_binomial([0, 0, 0, 0], [20, 20, 20, 0])
    assert (fit.mean, fit.correlation, fit.p) == (0, 0, 1)
    assert fit.mean_limits.hi > fit.binomial_limits.hi > 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: binomial_size(0), "share is 0, sensitivity 1.0"),
        (lambda: binomial_size(0.1, 1), "confidence is 1"),
        (lambda: hypergeometric_size(0, 0.1), "lot is 0"),
        (lambda: cluster_size(5, 0.1, 1.0), "correlation 1.0"),
        (lambda: fit_beta_binomial([1], [2, 3]), "1 successes and 2 trials"),
        (lambda: fit_beta_binomial([3, 1], [2, 3]), "0 to trials"),
        (lambda: fit_beta_binomial([0, 1], [0, 3]), "1 groups with trials"),
    ],
)
def test_refusals_name_the_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()
