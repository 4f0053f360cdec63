"""Logistic regression with penalised blocks: Newton's method finds the mode."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lianzhi.domains.enforcement.inspection.penalised import (
    Array,
    Fit,
    Mode,
    NotFittedError,
    Rows,
    factored,
    inverse,
    settle,
)

_STEPS = 50
#: Newton's method stops when a step raises the log posterior by less than this.
_GAIN = 1e-7


def fit(
    columns: Array,
    outcome: NDArray[Any],
    blocks: Sequence[int],
    robust: Collection[int] = (),
    spreads: Sequence[float] | None = None,
) -> Fit:
    """Fit `outcome` (0 or 1) on `columns`; `blocks[j]` is the block of column j, or FREE.

    `robust` and `spreads` as in `settle`. Effects and spreads are on the logit scale. Raises
    NotFittedError where all outcomes are the same, or a value is not finite.
    """
    y = np.asarray(outcome, np.float64)
    if not (np.isfinite(columns).all() and np.isfinite(y).all()):
        raise NotFittedError("a value is not finite; leave its row out")
    if y.size == 0 or y.min() == y.max():
        raise NotFittedError(f"all {y.size} outcomes are the same; give more data")
    rows = Rows.of(np.asarray(columns, np.float64))
    return settle(blocks, robust, spreads, lambda *now: _mode(rows, y, *now))


def probability(fit: Fit, columns: Array) -> Array:
    """Probability of each row."""
    return np.asarray(expit(columns @ fit.effects), np.float64)


def _mode(x: Rows, y: Array, precision: Array, effects: Array) -> Mode:
    value = _log_posterior(x, y, precision, effects)
    for _ in range(_STEPS):
        p = expit(x.times(effects))
        step = factored(_hessian(x, p, precision)).solve(x.towards(y - p) - precision * effects)
        size = 1.0
        while (
            following := _log_posterior(x, y, precision, effects + size * step)
        ) < value - 1e-9 and size > 1e-4:
            size /= 2
        effects, gained, value = effects + size * step, following - value, following
        if gained < _GAIN:
            break
    p = expit(x.times(effects))
    covariance, size = inverse(factored(_hessian(x, p, precision)))
    return Mode(effects, covariance, value + (float(np.log(precision).sum()) - size) / 2)


def _hessian(x: Rows, p: Array, precision: Array) -> Array:
    return x.squared(p * (1 - p)) + np.diag(precision)


def _log_posterior(x: Rows, y: Array, precision: Array, effects: Array) -> float:
    logit = x.times(effects)
    return float(y @ logit - np.logaddexp(0, logit).sum() - (precision * effects**2).sum() / 2)
