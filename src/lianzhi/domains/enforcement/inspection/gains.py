"""Both figures: what a ranking gains with the inspector's strictness in it, and without.

In a well-known city model most of the celebrated "7.5 days earlier" came from strict inspectors
(Kannan, Shapiro and Bilgic 2019, Hindsight Analysis of the Chicago Food Inspection Forecasting
Model). So three scores are told beside each other, on a period that no model has seen.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from lianzhi.domains.enforcement.inspection import earlier
from lianzhi.domains.enforcement.inspection.assignment import Assignment, assignment
from lianzhi.domains.enforcement.inspection.earlier import Gain, Lists, Tried
from lianzhi.domains.enforcement.inspection.features import Visit
from lianzhi.domains.enforcement.inspection.model import Column, History, Model, fitted
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy
from lianzhi.domains.enforcement.inspection.rows import Inspection
from lianzhi.domains.enforcement.inspection.spread import Versus, strictest
from lianzhi.stats.intervals import Interval

Score = Literal["naive", "blind", "adjusted"]
Within = Literal["all", "inspector", "team"]
SCORES: tuple[Score, ...] = ("naive", "blind", "adjusted")
"""naive: strictness of who will come is in the score; blind: it was never fitted; adjusted: fitted,
then put to zero."""
WITHIN: tuple[Within, ...] = ("all", "inspector", "team")


class Gains(NamedTuple):
    """Days earlier, by score and by what is reordered within what."""

    trained_until: dt.date
    """Last day that the models saw."""
    inspections: int
    """First inspections of each enterprise in the held-out period."""
    violated: int
    gains: dict[Score, dict[Within, Gain]]
    adjusted_more: dict[Within, Interval]
    """Limits of the gain of `adjusted` less that of `naive`, on the same bootstrap samples."""
    strictest: Versus
    assignment: Assignment


def gains(history: History, policy: ModelPolicy, seed: int = 1) -> Gains:
    """Train on the first part of the time, try on the last. Raises NotFittedError."""
    rows = history.inspections
    if not rows:
        raise NotFittedError("no inspections of known enterprises; give some")
    first, last = rows[0].day, rows[-1].day
    split = last - dt.timedelta(days=round((last - first).days * policy.held_out))
    before = history.before(split)
    fit = fitted(before, policy)
    model = fit.model
    blind = fitted(before, policy, officers=False).model
    held = _first_of_each(one for one in rows if one.day >= split)
    violated = np.array([bool(one.violations) for one in held])
    if violated.sum() < policy.least_violations:
        raise NotFittedError(
            f"{violated.sum()} violations since {split}; "
            f"give a longer time, for {policy.least_violations}"
        )
    visits = [Visit(one.enterprise, split) for one in held]
    adjusted = model.score(model.known(visits, before, policy))
    scores: dict[Score, Array] = {
        "naive": adjusted + _strictness(model, held),
        "blind": blind.score(blind.known(visits, before, policy)),
        "adjusted": adjusted,
    }
    tried = Tried(np.array([one.day.toordinal() for one in held], float), violated)
    told, more = _tell(tried, scores, [one.officers for one in held], policy, seed)
    return Gains(
        split - dt.timedelta(days=1),
        len(held),
        int(violated.sum()),
        told,
        more,
        strictest(fit, policy.level),
        assignment(rows, history.enterprises, policy, seed),
    )


def _tell(
    tried: Tried,
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
    told: dict[Score, dict[Within, Gain]] = {score: {} for score in SCORES}
    more: dict[Within, Interval] = {}
    for within, some in lists.items():
        again = earlier.resampled(tried, list(scores.values()), some, policy.resamples, seed)
        by_score = dict(zip(scores, again.T, strict=True))
        more[within] = earlier.limits(by_score["adjusted"] - by_score["naive"], policy.level)
        for name, score in scores.items():
            told[name][within] = Gain(
                earlier.mean_gain(tried, score, some),
                *earlier.limits(by_score[name], policy.level),
                earlier.by_chance(tried, score, some, policy.resamples, seed),
            )
    return told, more


def _strictness(model: Model, held: Sequence[Inspection]) -> Array:
    return np.array(
        [sum(model.effect(Column("officer", name)) for name in one.officers) for one in held]
    )


def _first_of_each(rows: Iterable[Inspection]) -> list[Inspection]:
    """An enterprise's first inspection; a second one could not have come before it."""
    return list({one.enterprise: one for one in reversed(list(rows))}.values())[::-1]
