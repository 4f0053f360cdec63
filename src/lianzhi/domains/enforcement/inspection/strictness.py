"""Inspectors whose share of violations their enterprises do not explain, and changes over time.

Each inspector is compared with what a colleague of median strictness would have found at the same
enterprises with the same partners: a score test in the shared model. A person then reads the files;
the figures do not say that anyone did wrong, or whether the strict or the lenient one is right.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lianzhi.domains.enforcement.inspection.funnel import funnel
from lianzhi.domains.enforcement.inspection.logistic import probability
from lianzhi.domains.enforcement.inspection.model import Column, Fitted, History, fitted
from lianzhi.domains.enforcement.inspection.officer_odds import Odds, Versus, versus_median
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import Policy
from lianzhi.stats.intervals import Interval


class Inspector(NamedTuple):
    """Violations found by an officer, and the expected number."""

    officer: str
    inspections: int
    observed: int
    """Inspections by the officer that found a violation."""
    expected: float
    """Expected with a median colleague in the officer's place."""
    limits: Interval
    """Funnel limits of observed / expected at the policy's level."""
    shrunken: Odds
    unshrunken: Odds
    """Against the median officer; see `Versus`."""
    z: float
    q: float
    """Lowest false discovery rate at which the officer would be flagged."""
    look: bool
    """Whether the files should be read: beyond chance and ordinary spread."""


class Change(NamedTuple):
    """An officer's violations since a day, against the officer's own mean strictness."""

    officer: str
    since: int
    """Inspections since the day."""
    observed: int
    expected: float
    z: float
    q: float
    look: bool


class Drift(NamedTuple):
    """Changes since a day: of the town, and of officers beyond it."""

    day: dt.date
    town: tuple[float, float, float]
    """Odds ratio of a violation since the day against before, over all officers, with limits."""
    officers: tuple[Change, ...]


class Inspectors(NamedTuple):
    """Inspectors with enough inspections to compare, by absolute z, and the names of the others."""

    compared: tuple[Inspector, ...]
    too_few: tuple[str, ...]
    ordinary_spread: float
    """Standard deviation of strictness between inspectors, in log odds."""


def inspectors(history: History, policy: Policy) -> Inspectors:
    """Compare inspectors. Raises NotFittedError where there is too little."""
    fit = fitted(history, policy.model)
    places = fit.model.places("officer")
    wanted = policy.strictness.least_expected
    against = versus_median(fit, policy.model.level)
    scores = [_score(fit, int(place)) for place in places]
    enough = np.array([min(score.expected, score.without) >= wanted for score in scores], bool)
    names = [fit.model.columns[place - 1].name for place in places]
    few = tuple(name for name, yes in zip(names, enough, strict=True) if not yes)
    kept = [k for k, yes in enumerate(enough) if yes]
    if len(kept) < policy.strictness.least_inspectors:
        raise NotFittedError(
            f"{len(kept)} inspectors have {wanted:g} findings to be expected; "
            f"give {policy.strictness.least_inspectors} such"
        )
    tested, tau = _inspectors([scores[k] for k in kept], [against[k] for k in kept], policy)
    return Inspectors(tested, few, tau)


class _Score(NamedTuple):
    inspections: int
    observed: int
    expected: float
    without: float
    """Expected number of inspections without a violation."""
    variance: float
    exposure: float
    """Information on the log odds if nothing else were estimated."""


def _score(fit: Fitted, place: int) -> _Score:
    """Observed and expected at the median officer's effect, all else refitted.

    The other effects follow the posterior's linear regression on this one; the information left
    once they are estimated too is the inverse of its variance less the prior's.
    """
    model, mine = fit.model, fit.design[:, place] > 0
    covariance, effects = model.fit.covariance[:, place], model.fit.effects
    middle = float(np.median(effects[model.places("officer")]))
    elsewhere = effects + covariance / covariance[place] * (middle - effects[place])
    p = probability(model.fit, fit.design[mine])
    at_fit = float((p * (1 - p)).sum())
    p = np.asarray(1 / (1 + np.exp(-fit.design[mine] @ elsewhere)))
    information = float((p * (1 - p)).sum())
    left = 1 / covariance[place] - model.fit.precision[place]
    share = min(max(left / at_fit, 1e-6), 1.0)
    return _Score(
        *(int(mine.sum()), int(fit.outcome[mine].sum()), float(p.sum()), float((1 - p).sum())),
        *(information * share, information * share),
    )


