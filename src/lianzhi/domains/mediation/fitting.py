"""Fitted weights of early warnings: from past cases whose outcome is known. Pure.

The earlier cases fit, the later ones report, so that nothing is judged on what it was fitted to. A
fact keeps its steps (`least`, `each`); what is fitted is its weight. The levels are set so that as
many of the earlier cases reach them as by the weights in force: both ask for the same work.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.domains.mediation.fitting_policy import FittingPolicy
from lianzhi.domains.mediation.warning import Levels, Warned, WarningPolicy, Weight, warn_all
from lianzhi.stats.calibration import Tenth, brier, tenths
from lianzhi.stats.logistic import Logistic, fit
from lianzhi.stats.roc import Estimate, areas

Floats = NDArray[np.float64]
#: Points of one unit of log-odds, to which weights are rounded by hundredths.
_SCALE = 2.0
_LEAST_WEIGHT = 0.01


class TooFewError(ValueError):
    """Too few outcomes to fit, or to report on, by the rule of policy."""

    def __init__(self, part: str, disputed: int, kept: int, least: int) -> None:
        self.part, self.disputed, self.kept, self.least = part, disputed, kept, least
        super().__init__(f"{part}: {disputed} disputed, {kept} not; give {least} of each")


class Quality(NamedTuple):
    """How weights fare on the later cases."""

    area: Estimate
    """Under the ROC curve, DeLong."""
    brier: Estimate
    """Mean squared error of the probabilities, normal interval."""
    tenths: tuple[Tenth, ...]


class Fitted(NamedTuple):
    """Fitted weights beside those in force, both reported on the later cases."""

    policy: WarningPolicy
    earlier: int
    later: int
    fitted: Quality
    shipped: Quality
    gain: Estimate
    """Area of the fitted weights less that of those in force."""

    @property
    def helps(self) -> bool:
        """Whether the fitted weights order the later cases better, beyond chance."""
        return self.gain.lo > 0


def fit_weights(
    cases: Sequence[CaseRow], policy: WarningPolicy, how: FittingPolicy, today: dt.date
) -> Fitted:
    """Weights fitted to the earlier cases. Raises TooFewError, by the rule of policy."""
    known = sorted((c for c in cases if c.disputed is not None), key=lambda c: (c.opened, c.id))
    cut = round(len(known) * how.earlier)
    earlier, later = known[:cut], known[cut:]
    truth, seen = _outcomes(earlier), _warned(earlier, policy, today)
    features = _features(seen, policy)
    varying = int((features.std(axis=0) > 0).sum()) if len(earlier) else 0
    _enough("earlier", truth, max(how.per_fact * varying, how.reported))
    truth_later = _outcomes(later)
    _enough("later", truth_later, how.reported)
    model = fit(features, truth, how.penalty)
    weights = tuple(
        _weighed(weight, fitted * _SCALE)
        for weight, fitted in zip(policy.points, model.weights, strict=True)
        if fitted * _SCALE >= _LEAST_WEIGHT
    )
    fitted_policy = WarningPolicy(policy.least_like_cases, _levels(seen, weights, policy), weights)
    scores = {
        name: (_scores(earlier, each, today), _scores(later, each, today))
        for name, each in (("shipped", policy), ("fitted", fitted_policy))
    }
    shipped, fitted, gain = areas(scores["shipped"][1], scores["fitted"][1], truth_later)
    reports = {
        name: _quality(area, *scores[name], truth, truth_later, how.penalty)
        for name, area in (("shipped", shipped), ("fitted", fitted))
    }
    return Fitted(
        fitted_policy, len(earlier), len(later), reports["fitted"], reports["shipped"], gain
    )


def _outcomes(cases: Sequence[CaseRow]) -> NDArray[np.bool_]:
    return np.array([bool(case.disputed) for case in cases], dtype=bool)


def _enough(part: str, outcomes: NDArray[np.bool_], least: int) -> None:
    disputed = int(outcomes.sum())
    kept = len(outcomes) - disputed
    if min(disputed, kept) < least:
        raise TooFewError(part, disputed, kept, least)


def _warned(cases: Sequence[CaseRow], policy: WarningPolicy, today: dt.date) -> list[Warned]:
    warned = warn_all(cases, policy, today)
    return [warned[case.id] for case in cases]


def _features(warned: Sequence[Warned], policy: WarningPolicy) -> Floats:
    """Points of each fact in units of its weight: how many steps of it a case has."""
    place = {weight.key: (n, weight.weight) for n, weight in enumerate(policy.points)}
    features = np.zeros((len(warned), len(policy.points)))
    for row, each in enumerate(warned):
        for point in each.points:
            column, unit = place[point.key]
            features[row, column] = point.points / unit
    return features


def _weighed(weight: Weight, points: float) -> Weight:
    points = round(points, 2)
    most = None if weight.most is None else round(points * weight.most / weight.weight, 2)
    return msgspec.structs.replace(weight, weight=points, most=most)


def _levels(seen: Sequence[Warned], weights: Sequence[Weight], policy: WarningPolicy) -> Levels:
    """Levels that as many cases reach as by the weights in force."""
    ratio = {weight.key: weight.weight for weight in policy.points}
    new = {weight.key: weight.weight for weight in weights}
    scores = np.sort(
        [sum(p.points / ratio[p.key] * new.get(p.key, 0.0) for p in each.points) for each in seen]
    )[::-1]
    watched = sum(each.level != "none" for each in seen)
    acted = sum(each.level == "act" for each in seen)
    watch = max(round(float(scores[max(watched - 1, 0)]), 2), _LEAST_WEIGHT)
    act = max(round(float(scores[max(acted - 1, 0)]), 2), watch + _LEAST_WEIGHT)
    return Levels(watch, round(act, 2))


def _scores(cases: Sequence[CaseRow], policy: WarningPolicy, today: dt.date) -> Floats:
    return np.array([each.score for each in _warned(cases, policy, today)])


def _quality(
    area: Estimate,
    earlier: Floats,
    later: Floats,
    truth: NDArray[np.bool_],
    truth_later: NDArray[np.bool_],
    penalty: float,
) -> Quality:
    """Scores are turned into probabilities by the earlier cases, and judged on the later ones."""
    model: Logistic = fit(earlier[:, None], truth, penalty)
    predicted = model.probability(later[:, None])
    parts = tenths(predicted, truth_later)
    return Quality(area, brier(predicted, truth_later), parts)
