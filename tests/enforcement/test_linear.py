import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from lianzhi.domains.enforcement.inspection.linear import fit
from lianzhi.domains.enforcement.inspection.logistic import fit as fit_logistic
from lianzhi.domains.enforcement.inspection.penalised import FREE, NotFittedError
from lianzhi.domains.enforcement.inspection.random_effects import integrated


def made(seed, rows=400, columns=6, noise=0.3):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(rows), rng.normal(size=(rows, columns))])
    effects = np.r_[2.0, rng.normal(0, 0.8, columns)]
    return x, x @ effects + rng.normal(0, noise, rows), effects


def test_effects_are_found_and_their_variance_is_that_of_the_estimates():
    blocks = [FREE] * 7
    errors, told = [], []
    for seed in range(60):
        x, y, effects = made(seed)
        found = fit(x, y, blocks).fit
        errors.append(found.effects - effects)
        told.append(np.diag(found.covariance))
    assert np.abs(np.mean(errors, axis=0)).max() < 0.01
    assert np.mean(np.array(errors) ** 2) == pytest.approx(np.mean(told), rel=0.2)


def test_a_tenth_far_out_moves_nothing_but_themselves():
    x, y, effects = made(1)
    far = y.copy()
    far[::10] += 8
    found = fit(x, far, [FREE] * 7)
    assert found.fit.effects == pytest.approx(effects, abs=0.08)
    assert found.residual[::10].min() > 6


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.05, 5), st.floats(0.01, 100))
def test_at_the_mode_the_gradient_is_zero(seed, spread, noise):
    x, y, _ = made(seed, rows=80, noise=noise)
    line = fit(x, y, [FREE] + [0] * 6, spreads=[spread])
    rest = line.residual / line.scale
    slope = x.T @ (5 * rest / (4 + rest**2)) / line.scale
    slope -= line.fit.precision * line.fit.effects
    steps = line.fit.covariance @ slope
    assert np.abs(steps / np.sqrt(np.diag(line.fit.covariance))).max() < 0.02


def test_a_block_that_says_nothing_gets_no_spread():
    x, y, _ = made(3)
    rng = np.random.default_rng(99)
    x = np.column_stack([x, rng.normal(size=(400, 30))])
    found = fit(x, y, [FREE] + [0] * 6 + [1] * 30)
    assert found.fit.spreads[0] > 10 * found.fit.spreads[1]
    assert found.fit.settled
    assert found.determined < 20


def test_too_little_is_refused():
    x, y, _ = made(4, rows=6)
    with pytest.raises(NotFittedError, match="6 rows for 7 free"):
        fit(x, y, [FREE] * 7)
    with pytest.raises(NotFittedError, match="not finite"):
        fit(np.full((9, 1), np.nan), np.arange(9.0), [FREE])


@pytest.mark.parametrize("hidden", [0.0, 1.0])
def test_odds_are_those_at_one_enterprise_once_the_hidden_part_is_integrated_out(hidden):
    plain, whole, weights = [], [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        group = rng.integers(0, 400, 2400)
        x = np.column_stack([np.ones(2400), rng.random(2400) < 0.3]).astype(float)
        logit = x @ [-0.5, 1.5] + rng.normal(0, hidden, 400)[group]
        y = (rng.random(2400) < expit(logit)).astype(float)
        first = fit_logistic(x, y, [FREE, FREE])
        tried = integrated(x, y, [str(g) for g in group], first.precision, first.effects)
        plain.append(first.effects[1])
        whole.append(sum(one.weight * one.effects[1] for one in tried))
        weights.append(sum(one.weight * one.spread for one in tried))
        assert sum(one.weight for one in tried) == pytest.approx(1)
    assert np.mean(whole) == pytest.approx(1.5, abs=0.08)
    assert np.mean(weights) == pytest.approx(hidden, abs=0.2)
    if hidden:
        assert np.mean(plain) < 1.32  # drawn to 0 where the hidden part is left out
