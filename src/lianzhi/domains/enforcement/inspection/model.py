"""The model that ranking and monitor share: risk of the enterprise, plus how strictly was looked.

logit P(violation found) = what is known of the enterprise + industry + circumstances (reason and
checklist of the inspection) + the strictness of each officer who took part. The last two say how
and by whom was looked, not what the enterprise is like: they are fitted, and left out of its risk.
Officers' effects have long tails, so that one who is far out is not taken for half so strict.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from lianzhi.domains.enforcement.inspection.features import NUMBERS, Known, Visit, known
from lianzhi.domains.enforcement.inspection.logistic import fit
from lianzhi.domains.enforcement.inspection.penalised import (
    FREE,
    Array,
    Fit,
    NotFittedError,
    TooFewError,
)
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Request

#: Blocks of effects, each with a spread of its own; `late` is a change of the whole town.
_BLOCKS = {"late": FREE, "number": 0, "industry": 1, "circumstance": 2, "officer": 3}


class Column(NamedTuple):
    """What a column of the model says: its block and its name within the block."""

    block: str
    name: str


class History(NamedTuple):
    """What a town knows of itself."""

    enterprises: Mapping[str, Enterprise]
    inspections: Sequence[Inspection]
    """Of enterprises that are known, by day."""
    requests: Sequence[Request] = ()

    @classmethod
    def of(
        cls,
        enterprises: Iterable[Enterprise],
        inspections: Iterable[Inspection],
        requests: Iterable[Request] = (),
    ) -> "History":
        """Sort it; inspections of enterprises that nobody knows are left out."""
        by_id = {one.id: one for one in enterprises}
        ordered = sorted(inspections, key=lambda one: (one.day, one.id))
        return cls(by_id, [one for one in ordered if one.enterprise in by_id], list(requests))

    def before(self, day: dt.date) -> "History":
        """What was known at the start of a day."""
        return History(
            self.enterprises,
            [one for one in self.inspections if one.day < day],
            [one for one in self.requests if one.day < day],
        )


class Model(NamedTuple):
    """A fitted model, and the scale of its numbers."""

    fit: Fit
    columns: tuple[Column, ...]
    """Without the intercept, which is first among the effects."""
    centre: Array
    scale: Array
    expected: dict[str, float]
    """Inspection -> probability of a finding at an ordinary enterprise by those who went."""

    def known(self, visits: Sequence[Visit], history: History, policy: ModelPolicy) -> Known:
        """What a history tells of visits, past findings weighed by who made them."""
        some = history.enterprises, history.inspections, history.requests
        return known(visits, *some, policy, self.expected)

    def effect(self, column: Column) -> float:
        """Effect of a column, on the logit scale; 0 for one that was never seen."""
        return (
            float(self.fit.effects[1 + self.columns.index(column)])
            if (column in self.columns)
            else 0.0
        )

    def places(self, block: str) -> NDArray[np.intp]:
        """Where the effects of a block are."""
        return np.array([1 + k for k, one in enumerate(self.columns) if one.block == block], int)

    def risk_columns(self, what: Known) -> Array:
        """The columns of enterprises as they would be looked at by nobody in particular."""
        return _design(self.columns, what, self.centre, self.scale)

    def score(self, what: Known) -> Array:
        """Risk on the logit scale, strictness and circumstances put to zero (their average)."""
        return np.asarray(self.risk_columns(what) @ self.fit.effects)


class Fitted(NamedTuple):
    """A model with the rows on which it was fitted."""

    model: Model
    design: Array
    outcome: Array
    inspections: Sequence[Inspection]


def fitted(
    history: History,
    policy: ModelPolicy,
    *,
    officers: bool = True,
    since: dt.date | None = None,
) -> Fitted:
    """Fit on a history. `officers`: with their strictness; `since`: with a change of the whole town
    from that day on. Raises NotFittedError where there is too little.
    """
    rows = history.inspections
    if len(rows) < policy.least_inspections:
        raise TooFewError(len(rows), policy.least_inspections)
    told = [_told(one, officers, since) for one in rows]
    first = _fitted(history, told, policy, {})
    if not officers:
        return first
    return _fitted(history, told, policy, _ordinarily(first))


def _ordinarily(first: Fitted) -> dict[str, float]:
    """What those who went would find at an ordinary enterprise: officers' effects alone, at the
    town's share of findings where these are 0.
    """
    places = first.model.places("officer")
    looked = first.design[:, places] @ first.model.fit.effects[places]
    usual = logit(first.outcome.mean()) - looked.mean()
    chance = expit(usual + looked)
    return {one.id: float(p) for one, p in zip(first.inspections, chance, strict=True)}


def _fitted(
    history: History,
    told: Sequence[Sequence[Column]],
    policy: ModelPolicy,
    expected: dict[str, float],
) -> Fitted:
    rows = history.inspections
    visits = [Visit(one.enterprise, one.day) for one in rows]
    what = known(visits, history.enterprises, rows, history.requests, policy, expected)
    others = sorted({column for one in told for column in one})
    industries = [Column("industry", name) for name in sorted(set(what.industry))]
    columns = (*(Column("number", name) for name in NUMBERS), *industries, *others)
    if len(rows) * len(columns) > policy.most_cells:
        raise NotFittedError(
            f"{len(rows)} inspections by {len(columns)} columns; give one department at a time"
        )
    centre, scale = what.numbers.mean(axis=0), what.numbers.std(axis=0)
    scale[scale < 1e-9] = 1.0
    design = _design(columns, what, centre, scale)
    place = {column: 1 + k for k, column in enumerate(columns)}
    for row, one in enumerate(told):
        for column in one:
            design[row, place[column]] = 1.0
    outcome = np.array([bool(one.violations) for one in rows], np.float64)
    blocks = [_BLOCKS[column.block] for column in columns]
    kept = sorted({block for block in blocks if block != FREE})
    numbered = [FREE if block == FREE else kept.index(block) for block in blocks]
    tailed = [place for place, block in enumerate(kept) if block == _BLOCKS["officer"]]
    found = fit(design, outcome, [FREE, *numbered], tailed)
    return Fitted(Model(found, columns, centre, scale, expected), design, outcome, rows)


def _told(one: Inspection, officers: bool, since: dt.date | None) -> list[Column]:
    """What an inspection says of how was looked."""
    circumstances = [("reason", one.reason), ("list", one.list)]
    told = [Column("circumstance", f"{key}={value}") for key, value in circumstances if value]
    if officers:
        told += [Column("officer", name) for name in one.officers]
    if since is not None and one.day >= since:
        told.append(Column("late", since.isoformat()))
    return told


def _design(columns: Sequence[Column], what: Known, centre: Array, scale: Array) -> Array:
    """Intercept, numbers in units of their spread, industries; nothing of how was looked."""
    design = np.zeros((len(what.industry), 1 + len(columns)))
    design[:, 0] = 1.0
    design[:, 1 : 1 + len(NUMBERS)] = (what.numbers - centre) / scale
    place = {column: 1 + k for k, column in enumerate(columns)}
    for row, name in enumerate(what.industry):
        if (at := place.get(Column("industry", name))) is not None:
            design[row, at] = 1.0
    return design
