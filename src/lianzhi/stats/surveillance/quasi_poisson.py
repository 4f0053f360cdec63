"""Quasi-Poisson regression with a log link, and again with outbreaks of the past weighed down."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
#: Relative change of the deviance that ends the iteration, and the most steps: as in R's glm.
_CLOSE, _STEPS = 1e-8, 25


class Fit(NamedTuple):
    """A fitted model. Matrices are those of the last step but one, as R's glm keeps them."""

    beta: Array
    covariance: Array
    """Of `beta`, for a dispersion of 1."""
    dispersion: float
    """Pearson's estimate, as it is: it may be less than 1."""
    prior_dispersion: float
    """The same after a second fit with the weights of the rows in place of those of the last step:
    R's function for the improved method takes it for standard errors."""
    freedom: int
    """Rows less columns."""


def fit(counts: Array, design: Array, reweigh_above: float | None) -> Fit:
    """Fit `counts` (rows) to `design` (rows x columns of full rank).

    `reweigh_above`: rows whose standardised Anscombe residual is greater count 1 / residual**2 in
    a second fit, as in Farrington et al. (1996), 3.6; None: one fit.
    """
    weights = np.ones(len(counts))
    result, means, leverage = _weighted(counts, design, weights)
    if reweigh_above is None:
        return result._replace(prior_dispersion=result.dispersion)
    dispersion = max(1.0, result.dispersion)
    with np.errstate(divide="ignore", invalid="ignore"):
        residuals = 1.5 * (counts ** (2 / 3) * means ** (-1 / 6) - means**0.5)
        residuals /= np.sqrt(dispersion * (1 - leverage))
        weights = np.where(residuals > reweigh_above, residuals**-2.0, 1.0)
    return _weighted(counts, design, weights * (len(counts) / weights.sum()))[0]


def _weighted(counts: Array, design: Array, weights: Array) -> tuple[Fit, Array, Array]:
    """The fit, its means, and the leverage of each row."""
    means = counts + 0.1
    eta = np.log(means)
    deviance = _deviance(counts, means, weights)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(_STEPS):
            working = weights * means
            target = eta + (counts - means) / means
            weighed = design * working[:, None]
            information = design.T @ weighed
            beta = np.linalg.solve(information, weighed.T @ target)
            eta = design @ beta
            means = np.exp(eta)
            before, deviance = deviance, _deviance(counts, means, weights)
            if abs(deviance - before) < _CLOSE * (abs(deviance) + 0.1):
                break
        covariance = np.linalg.inv(information)
        leverage = np.einsum("ij,jk,ik->i", design, covariance, weighed)
        squares = ((counts - means) / means) ** 2
        freedom = len(counts) - design.shape[1]
        result = Fit(
            beta,
            covariance,
            float(working @ squares) / freedom,
            float(weights @ squares) / freedom,
            freedom,
        )
    return result, means, leverage


def _deviance(counts: Array, means: Array, weights: Array) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(counts > 0, counts * np.log(counts / means), 0.0)
    return float(2 * weights @ (logs - (counts - means)))
