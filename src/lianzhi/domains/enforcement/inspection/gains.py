"""Gain of a ranking with the inspector's strictness in the score, and without it.

In a well-known city model most of the celebrated "7.5 days earlier" came from strict inspectors
(Kannan, Shapiro and Bilgic 2019, Hindsight Analysis of the Chicago Food Inspection Forecasting
Model). So three scores are reported side by side, on a held-out period.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from lianzhi.domains.enforcement.inspection import days_earlier
from lianzhi.domains.enforcement.inspection.assignment import Assignment, assignment
from lianzhi.domains.enforcement.inspection.days_earlier import Gain, HeldOut, Lists
from lianzhi.domains.enforcement.inspection.features import Visit
from lianzhi.domains.enforcement.inspection.model import Column, History, Model, fitted
from lianzhi.domains.enforcement.inspection.officer_odds import Versus, strictest
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy
from lianzhi.domains.enforcement.inspection.rows import Inspection
from lianzhi.stats.intervals import Interval

Score = Literal["naive", "blind", "adjusted"]
Within = Literal["all", "inspector", "team"]
SCORES: tuple[Score, ...] = ("naive", "blind", "adjusted")
"""naive: the score includes the strictness of the officers who will come; blind: strictness was
never fitted; adjusted: fitted, then set to 0."""
WITHIN: tuple[Within, ...] = ("all", "inspector", "team")


class Gains(NamedTuple):
    """Days earlier, by score and by the lists within which inspections are reordered."""

    trained_until: dt.date
    """Last day of the training period."""
    inspections: int
    """First inspections of each enterprise in the held-out period."""
    violated: int
    gains: dict[Score, dict[Within, Gain]]
    adjusted_more: dict[Within, Interval]
    """Limits of the gain of `adjusted` less that of `naive`, on the same bootstrap samples."""
    strictest: Versus
    assignment: Assignment


def gains(history: History, policy: ModelPolicy, seed: int = 1) -> Gains:
    """Train on the first part of the period, evaluate on the last. Raises NotFittedError."""
    rows = history.inspections
    if not rows:
        raise NotFittedError("no inspections of known enterprises; give some")
    first, last = rows[0].day, rows[-1].day
    split = last - dt.timedelta(days=round((last - first).days * policy.held_out))
    before = history.before(split)
    fit = fitted(before, policy)
    model = fit.model
    blind = fitted(before, policy, officers=False).model
    inspections = _first_of_each(row for row in rows if row.day >= split)
    violated = np.array([bool(inspection.violations) for inspection in inspections])
    if violated.sum() < policy.least_violations:
        raise NotFittedError(
            f"{violated.sum()} violations since {split}; "
            f"give a longer time, for {policy.least_violations}"
        )
    visits = [Visit(inspection.enterprise, split) for inspection in inspections]
    adjusted = model.score(model.known(visits, before, policy))
    scores: dict[Score, Array] = {
        "naive": adjusted + _strictness(model, inspections),
        "blind": blind.score(blind.known(visits, before, policy)),
        "adjusted": adjusted,
    }
    tried = HeldOut(
        np.array([inspection.day.toordinal() for inspection in inspections], float), violated
    )
    by_score, more = _bootstrap_gains(
        tried, scores, [inspection.officers for inspection in inspections], policy, seed
    )
    return Gains(
        split - dt.timedelta(days=1),
        len(inspections),
        int(violated.sum()),
        by_score,
        more,
        strictest(fit, policy.level),
        assignment(rows, history.enterprises, policy, seed),
    )


def _bootstrap_gains(
    tried: HeldOut,
    scores: dict[Score, Array],
    officers: Sequence[tuple[str, ...]],
    policy: ModelPolicy,
    seed: int,
) -> tuple[dict[Score, dict[Within, Gain]], dict[Within, Interval]]:
    lists: dict[Within, Lists] = {
        "all": Lists.all(len(officers)),
        "inspector": Lists.inspectors(officers),
        "team": Lists.teams(officers),
    }
    gains: dict[Score, dict[Within, Gain]] = {score: {} for score in SCORES}
    more: dict[Within, Interval] = {}
    for within, rows in lists.items():
        again = days_earlier.resampled(tried, list(scores.values()), rows, policy.resamples, seed)
        by_score = dict(zip(scores, again.T, strict=True))
        more[within] = days_earlier.limits(by_score["adjusted"] - by_score["naive"], policy.level)
        for name, score in scores.items():
            gains[name][within] = Gain(
                days_earlier.mean_gain(tried, score, rows),
                *days_earlier.limits(by_score[name], policy.level),
                days_earlier.by_chance(tried, score, rows, policy.resamples, seed),
            )
    return gains, more


def _strictness(model: Model, inspections: Sequence[Inspection]) -> Array:
    return np.array(
        [
            sum(model.effect(Column("officer", name)) for name in inspection.officers)
            for inspection in inspections
        ]
    )


def _first_of_each(rows: Iterable[Inspection]) -> list[Inspection]:
    """The first inspection of each enterprise; later ones could not have been moved before it."""
    return list({row.enterprise: row for row in reversed(list(rows))}.values())[::-1]
