"""Linear regression with penalised blocks and residuals from Student's t.

Far residuals are weighed down (Lange, Little and Taylor 1989), so a few extreme fines move nothing
but themselves. What a row tells is estimated as for any M-estimator, (mean psi')² / mean psi²
(Huber 1964, Ann. Math. Stat. 35, 73-101), and so holds where residuals are not from t.
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
    """A fit, and what it leaves."""

    fit: Fit
    residual: Array
    scale: float
    """Of the residuals, as of Student's t."""
    row: float
    """What one row tells of its mean: information, 1 / variance."""

    @property
    def determined(self) -> float:
        """How many effects the rows determine."""
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
    found = settle(blocks, robust, spreads, line.mode)
    return Line(found, y - x @ found.effects, line.scale, line.row)


class _Line:
    """The scale goes from round to round, as the effects do."""

    def __init__(self, rows: Rows, y: Array) -> None:
        self._rows, self._y = rows, y
        self._square = rows.squared(np.ones(y.size))
        self.scale = max(float(y.std()), _LEAST)
        self.row, self._determined = 0.0, 0.0

    def mode(self, precision: Array, effects: Array) -> Mode:
        """Reweighted least squares, the scale following the residuals; then what the rows tell."""
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
        self.row = _told(rest / scale) / scale**2
        covariance, size = inverse(factored(self._square * self.row + np.diag(precision)))
        self._determined = effects.size - float(precision @ np.diag(covariance))
        likely = -(_TAILS + 1) / 2 * np.log1p((rest / scale) ** 2 / _TAILS).sum()
        value = likely - y.size * np.log(scale) - (precision * effects**2).sum() / 2
        return Mode(effects, covariance, float(value + (np.log(precision).sum() - size) / 2))


def _weight(rest: Array) -> Array:
    return np.asarray((_TAILS + 1) / (_TAILS + rest**2))


def _told(rest: Array) -> float:
    """Information of a row on its mean, in units of 1 / scale²."""
    slope = (_TAILS + 1) * (_TAILS - rest**2) / (_TAILS + rest**2) ** 2
    return float(max(slope.mean(), _LEAST) ** 2 / max(((_weight(rest) * rest) ** 2).mean(), _LEAST))
