"""Ridge logistic regression with weights of 0 or more, on SciPy."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Logistic(NamedTuple):
    """A fitted model: log-odds = intercept + features @ weights."""

    intercept: float
    weights: Floats

    def probability(self, features: Floats) -> Floats:
        """Probability of each row."""
        from scipy.special import expit  # noqa: PLC0415 - takes 1 s to load

        odds: Floats = expit(self.intercept + features @ self.weights)
        return odds


def fit(features: Floats, outcomes: NDArray[np.bool_], penalty: float) -> Logistic:
    """Weights of 0 or more that minimise the log loss, summed over rows, and half of `penalty`
    times the sum of their squares; the intercept is free. Raises ValueError where all outcomes are
    alike, or it does not converge.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - takes 1 s to load
    from scipy.special import expit  # noqa: PLC0415

    if outcomes.all() or not outcomes.any():
        raise ValueError("all outcomes are alike; give rows of both kinds")
    truth = outcomes.astype(float)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        odds = parameters[0] + features @ parameters[1:]
        value = np.logaddexp(0, odds).sum() - truth @ odds
        value += penalty / 2 * parameters[1:] @ parameters[1:]
        error = expit(odds) - truth
        slope = features.T @ error + penalty * parameters[1:]
        return float(value), np.concatenate(([error.sum()], slope))

    share = truth.mean()
    start = np.concatenate(([np.log(share / (1 - share))], np.zeros(features.shape[1])))
    bounds = [(None, None), *[(0, None)] * features.shape[1]]
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    if not solution.success:
        raise ValueError(f"the fit does not converge: {solution.message}")
    return Logistic(float(solution.x[0]), solution.x[1:])
