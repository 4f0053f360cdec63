"""Who finds far more or fewer violations than the enterprises explain, and who has changed.

Each inspector is compared with what a colleague of median strictness would have found at the same
enterprises with the same partners: a score test in the shared model. A person then looks at files;
nothing here says that anybody did wrong, or whether the strict or the lenient one is right.
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
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import Policy
from lianzhi.domains.enforcement.inspection.spread import Odds, Versus, versus_median
from lianzhi.stats.intervals import Interval


class Inspector(NamedTuple):
    """An officer's findings beside what was to be expected."""

    officer: str
    inspections: int
    observed: int
    """Inspections of theirs that found a violation."""
    expected: float
    """With a median colleague in their place."""
    limits: Interval
    """Funnel: where observed / expected ordinarily lies, at the policy's level."""
    shrunken: Odds
    unshrunken: Odds
    """Against the median officer; see `Versus`."""
    z: float
    q: float
    """False discovery rate at which this one would be told."""
    look: bool
    """Worth a look at the files: beyond chance and what is ordinary."""


class Change(NamedTuple):
    """An officer before and since a day, against what their own mean strictness would give."""

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
    """Odds ratio of a finding since the day against before, the same for everybody; limits."""
    officers: tuple[Change, ...]


class Inspectors(NamedTuple):
    """All who have enough inspections to tell, by how far out; and the names of the others."""

    told: tuple[Inspector, ...]
    too_few: tuple[str, ...]
    ordinary_spread: float
    """Of strictness between inspectors, standard deviation in log odds."""


def inspectors(history: History, policy: Policy) -> Inspectors:
    """Compare inspectors. Raises NotFittedError where there is too little."""
    fit = fitted(history, policy.model)
    places = fit.model.places("officer")
    wanted = policy.strictness.least_expected
    against = versus_median(fit, policy.model.level)
    scores = [_score(fit, int(place)) for place in places]
    enough = np.array([min(one.expected, one.without) >= wanted for one in scores], bool)
    names = [fit.model.columns[place - 1].name for place in places]
    few = tuple(name for name, yes in zip(names, enough, strict=True) if not yes)
    kept = [k for k, yes in enumerate(enough) if yes]
    if len(kept) < policy.strictness.least_inspectors:
        raise NotFittedError(
            f"{len(kept)} inspectors have {wanted:g} findings to be expected; "
            f"give {policy.strictness.least_inspectors} such"
        )
    told, tau = _told([scores[k] for k in kept], [against[k] for k in kept], policy)
    return Inspectors(told, few, tau)


class _Score(NamedTuple):
    inspections: int
    observed: int
    expected: float
    without: float
    """Inspections without a finding that were to be expected."""
    variance: float
    exposure: float
    """Information on the log odds, were nothing else estimated."""


def _score(fit: Fitted, place: int) -> _Score:
    """Observed and expected at the effect of the median officer, all else fitted to that.

    The other effects follow along the posterior's linear regression on this one; what is left of
    the information once they are estimated too is the inverse of its variance less the prior's.
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


def _told(
    scores: Sequence[_Score], against: Sequence[Versus], policy: Policy
) -> tuple[tuple[Inspector, ...], float]:
    observed = np.array([one.observed for one in scores], float)
    expected = np.array([one.expected for one in scores])
    variance = np.array([one.variance for one in scores])
    exposure = np.array([one.exposure for one in scores])
    found = funnel(observed - expected, variance, exposure, policy.strictness.false)
    half = ndtri(0.5 + policy.model.level / 2) * found.sd / expected
    told = [
        Inspector(
            *(versus.officer, one.inspections, one.observed, one.expected),
            Interval(max(0.0, 1 - float(half[k])), 1 + float(half[k])),
            versus.shrunken,
            versus.unshrunken,
            *(float(found.z[k]), float(found.q[k])),
            bool(found.q[k] <= policy.strictness.false),
        )
        for k, (one, versus) in enumerate(zip(scores, against, strict=True))
    ]
    return tuple(sorted(told, key=lambda one: (-abs(one.z), one.officer))), found.tau


def drift(history: History, day: dt.date, policy: Policy) -> Drift:
    """Who has become stricter or more lenient since a day, beyond the whole town's change.

    Raises NotFittedError where there is too little, or nothing on one side of the day.
    """
    fit = fitted(history, policy.model, since=day)
    late = np.array([one.day >= day for one in fit.inspections])
    if late.all() or not late.any():
        raise NotFittedError(f"no inspections on one side of {day}; give a day between them")
    p = probability(fit.model.fit, fit.design)
    names, rows = [], []
    for place in fit.model.places("officer"):
        mine = fit.design[:, place] > 0
        tell = _before_and_since(fit.outcome, p, mine & ~late, mine & late, policy)
        if tell is not None:
            names.append(fit.model.columns[place - 1].name)
            rows.append(tell)
    if not rows:
        raise NotFittedError("nobody has enough inspections on both sides; give a longer time")
    since, observed, expected, variance = np.array(rows).T
    found = funnel(observed - expected, variance, variance, policy.strictness.false)
    changes = [
        Change(
            *(name, int(since[k]), int(observed[k]), float(expected[k])),
            *(float(found.z[k]), float(found.q[k]), bool(found.q[k] <= policy.strictness.false)),
        )
        for k, name in enumerate(names)
    ]
    at = 1 + fit.model.columns.index(Column("late", day.isoformat()))
    effect, sd = fit.model.fit.effects[at], np.sqrt(fit.model.fit.covariance[at, at])
    half = ndtri(0.5 + policy.model.level / 2) * sd
    town = tuple(float(np.exp(effect + k * half)) for k in (0, -1, 1))
    ordered = sorted(changes, key=lambda one: (-abs(one.z), one.officer))
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
    their contrast is what tells.
    """
    informed = [float((p * (1 - p))[side].sum()) for side in (before, since)]
    least = min(float(some[side].sum()) for side in (before, since) for some in (p, 1 - p))
    if least < policy.strictness.least_expected:
        return None
    share = informed[1] / sum(informed)
    excess = [float((outcome - p)[side].sum()) for side in (before, since)]
    moved = excess[1] * (1 - share) - excess[0] * share
    expected = float(outcome[since].sum()) - moved
    variance = informed[0] * informed[1] / sum(informed)
    return float(since.sum()), float(outcome[since].sum()), expected, variance
