"""Linear regression with penalised blocks and residuals from Student's t.

Outlying residuals are downweighted (Lange, Little and Taylor 1989), so that a few extreme fines
affect only themselves. The information of a row is estimated as for any M-estimator, (mean psi')² /
mean psi² (Huber 1964, Ann. Math. Stat. 35, 73-101), and so holds where residuals do not follow t.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

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

#: Degrees of freedom of the residuals.
_TAILS = 4.0
_LEAST = 1e-6
_STEPS, _CLOSE = 50, 1e-4


class Line(NamedTuple):
    """A fitted linear model with its residuals."""

    fit: Fit
    residual: Array
    scale: float
    """Scale of the residuals' t distribution."""
    row: float
    """Information of one row on its mean: 1 / variance."""

    @property
    def determined(self) -> float:
        """Effective number of effects that the rows determine."""
        return float(self.fit.effects.size - self.fit.precision @ np.diag(self.fit.covariance))


def fit(
    columns: Array,
    outcome: Array,
    blocks: Sequence[int],
    robust: Collection[int] = (),
    spreads: Sequence[float] | None = None,
) -> Line:
    """Fit `outcome` on `columns`; blocks as in `settle`. Raises NotFittedError."""
    x, y = np.asarray(columns, np.float64), np.asarray(outcome, np.float64)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise NotFittedError("a value is not finite; leave its row out")
    if y.size <= (free := sum(block < 0 for block in blocks)) or np.ptp(y) < _LEAST:
        raise NotFittedError(f"{y.size} rows for {free} free effects, or all alike; give more data")
    line = _Line(Rows.of(x), y)
    fit = settle(blocks, robust, spreads, line.mode)
    return Line(fit, y - x @ fit.effects, line.scale, line.row)


class _Line:
    """Mode finder whose residual scale carries over from one round to the next."""

    def __init__(self, rows: Rows, y: Array) -> None:
        self._rows, self._y = rows, y
        self._square = rows.squared(np.ones(y.size))
        self.scale = max(float(y.std()), _LEAST)
        self.row, self._determined = 0.0, 0.0

    def mode(self, precision: Array, effects: Array) -> Mode:
        """Iteratively reweighted least squares, with the scale re-estimated at each step."""
        rows, y = self._rows, self._y
        for _ in range(_STEPS):
            weight = _weight((y - rows.times(effects)) / self.scale) / self.scale**2
            factor = factored(rows.squared(weight) + np.diag(precision))
            step = factor.solve(rows.towards(weight * y)) - effects
            effects = effects + step
            rest = y - rows.times(effects)
            left = max(y.size - self._determined, 1.0)
            scale = max(float(np.sqrt((_weight(rest / self.scale) * rest**2).sum() / left)), _LEAST)
            moved = max(abs(np.log(scale / self.scale)), float(np.abs(step).max()) / scale)
            self.scale = scale
            if moved < _CLOSE:
                break
        self.row = _row_information(rest / scale) / scale**2
        covariance, size = inverse(factored(self._square * self.row + np.diag(precision)))
        self._determined = effects.size - float(precision @ np.diag(covariance))
        likely = -(_TAILS + 1) / 2 * np.log1p((rest / scale) ** 2 / _TAILS).sum()
        value = likely - y.size * np.log(scale) - (precision * effects**2).sum() / 2
        return Mode(effects, covariance, float(value + (np.log(precision).sum() - size) / 2))


def _weight(rest: Array) -> Array:
    return np.asarray((_TAILS + 1) / (_TAILS + rest**2))


def _row_information(rest: Array) -> float:
    """Information of a row on its mean, in units of 1 / scale²."""
    slope = (_TAILS + 1) * (_TAILS - rest**2) / (_TAILS + rest**2) ** 2
    return float(max(slope.mean(), _LEAST) ** 2 / max(((_weight(rest) * rest) ** 2).mean(), _LEAST))
