"""Strictness of inspectors: odds of a violation against the median colleague."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lianzhi.domains.enforcement.inspection.model import Fitted
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.random_effects import SpreadMode, integrated


class Odds(NamedTuple):
    """An odds ratio with its limits."""

    ratio: float
    lo: float
    hi: float


class Versus(NamedTuple):
    """Odds of a violation with this officer in the team, against the median officer in their place,
    other things equal.
    """

    officer: str
    shrunken: Odds
    """Shrunken to 1 where data are few, and averaged over enterprises: for comparison of officers.
    """
    unshrunken: Odds
    """From the officer's own inspections, at one and the same enterprise: the officer's strictness.
    """


def versus_median(fit: Fitted, level: float) -> list[Versus]:
    """Odds of each officer against the median one, by name. Raises NotFittedError if none."""
    model = fit.model
    places = model.places("officer")
    if places.size == 0:
        raise NotFittedError("the model knows no officers; give inspections with officers")
    effects = model.fit.effects[places]
    middle = int(np.argsort(effects)[(places.size - 1) // 2])
    covariance = model.fit.covariance[np.ix_(places, places)]
    spread = np.diag(covariance) + covariance[middle, middle] - 2 * covariance[middle]
    half = ndtri(0.5 + level / 2) * np.sqrt(np.maximum(spread, 0.0))
    log_odds = effects - effects[middle]
    ratios = np.exp(np.stack([log_odds, log_odds - half, log_odds + half]))
    names = [model.columns[at - 1].name for at in places]
    where = [inspection.enterprise for inspection in fit.inspections]
    tried = integrated(fit.design, fit.outcome, where, model.fit.precision, model.fit.effects)
    return [
        Versus(
            name, Odds(*map(float, odds)), _unshrunken(tried, model.fit.precision, places, k, level)
        )
        for k, (name, odds) in enumerate(zip(names, ratios.T, strict=True))
    ]


def strictest(fit: Fitted, level: float) -> Versus:
    """The officer with the highest odds. Raises NotFittedError."""
    return max(versus_median(fit, level), key=lambda versus: versus.shrunken.ratio)


def _unshrunken(
    tried: list[SpreadMode], precision: Array, places: NDArray[np.intp], mine: int, level: float
) -> Odds:
    """The officer's unpenalised effect less the median of the others', averaged over the random
    effect's spreads.
    """
    freed = [_freed(at, precision, places, mine) for at in tried]
    weights = np.array([at.weight for at in tried])
    means, variances = np.array(freed).T
    mean = float(weights @ means)
    sd = float(np.sqrt(weights @ (variances + (means - mean) ** 2)))
    half = float(ndtri(0.5 + level / 2)) * sd
    odds = np.exp(np.clip([mean, mean - half, mean + half], -_FAR, _FAR))
    return Odds(*map(float, odds))


#: Log odds are clipped to this range; those of an officer who always finds a fault are infinite.
_FAR = 20.0


def _freed(
    node: SpreadMode, precision: Array, places: NDArray[np.intp], mine: int
) -> tuple[float, float]:
    """Unpenalised effect less the others' median, and its variance (Sherman and Morrison)."""
    at, others = places[mine], np.delete(places, mine)
    towards = node.covariance[:, at]
    left = max(1 - precision[at] * towards[at], 1e-9)
    effects = node.effects + towards * (precision[at] * node.effects[at] / left)
    covariance = node.covariance + np.outer(towards, towards) * (precision[at] / left)
    against = np.zeros(effects.size)
    against[at], against[others] = 1.0, -1 / max(others.size, 1)
    middle = float(np.median(effects[others])) if others.size else 0.0
    return float(effects[at]) - middle, float(against @ covariance @ against)
