"""The usual fine for an item and its facts, and how far each case deviates from it.

log fine = item + each fact + all facts together + those who handled the case (its lead, each
officer; or their squad, the department) + residual. Items are not penalised, so that a department
is not taken for harsh because its items cost more; every other effect is shrunken to 0. Residuals
follow Student's t.

The discretion list is no fact: choosing another list on the same facts treats like cases unlike. A
case without a fine has no place on this scale and is left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection import linear
from lianzhi.domains.enforcement.inspection.like_cases import banded
from lianzhi.domains.enforcement.inspection.linear import Line
from lianzhi.domains.enforcement.inspection.penalised import FREE, Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import PenaltyPolicy, Policy
from lianzhi.domains.enforcement.inspection.rows import Officer, Penalty

Level = Literal["lead", "officer", "squad", "department"]
HANDLERS: tuple[Level, ...] = ("lead", "officer")
"""lead 主办: the officer named first; officer: every officer of the case."""
BODIES: tuple[Level, ...] = ("squad", "department")
LEVELS = (*HANDLERS, *BODIES)

_FACTS = ("fact", "number", "profile")


class Column(NamedTuple):
    """A column of the design: its block, and its name within the block."""

    block: str
    name: str


class Usual(NamedTuple):
    """Comparable cases with the fitted model."""

    cases: Sequence[Penalty]
    columns: tuple[Column, ...]
    design: Array
    log_fine: Array
    line: Line

    def places(self, level: Level) -> NDArray[np.intp]:
        """Indices of the columns of a level."""
        return np.array([k for k, column in enumerate(self.columns) if column.block == level], int)


def usual(
    penalties: Iterable[Penalty],
    policy: Policy,
    officers: Mapping[str, Officer],
    levels: Sequence[Level],
) -> Usual:
    """Fit the fines of cases whose item was fined often enough. Raises NotFittedError."""
    fined = [penalty for penalty in penalties if penalty.fine > 0 and penalty.officers]
    often = Counter(penalty.item for penalty in fined)
    cases = [penalty for penalty in fined if often[penalty.item] >= policy.penalties.least_cases]
    case_columns = [
        [*_facts(case, policy.penalties), *_handlers(case, officers, levels)] for case in cases
    ]
    seen = Counter(column for columns in case_columns for column in columns)
    least = policy.penalties.least_cases
    kept = sorted(
        column for column, times in seen.items() if column.block not in _FACTS or times >= least
    )
    numbers = sorted(
        {name for case in cases for name, value in case.facts.items() if _number(value)}
    )
    columns = (*kept, *(Column("number", name) for name in numbers))
    if len(cases) * len(columns) > policy.model.most_cells:
        raise NotFittedError(
            f"{len(cases)} cases by {len(columns)} columns; give one department at a time"
        )
    design = np.zeros((len(cases), len(columns)))
    place = {column: k for k, column in enumerate(columns)}
    for row, columns_of_case in enumerate(case_columns):
        design[row, [place[column] for column in columns_of_case if column in place]] = 1.0
    for k, name in enumerate(numbers, len(kept)):
        design[:, k] = _scaled([case.facts.get(name) for case in cases])
    blocks = sorted({column.block for column in columns} - {"item"})
    log_fine = np.log(np.array([case.fine for case in cases]))
    line = linear.fit(
        design,
        log_fine,
        [FREE if column.block == "item" else blocks.index(column.block) for column in columns],
        [k for k, block in enumerate(blocks) if block in LEVELS],
    )
    return Usual(cases, columns, design, log_fine, line)


def _facts(penalty: Penalty, policy: PenaltyPolicy) -> list[Column]:
    facts = sorted(penalty.facts.items())
    profile = "; ".join(f"{name}={value}" for name, value in facts if not _number(value))
    each = [Column("fact", f"{name}={banded(value, policy)}") for name, value in facts]
    return [Column("item", penalty.item), *each, Column("profile", profile)]


def _handlers(
    penalty: Penalty, officers: Mapping[str, Officer], levels: Sequence[Level]
) -> Iterable[Column]:
    squads = {officers[name].squad for name in penalty.officers if name in officers}
    handlers: dict[Level, Iterable[str]] = {
        "lead": penalty.officers[:1],
        "officer": penalty.officers,
        "squad": sorted(squads),
        "department": [penalty.department],
    }
    return [Column(level, name) for level in levels for name in handlers[level] if name]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scaled(values: Sequence[Any]) -> Array:
    """Signed logarithms in units of their standard deviation; the mean where there is no number."""
    known = np.array([float(value) if _number(value) else np.nan for value in values])
    known = np.where(np.isfinite(known), np.sign(known) * np.log1p(np.abs(known)), np.nan)
    there = np.isfinite(known)
    mean = known[there].mean() if there.any() else 0.0
    spread = known[there].std() if there.any() else 0.0
    return np.where(there, known - mean, 0.0) / (spread if spread > 1e-9 else 1.0)