def _inspectors(
    scores: Sequence[_Score], against: Sequence[Versus], policy: Policy
) -> tuple[tuple[Inspector, ...], float]:
    observed = np.array([score.observed for score in scores], float)
    expected = np.array([score.expected for score in scores])
    variance = np.array([score.variance for score in scores])
    exposure = np.array([score.exposure for score in scores])
    limits = funnel(observed - expected, variance, exposure, policy.strictness.false)
    half = ndtri(0.5 + policy.model.level / 2) * limits.sd / expected
    inspectors = [
        Inspector(
            *(versus.officer, score.inspections, score.observed, score.expected),
            Interval(max(0.0, 1 - float(half[k])), 1 + float(half[k])),
            versus.shrunken,
            versus.unshrunken,
            *(float(limits.z[k]), float(limits.q[k])),
            bool(limits.q[k] <= policy.strictness.false),
        )
        for k, (score, versus) in enumerate(zip(scores, against, strict=True))
    ]
    return tuple(
        sorted(inspectors, key=lambda inspector: (-abs(inspector.z), inspector.officer))
    ), limits.tau


def drift(history: History, day: dt.date, policy: Policy) -> Drift:
    """Officers who became stricter or more lenient since a day, beyond the town's change.

    Raises NotFittedError where there is too little data, or none on one side of the day.
    """
    fit = fitted(history, policy.model, since=day)
    late = np.array([inspection.day >= day for inspection in fit.inspections])
    if late.all() or not late.any():
        raise NotFittedError(f"no inspections on one side of {day}; give a day between them")
    p = probability(fit.model.fit, fit.design)
    names, rows = [], []
    for place in fit.model.places("officer"):
        mine = fit.design[:, place] > 0
        result = _before_and_since(fit.outcome, p, mine & ~late, mine & late, policy)
        if result is not None:
            names.append(fit.model.columns[place - 1].name)
            rows.append(result)
    if not rows:
        raise NotFittedError("nobody has enough inspections on both sides; give a longer time")
    since, observed, expected, variance = np.array(rows).T
    limits = funnel(observed - expected, variance, variance, policy.strictness.false)
    changes = [
        Change(
            *(name, int(since[k]), int(observed[k]), float(expected[k])),
            *(float(limits.z[k]), float(limits.q[k]), bool(limits.q[k] <= policy.strictness.false)),
        )
        for k, name in enumerate(names)
    ]
    at = 1 + fit.model.columns.index(Column("late", day.isoformat()))
    effect, sd = fit.model.fit.effects[at], np.sqrt(fit.model.fit.covariance[at, at])
    half = ndtri(0.5 + policy.model.level / 2) * sd
    town = tuple(float(np.exp(effect + k * half)) for k in (0, -1, 1))
    ordered = sorted(changes, key=lambda change: (-abs(change.z), change.officer))
    return Drift(day, (town[0], town[1], town[2]), tuple(ordered))


def _before_and_since(
    outcome: Array,
    p: Array,
    before: NDArray[np.bool_],
    since: NDArray[np.bool_],
    policy: Policy,
) -> tuple[float, ...] | None:
    """Inspections, observed, expected since, and the variance; None where they are too few.

    The officer's mean strictness is fitted, so that the excesses of both sides add up to about 0;
    their contrast is tested.
    """
    informed = [float((p * (1 - p))[side].sum()) for side in (before, since)]
    least = min(float(chances[side].sum()) for side in (before, since) for chances in (p, 1 - p))
    if least < policy.strictness.least_expected:
        return None
    share = informed[1] / sum(informed)
    excess = [float((outcome - p)[side].sum()) for side in (before, since)]
    moved = excess[1] * (1 - share) - excess[0] * share
    expected = float(outcome[since].sum()) - moved
    variance = informed[0] * informed[1] / sum(informed)
    return float(since.sum()), float(outcome[since].sum()), expected, variance
