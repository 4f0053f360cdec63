"""What fine was usual, given the item and the facts, and how far each case lies from it.

log fine = item + each fact + all its facts together + those who handled the case (who led it, each
who took part; or their squad, the department) + rest. Items are free, so a department is never
taken for harsh because its items cost more; all else is drawn to 0 as far as the data do. Rests are
from Student's t.

The discretion list is no fact: to choose another one on the same facts is to treat like cases
unlike. A case without a fine has no place on this scale; it is left out here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection import linear
from lianzhi.domains.enforcement.inspection.likeness import banded
from lianzhi.domains.enforcement.inspection.linear import Line
from lianzhi.domains.enforcement.inspection.penalised import FREE, Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import PenaltyPolicy, Policy
from lianzhi.domains.enforcement.inspection.rows import Officer, Penalty

Level = Literal["lead", "officer", "squad", "department"]
HANDS: tuple[Level, ...] = ("lead", "officer")
"""lead 主办: who is named first; officer: everybody who took part."""
BODIES: tuple[Level, ...] = ("squad", "department")
LEVELS = (*HANDS, *BODIES)

_FACTS = ("fact", "number", "profile")


class Column(NamedTuple):
    """What a column says: its block, and its name there."""

    block: str
    name: str


class Usual(NamedTuple):
    """Cases that can be compared, with the fit."""

    cases: Sequence[Penalty]
    columns: tuple[Column, ...]
    design: Array
    log_fine: Array
    line: Line

    def places(self, level: Level) -> NDArray[np.intp]:
        """Where the columns of a level are."""
        return np.array([k for k, one in enumerate(self.columns) if one.block == level], int)


def usual(
    penalties: Iterable[Penalty],
    policy: Policy,
    officers: Mapping[str, Officer],
    levels: Sequence[Level],
) -> Usual:
    """Fit the fines of cases whose item has been fined often enough. Raises NotFittedError."""
    fined = [one for one in penalties if one.fine > 0 and one.officers]
    often = Counter(one.item for one in fined)
    cases = [one for one in fined if often[one.item] >= policy.penalties.least_cases]
    told = [[*_facts(one, policy.penalties), *_hands(one, officers, levels)] for one in cases]
    seen = Counter(column for one in told for column in one)
    least = policy.penalties.least_cases
    kept = sorted(
        column for column, times in seen.items() if column.block not in _FACTS or times >= least
    )
    numbers = sorted({name for one in cases for name, value in one.facts.items() if _number(value)})
    columns = (*kept, *(Column("number", name) for name in numbers))
    if len(cases) * len(columns) > policy.model.most_cells:
        raise NotFittedError(
            f"{len(cases)} cases by {len(columns)} columns; give one department at a time"
        )
    design = np.zeros((len(cases), len(columns)))
    place = {column: k for k, column in enumerate(columns)}
    for row, one in enumerate(told):
        design[row, [place[column] for column in one if column in place]] = 1.0
    for k, name in enumerate(numbers, len(kept)):
        design[:, k] = _scaled([one.facts.get(name) for one in cases])
    blocks = sorted({column.block for column in columns} - {"item"})
    log_fine = np.log(np.array([one.fine for one in cases]))
    line = linear.fit(
        design,
        log_fine,
        [FREE if one.block == "item" else blocks.index(one.block) for one in columns],
        [k for k, block in enumerate(blocks) if block in LEVELS],
    )
    return Usual(cases, columns, design, log_fine, line)


def _facts(one: Penalty, policy: PenaltyPolicy) -> list[Column]:
    facts = sorted(one.facts.items())
    profile = "; ".join(f"{name}={value}" for name, value in facts if not _number(value))
    each = [Column("fact", f"{name}={banded(value, policy)}") for name, value in facts]
    return [Column("item", one.item), *each, Column("profile", profile)]


def _hands(
    one: Penalty, officers: Mapping[str, Officer], levels: Sequence[Level]
) -> Iterable[Column]:
    squads = {officers[name].squad for name in one.officers if name in officers}
    hands: dict[Level, Iterable[str]] = {
        "lead": one.officers[:1],
        "officer": one.officers,
        "squad": sorted(squads),
        "department": [one.department],
    }
    return [Column(level, name) for level in levels for name in hands[level] if name]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scaled(values: Sequence[Any]) -> Array:
    """Logarithms of sizes in units of their spread; where there is no number, the mean."""
    known = np.array([float(one) if _number(one) else np.nan for one in values])
    known = np.where(np.isfinite(known), np.sign(known) * np.log1p(np.abs(known)), np.nan)
    there = np.isfinite(known)
    mean = known[there].mean() if there.any() else 0.0
    spread = known[there].std() if there.any() else 0.0
    return np.where(there, known - mean, 0.0) / (spread if spread > 1e-9 else 1.0)
