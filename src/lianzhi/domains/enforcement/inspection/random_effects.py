"""The model with a random effect for the unobserved traits of each enterprise.

A fit that leaves this out gives odds averaged over enterprises, which lie nearer to 1 than those at
one and the same enterprise (Neuhaus, Kalbfleisch and Hauck 1991, Int. Stat. Rev. 59, 25-35). Here
each enterprise has an effect from N(0, s²), integrated out by Gauss-Hermite quadrature, since
Laplace's approximation underestimates s where an enterprise has few inspections. s itself is
integrated out over a grid.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import SuperLU, splu
from scipy.special import expit, logsumexp

from lianzhi.domains.enforcement.inspection.penalised import Array

#: Grid of standard deviations of the random effect, on the logit scale.
SPREADS = (0.0, 0.3, 0.6, 0.9, 1.2, 1.6)
_NODES = 11
_STEPS, _GAIN = 30, 1e-5
#: Grid points whose log likelihood is this far below the best are not fitted.
_UNLIKELY = 7.0


class SpreadMode(NamedTuple):
    """The mode at one standard deviation of the random effect, with its posterior weight."""

    spread: float
    weight: float
    effects: Array
    covariance: Array


class _Data(NamedTuple):
    columns: "csr_array[np.float64, tuple[int, int]]"
    outcome: Array
    of: "csr_array[np.float64, tuple[int, int]]"
    """1 where a row is of an enterprise: (enterprises, rows)."""
    group: NDArray[np.intp]
    precision: Array
    nodes: Array
    log_weights: Array


class _Point(NamedTuple):
    value: float
    post: Array
    """Weight of each node: (enterprises, nodes)."""
    p: Array
    """Probability of each row at each node."""


def integrated(
    columns: Array, outcome: Array, enterprises: Sequence[str], precision: Array, start: Array
) -> list[SpreadMode]:
    """Modes with the random effect integrated out, for each spread of non-negligible likelihood.

    `precision` and `start`: penalties and mode of the fit without random effects.
    """
    names, group = np.unique(np.asarray(enterprises), return_inverse=True)
    rows = np.arange(group.size)
    of = csr_array((np.ones(group.size), (group, rows)), shape=(names.size, group.size))
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    logs = np.log(weights / weights.sum())
    data = _Data(csr_array(columns), outcome, of, group, precision, nodes, logs)
    integrated_: list[tuple[float, float, Array, Array]] = []
    for spread in SPREADS:
        start, factor, value = _mode(data, start, spread)
        evidence = value - float(np.log(np.abs(factor.U.diagonal())).sum()) / 2
        if integrated_ and evidence < max(node[1] for node in integrated_) - _UNLIKELY:
            break
        integrated_.append((spread, evidence, start, factor.solve(np.eye(start.size))))
    # The grid is uneven: each point is weighted by the distance to the midpoints of its neighbours.
    width = np.gradient(np.array(SPREADS))[: len(integrated_)]
    logs = np.array([node[1] for node in integrated_]) + np.log(width)
    shares = np.exp(logs - logsumexp(logs))
    return [
        SpreadMode(spread, float(share), effects, covariance)
        for share, (spread, _, effects, covariance) in zip(shares, integrated_, strict=True)
    ]


def _mode(data: _Data, effects: Array, spread: float) -> tuple[Array, SuperLU, float]:
    """Newton's method with halved steps; where the Hessian is indefinite, that of known effects is
    used.
    """
    point = _at(data, effects, spread)
    for _ in range(_STEPS):
        slope, known, whole = _slopes(data, effects, point)
        step = splu(whole).solve(slope)
        if step @ slope <= 0:
            step = splu(known).solve(slope)
        size = 1.0
        while (
            following := _at(data, effects + size * step, spread)
        ).value < point.value - 1e-9 and size > 1e-3:
            size /= 2
        effects, gained, point = effects + size * step, following.value - point.value, following
        if gained < _GAIN:
            break
    return effects, splu(_slopes(data, effects, point)[2]), point.value


def _at(data: _Data, effects: Array, spread: float) -> _Point:
    logit = (data.columns @ effects)[:, None] + spread * data.nodes
    likely = data.of @ (data.outcome[:, None] * logit - np.logaddexp(0, logit)) + data.log_weights
    total = logsumexp(likely, axis=1)
    value = float(total.sum() - (data.precision * effects**2).sum() / 2)
    return _Point(value, np.exp(likely - total[:, None]), np.asarray(expit(logit)))


def _slopes(
    data: _Data, effects: Array, point: _Point
) -> tuple[Array, "csc_array[np.float64]", "csc_array[np.float64]"]:
    """Gradient; negative Hessian given the random effects, and the marginal one (Louis 1982)."""
    x, post = data.columns, point.post
    each = post[data.group]
    rest = data.outcome[:, None] - point.p
    slope = x.T @ (each * rest).sum(axis=1) - data.precision * effects
    informed = (each * point.p * (1 - point.p)).sum(axis=1)
    known = csc_array(x.T @ x.multiply(informed[:, None]))
    known.setdiag(known.diagonal() + data.precision)
    scores = [data.of @ csr_array(x.multiply(rest[:, [k]])) for k in range(data.nodes.size)]
    mean = csr_array(sum(s.multiply(post[:, [k]]) for k, s in enumerate(scores)))
    varied = sum(s.T @ s.multiply(post[:, [k]]) for k, s in enumerate(scores))
    return slope, known, csc_array(known - (varied - mean.T @ mean))
