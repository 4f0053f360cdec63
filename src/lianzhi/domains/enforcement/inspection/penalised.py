"""Penalised blocks of effects, with spreads estimated from the data (empirical Bayes).

Each block of columns has effects from N(0, spread²) (ridge, or random effects); block FREE is not
penalised. The spreads maximise the marginal likelihood in Laplace's approximation, by MacKay's
fixed point (1992, Neural Comput. 4, 415-447): spread² = |b|² / gamma, gamma the number of effects
that the data determine. Columns should have unit scale.

A robust block has effects from Student's t instead: most lie near 0, and the few that do not are
hardly shrunken. As a mixture of normals (Lange, Little and Taylor 1989, J. Am. Stat. Assoc. 84,
881-896) it gives each effect a weight on its penalty.

Hessians are assembled from the few dense columns and the indicator columns separately, so that
their cost grows with the ones in a row and not with the square of the number of columns.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import SuperLU, splu

Array = NDArray[np.float64]

FREE = -1
#: Bounds of the estimated standard deviations: 0.01 is no effect, 10 is no prior.
_LEAST, _MOST = 1e-2, 10.0
#: Ridge that keeps the Hessian invertible where columns are collinear; far below any prior that
#: matters.
_RAISED = 1e-10
_TINY = 1e-6
_ROUNDS, _CLOSE = 200, 1e-3
#: Largest factor by which a standard deviation that keeps moving in one direction is extrapolated
#: (Aitken); it shrinks with each round, so that correlated ones converge.
_AHEAD, _FADING = 8.0, 0.95
#: Share of non-zero values above which a column is stored as dense.
_DENSE = 0.5
#: Degrees of freedom of the t prior of robust blocks.
_TAILS = 4.0


class NotFittedError(ValueError):
    """Data on which no model can be fitted."""


class TooFewError(NotFittedError):
    """Fewer inspections of known enterprises than the policy requires."""

    def __init__(self, have: int, least: int) -> None:
        self.have, self.least = have, least
        super().__init__(f"{have} inspections of known enterprises; give {least} or more")


class Fit(NamedTuple):
    """Mode of the effects, their covariance in the normal approximation, and the spreads."""

    effects: Array
    covariance: Array
    precision: Array
    """Prior precision of each effect, its penalty."""
    spreads: tuple[float, ...]
    """By block: standard deviation of its effects, or scale of the t, on the logit scale."""
    log_evidence: float
    """Natural logarithm of the marginal likelihood, Laplace's approximation, weights given."""
    settled: bool
    """Whether the spreads converged within the rounds allowed; else they are rough."""


class Mode(NamedTuple):
    """Mode of the effects at given penalties, inverse Hessian there, and log evidence."""

    effects: Array
    covariance: Array
    evidence: float


def settle(
    blocks: Sequence[int],
    robust: Collection[int],
    spreads: Sequence[float] | None,
    mode: Callable[[Array, Array], Mode],
) -> Fit:
    """Estimate the spreads. `mode` finds the effects at a precision of each, from the present ones;
    `robust`: blocks with long tails; `spreads`: take these instead of estimating them.
    """
    block = np.asarray(blocks)
    free, tailed = block == FREE, np.isin(block, list(robust))
    now = np.ones(int(block.max(initial=FREE)) + 1) if spreads is None else np.array(spreads, float)
    long = np.isin(np.arange(now.size), list(robust))
    weights, moves = np.ones(block.size), np.zeros(now.size)
    mode_, settled = Mode(np.zeros(block.size), np.zeros((0, 0)), 0.0), False
    for turn in range(_ROUNDS):
        spread = np.where(free, 1.0, np.append(now, 1.0)[block])
        precision = np.where(free, _TINY, weights / spread**2)
        mode_ = mode(precision, mode_.effects)
        variance = np.diag(mode_.covariance)
        inside = (mode_.effects**2 + variance) / spread**2
        weighted = np.where(tailed, (_TAILS + 1) / (_TAILS + inside), 1.0)
        moved = np.abs(np.log(weighted / weights)).max()
        weights = weighted
        if spreads is None:
            following = [
                _spread(mode_.effects, variance, weights, block == b, now[b])
                for b in range(now.size)
            ]
            before, moves = moves, np.log(following / now)
            moved = max(moved, np.abs(moves).max(initial=0.0))
            further = np.where(long, 1.0, _ahead(before, moves, _AHEAD ** (_FADING**turn)))
            now = np.clip(now * np.exp(moves * further), _LEAST, _MOST)
        if settled := bool(moved < _CLOSE):
            break
    return Fit(*mode_[:2], precision, tuple(map(float, now)), mode_.evidence, settled)


