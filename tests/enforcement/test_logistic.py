import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from lianzhi.domains.enforcement.inspection.logistic import fit, probability
from lianzhi.domains.enforcement.inspection.penalised import FREE, NotFittedError


def made(seed, rows=400, columns=6, scale=0.8):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(rows), rng.normal(size=(rows, columns))])
    effects = np.r_[-0.7, rng.normal(0, scale, columns)]
    return x, (rng.random(rows) < 1 / (1 + np.exp(-x @ effects))).astype(float), effects


@pytest.mark.parametrize("spread", [0.1, 0.7, 3.0])
def test_agrees_with_scikit_learn(spread):
    x, y, _ = made(1)
    ours = fit(x, y, [FREE] + [0] * 6, spreads=[spread])
    theirs = LogisticRegression(C=spread**2, tol=1e-10, max_iter=10_000).fit(x[:, 1:], y)
    assert ours.effects[1:] == pytest.approx(theirs.coef_[0], abs=1e-4)
    assert ours.effects[0] == pytest.approx(theirs.intercept_[0], abs=1e-4)
    assert probability(ours, x) == pytest.approx(theirs.predict_proba(x[:, 1:])[:, 1], abs=1e-4)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.05, 5))
def test_at_the_mode_the_gradient_is_zero(seed, spread):
    x, y, _ = made(seed, rows=80)
    if y.min() == y.max():
        return
    found = fit(x, y, [FREE] + [0] * 6, spreads=[spread])
    slope = x.T @ (y - probability(found, x)) - found.precision * found.effects
    assert np.abs(slope).max() < 1e-3
    assert np.linalg.eigvalsh(found.covariance).min() > 0


def test_the_spread_found_is_the_likeliest():
    x, y, _ = made(3, rows=3000, columns=30, scale=0.5)
    blocks = [FREE] + [0] * 30
    found = fit(x, y, blocks)
    assert found.spreads[0] == pytest.approx(0.5, rel=0.4)
    for factor in (0.8, 1.25):
        assert (
            found.log_evidence > fit(x, y, blocks, spreads=[found.spreads[0] * factor]).log_evidence
        )


def test_a_block_that_says_nothing_gets_no_spread():
    rng = np.random.default_rng(5)
    x, y, _ = made(5, rows=2000, columns=4)
    x = np.column_stack([x, rng.normal(size=(2000, 25))])
    found = fit(x, y, [FREE] + [0] * 4 + [1] * 25)
    assert found.spreads[0] > 5 * found.spreads[1]


def test_one_far_out_is_hardly_drawn_in_where_tails_are_long():
    rng = np.random.default_rng(6)
    who = rng.integers(0, 30, 4500)
    x = np.column_stack([np.ones(4500), np.eye(30)[who]])
    truth = np.r_[-1.5, 2.5, np.zeros(29)]
    y = rng.random(4500) < 1 / (1 + np.exp(-x @ truth))
    plain, robust = (fit(x, y, [FREE] + [0] * 30, some) for some in ((), (0,)))
    assert abs(robust.effects[1] - 2.5) < abs(plain.effects[1] - 2.5)
    assert np.abs(robust.effects[2:]).mean() < np.abs(plain.effects[2:]).mean()


def test_separated_data_and_equal_columns_still_give_an_answer():
    x = np.column_stack([np.ones(40), np.repeat([0.0, 1], 20), np.repeat([0.0, 1], 20)])
    found = fit(x, np.repeat([0, 1], 20), [FREE, 0, 0])
    assert np.isfinite(found.effects).all()
    assert found.effects[1] == pytest.approx(found.effects[2])
    assert found.effects[1] > 1


@pytest.mark.parametrize(("x", "y"), [([[1.0], [1.0]], [1, 1]), ([[1.0], [np.nan]], [0, 1])])
def test_what_cannot_be_fitted_is_refused(x, y):
    with pytest.raises(NotFittedError):
        fit(np.array(x), np.array(y), [FREE])
