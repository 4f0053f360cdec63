"""Enterprises ranked by risk, with the reasons for each.

The score is the model's, with strictness and circumstances at 0. Points are relative to the town's
mean; the policy sets how many of them double the odds of a violation.
"""

import datetime as dt
from math import log
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from lianzhi.domains.enforcement.inspection.features import Visit
from lianzhi.domains.enforcement.inspection.model import History, Model, fitted
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy


class Contribution(NamedTuple):
    """Points that one feature of an enterprise adds to its risk."""

    name: str
    """A name of `features.NUMBERS`, or `industry`."""
    points: float


class Ranked(NamedTuple):
    """An enterprise with its risk on the day of the ranking."""

    enterprise: str
    place: int
    """1 is the highest risk."""
    probability: float
    """That an ordinary inspection that day by ordinary inspectors finds a violation."""
    points: float
    why: tuple[Contribution, ...]
    """The largest contributions, largest first."""


def rank(history: History, day: dt.date, policy: ModelPolicy) -> tuple[list[Ranked], Model]:
    """Every enterprise as known at the end of a day, the highest risk first.

    Ties are ordered by id. Raises NotFittedError.
    """
    morrow = day + dt.timedelta(days=1)
    before = history.before(morrow)
    model = fitted(before, policy).model
    ids = sorted(before.enterprises)
    known = model.known([Visit(name, morrow) for name in ids], before, policy)
    parts = model.risk_columns(known) * model.fit.effects
    score = parts.sum(axis=1)
    in_points = policy.points_doubling / log(2)
    industry = model.places("industry")
    numbers = model.places("number")
    shown = np.column_stack([parts[:, numbers], parts[:, industry].sum(axis=1)])
    shown = (shown - shown.mean(axis=0)) * in_points
    names = [*(model.columns[at - 1].name for at in numbers), "industry"]
    ranked = []
    for place, at in enumerate(np.argsort(-score, kind="stable"), 1):
        largest = np.argsort(-np.abs(shown[at]), kind="stable")[: policy.told]
        why = tuple(Contribution(names[k], float(shown[at, k])) for k in largest)
        probability = float(expit(score[at]))
        ranked.append(Ranked(ids[at], place, probability, float(shown[at].sum()), why))
    return ranked, model
