"""A linear model with noise that lasts: exact posterior over a grid of noises.

The noise of a week is partly fresh (counting), partly AR(1): V = w I + (1 - w) R(rho), times an
unknown variance. For each (rho, w) the coefficients have a t distribution; over the grid, with flat
priors, they have a mixture of them, weighed by the marginal likelihood |V|^-1/2 |X'V^-1 X|^-1/2
S^-(n - p)/2. Zellner and Tiao (1964), J. Am. Stat. Assoc. 59, 763-778; Chib (1993), J. Econometrics
58, 275-294. For a given rho all w share the eigenvectors of R, so one decomposition does for all;
it depends on the weeks alone and is kept.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.stats.campaign.mixture import TMixture
from lianzhi.stats.campaign.policy import NoiseGrid
from lianzhi.stats.campaign.weekly import Floats


class Noises(NamedTuple):
    """Every noise of a grid on given weeks: G noises, n weeks."""

    correlations: Floats
    white: Floats
    variances: Floats
    """G x n: variance along each eigenvector."""
    which: list[int]
    """Of each noise its matrix of `vectors`."""
    vectors: list[Floats]
    """n x n each, in columns."""


class Posterior(NamedTuple):
    """Coefficients of a linear model: G noises, p coefficients."""

    weights: Floats
    """G, adding up to 1."""
    centres: Floats
    """G x p."""
    covariances: Floats
    """G x p x p: of the t distribution of `df` degrees of freedom, the variance included."""
    variances: Floats
    """G: the estimated variance of the noise."""
    df: int

    def contrast(self, vector: Floats) -> TMixture:
        """Distribution of the coefficients' sum weighed by `vector`."""
        spread = np.einsum("p,gpq,q->g", vector, self.covariances, vector)
        return TMixture(self.weights, self.centres @ vector, np.sqrt(spread), self.df)


@lru_cache(maxsize=32)
def noises(
    weeks: tuple[int, ...], correlations: tuple[float, ...], white_shares: tuple[float, ...]
) -> Noises:
    """Every noise of a grid on the weeks; uncorrelated noise occurs once."""
    gaps = np.abs(np.subtract.outer(weeks, weeks))
    rows, vectors = [(0.0, 1.0, np.ones(len(weeks)), 0)], [np.eye(len(weeks))]
    for rho in filter(None, correlations):
        values, basis = np.linalg.eigh(rho**gaps)
        vectors.append(basis)
        rows += [(rho, w, w + (1 - w) * values, len(vectors) - 1) for w in white_shares if w < 1]
    rhos, whites, variances, which = zip(*rows, strict=True)
    return Noises(np.array(rhos), np.array(whites), np.array(variances), list(which), vectors)


def grid(weeks: NDArray[np.int64], terms: NoiseGrid) -> Noises:
    """The noises of a policy's grid on these weeks."""
    key = tuple(int(week) for week in weeks)
    return noises(key, terms.correlations, terms.white_shares)


def fit(noise: Noises, design: Floats, values: Floats, penalty: Floats) -> Posterior:
    """Posterior of the coefficients of `design` (n x p), given `values` (n).

    `penalty` (p): what the noise's variance is of the variance of a coefficient before the data; 0
    for a flat prior. Raises ValueError where there are no more weeks than coefficients.
    """
    n, p = design.shape
    if n <= p:
        raise ValueError(f"there are {n} weeks for {p} coefficients; give more weeks")
    turned = [(basis.T @ design, basis.T @ values) for basis in noise.vectors]
    columns = np.array([turned[k][0] for k in noise.which])
    targets = np.array([turned[k][1] for k in noise.which])
    scaled = columns / noise.variances[:, :, None]
    precision = np.einsum("gnp,gnq->gpq", scaled, columns) + np.diag(penalty)
    inverse = np.linalg.inv(precision)
    centres = np.einsum("gpq,gnq,gn->gp", inverse, scaled, targets, optimize=True)
    residuals = targets - np.einsum("gnp,gp->gn", columns, centres)
    squares = (residuals**2 / noise.variances).sum(axis=1) + centres**2 @ penalty
    squares = np.maximum(squares, 1e-12)
    df = n - int((penalty == 0).sum())
    log_weights = -0.5 * (
        np.log(noise.variances).sum(axis=1) + np.linalg.slogdet(precision)[1] + df * np.log(squares)
    )
    weights = np.exp(log_weights - log_weights.max())
    variances = squares / df
    return Posterior(
        weights / weights.sum(), centres, inverse * variances[:, None, None], variances, df
    )