def _ahead(before: Array, moves: Array, most: float) -> Array:
    """Factor by which to extrapolate moves that shrink geometrically (Aitken)."""
    rate = np.divide(moves, before, out=np.zeros_like(moves), where=np.abs(before) > 1e-12)
    return 1 / (1 - np.clip(rate, 0.0, 1 - 1 / most))


def _spread(
    effects: Array, variance: Array, weights: Array, mine: NDArray[np.bool_], spread: float
) -> float:
    determined = mine.sum() - (weights * variance)[mine].sum() / spread**2
    estimate = np.sqrt((weights * effects**2)[mine].sum() / max(float(determined), 1e-9))
    return float(np.clip(estimate, _LEAST, _MOST))


class Rows(NamedTuple):
    """A design whose dense columns and indicators are kept apart."""

    dense: Array
    sparse: "csr_array[np.float64, tuple[int, int]]"
    order: NDArray[np.intp]
    """Where each column of both together belongs."""

    @classmethod
    def of(cls, columns: Array) -> "Rows":
        """Take a design apart."""
        full = (columns != 0).mean(axis=0) > _DENSE
        order = np.concatenate([np.flatnonzero(full), np.flatnonzero(~full)])
        return cls(columns[:, full], csr_array(columns[:, ~full]), order)

    def times(self, effects: Array) -> Array:
        """Design times effects."""
        ordered = effects[self.order]
        wide = self.dense.shape[1]
        return np.asarray(self.dense @ ordered[:wide] + self.sparse @ ordered[wide:])

    def towards(self, values: Array) -> Array:
        """Transposed design times a value for each row."""
        product = np.empty(self.order.size)
        product[self.order] = np.concatenate([self.dense.T @ values, self.sparse.T @ values])
        return product

    def squared(self, weights: Array) -> Array:
        """Transposed design times weights times design."""
        weighed = self.dense * weights[:, None]
        cross = self.sparse.T @ weighed
        dense = np.einsum("ij,ik->jk", self.dense, weighed)
        corner = (self.sparse.T @ self.sparse.multiply(weights[:, None])).toarray()
        product = np.empty((self.order.size, self.order.size))
        both = np.block([[dense, cross.T], [cross, corner]])
        product[np.ix_(self.order, self.order)] = both
        return product


def factored(hessian: Array) -> SuperLU:
    """Sparse factor of a Hessian.

    SuperLU is as fast as LAPACK at this size and starts no threads, which would compete with other
    processes. The diagonal is raised by 1 in 10^10: where all fines are alike, collinear columns
    would make the matrix singular.
    """
    whole = {"SymmetricMode": True}
    raised = hessian + np.diag(np.diag(hessian) * _RAISED)
    return splu(csc_array(raised), permc_spec="NATURAL", diag_pivot_thresh=0.0, options=whole)


def inverse(factor: SuperLU) -> tuple[Array, float]:
    """Inverse of a factored matrix, and the logarithm of its determinant."""
    inverted = factor.solve(np.eye(factor.shape[0]))
    return (inverted + inverted.T) / 2, float(np.log(factor.U.diagonal()).sum())
