"""The model that ranking and monitoring share: the enterprise's risk plus the officers' strictness.

logit P(violation found) = features of the enterprise + industry + circumstances (reason and
checklist of the inspection) + the strictness of each officer. The last two describe the inspection,
not the enterprise: they are fitted, and left out of its risk. Officers' effects have long tails, so
that an outlier is not shrunken to half its strictness.
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

#: Blocks of random effects, each with its own standard deviation; `late` is a change that affects
#: the whole town.
_BLOCKS = {"late": FREE, "number": 0, "industry": 1, "circumstance": 2, "officer": 3}


class Column(NamedTuple):
    """A column of the design: its block and its name within the block."""

    block: str
    name: str


class History(NamedTuple):
    """Enterprises of a town with their past inspections and requests."""

    enterprises: Mapping[str, Enterprise]
    inspections: Sequence[Inspection]
    """Those of known enterprises, by day."""
    requests: Sequence[Request] = ()

    @classmethod
    def of(
        cls,
        enterprises: Iterable[Enterprise],
        inspections: Iterable[Inspection],
        requests: Iterable[Request] = (),
    ) -> "History":
        """Build a history in order of days; inspections of unknown enterprises are left out."""
        by_id = {enterprise.id: enterprise for enterprise in enterprises}
        ordered = sorted(inspections, key=lambda inspection: (inspection.day, inspection.id))
        return cls(
            by_id,
            [inspection for inspection in ordered if inspection.enterprise in by_id],
            list(requests),
        )

    def before(self, day: dt.date) -> "History":
        """The history as known at the start of a day."""
        return History(
            self.enterprises,
            [inspection for inspection in self.inspections if inspection.day < day],
            [request for request in self.requests if request.day < day],
        )


class Model(NamedTuple):
    """A fitted model, and the scaling of its numbers."""

    fit: Fit
    columns: tuple[Column, ...]
    """Excludes the intercept, which is the first effect."""
    centre: Array
    scale: Array
    expected: dict[str, float]
    """Inspection -> probability of a violation at an ordinary enterprise, given its officers."""

    def known(self, visits: Sequence[Visit], history: History, policy: ModelPolicy) -> Known:
        """Features of visits, past violations weighed by the strictness of those who found them."""
        sources = history.enterprises, history.inspections, history.requests
        return known(visits, *sources, policy, self.expected)

    def effect(self, column: Column) -> float:
        """Effect of a column on the logit scale; 0 for a column that was never seen."""
        return (
            float(self.fit.effects[1 + self.columns.index(column)])
            if (column in self.columns)
            else 0.0
        )

    def places(self, block: str) -> NDArray[np.intp]:
        """Indices of the effects of a block."""
        return np.array(
            [1 + k for k, column in enumerate(self.columns) if column.block == block], int
        )

    def risk_columns(self, known: Known) -> Array:
        """Columns of enterprises with neither circumstances nor officers set."""
        return _design(self.columns, known, self.centre, self.scale)

    def score(self, known: Known) -> Array:
        """Risk on the logit scale, with strictness and circumstances at 0, their average."""
        return np.asarray(self.risk_columns(known) @ self.fit.effects)


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
    """Fit the model on a history. `officers`: include their strictness; `since`: include a change
    of the whole town from that day on. Raises NotFittedError where there is too little data.
    """
    rows = history.inspections
    if len(rows) < policy.least_inspections:
        raise TooFewError(len(rows), policy.least_inspections)
    columns = [_circumstances(row, officers, since) for row in rows]
    first = _fitted(history, columns, policy, {})
    if not officers:
        return first
    return _fitted(history, columns, policy, _ordinarily(first))


def _ordinarily(first: Fitted) -> dict[str, float]:
    """Probability of a violation at an ordinary enterprise: officers' effects alone, at the town's
    share of violations where these are 0.
    """
    places = first.model.places("officer")
    looked = first.design[:, places] @ first.model.fit.effects[places]
    usual = logit(first.outcome.mean()) - looked.mean()
    chance = expit(usual + looked)
    return {
        inspection.id: float(p) for inspection, p in zip(first.inspections, chance, strict=True)
    }


def _fitted(
    history: History,
    named: Sequence[Sequence[Column]],
    policy: ModelPolicy,
    expected: dict[str, float],
) -> Fitted:
    rows = history.inspections
    visits = [Visit(row.enterprise, row.day) for row in rows]
    features = known(visits, history.enterprises, rows, history.requests, policy, expected)
    others = sorted({column for columns in named for column in columns})
    industries = [Column("industry", name) for name in sorted(set(features.industry))]
    columns = (*(Column("number", name) for name in NUMBERS), *industries, *others)
    if len(rows) * len(columns) > policy.most_cells:
        raise NotFittedError(
            f"{len(rows)} inspections by {len(columns)} columns; give one department at a time"
        )
    centre, scale = features.numbers.mean(axis=0), features.numbers.std(axis=0)
    scale[scale < 1e-9] = 1.0
    design = _design(columns, features, centre, scale)
    place = {column: 1 + k for k, column in enumerate(columns)}
    for row, row_columns in enumerate(named):
        for column in row_columns:
            design[row, place[column]] = 1.0
    outcome = np.array([bool(row.violations) for row in rows], np.float64)
    blocks = [_BLOCKS[column.block] for column in columns]
    kept = sorted({block for block in blocks if block != FREE})
    numbered = [FREE if block == FREE else kept.index(block) for block in blocks]
    tailed = [place for place, block in enumerate(kept) if block == _BLOCKS["officer"]]
    fit_ = fit(design, outcome, [FREE, *numbered], tailed)
    return Fitted(Model(fit_, columns, centre, scale, expected), design, outcome, rows)


def _circumstances(inspection: Inspection, officers: bool, since: dt.date | None) -> list[Column]:
    """Columns of an inspection that describe how it was carried out, not the enterprise."""
    circumstances = [("reason", inspection.reason), ("list", inspection.list)]
    columns = [Column("circumstance", f"{key}={value}") for key, value in circumstances if value]
    if officers:
        columns += [Column("officer", name) for name in inspection.officers]
    if since is not None and inspection.day >= since:
        columns.append(Column("late", since.isoformat()))
    return columns


def _design(columns: Sequence[Column], known: Known, centre: Array, scale: Array) -> Array:
    """Intercept, standardised numbers and industries; no circumstances or officers."""
    design = np.zeros((len(known.industry), 1 + len(columns)))
    design[:, 0] = 1.0
    design[:, 1 : 1 + len(NUMBERS)] = (known.numbers - centre) / scale
    place = {column: 1 + k for k, column in enumerate(columns)}
    for row, name in enumerate(known.industry):
        if (at := place.get(Column("industry", name))) is not None:
            design[row, at] = 1.0
    return design
