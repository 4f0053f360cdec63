"""Cohen's kappa: chance-corrected agreement of two ratings."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.stats.intervals import clopper_pearson


class Kappa(NamedTuple):
    """Cohen's kappa with its limits: 1 whole agreement, 0 no more than chance, below 0 less."""

    value: float
    lo: float
    hi: float


def cohen_kappa(table: Sequence[Sequence[int]], level: float = 0.95) -> Kappa | None:
    """Kappa of a square table: `table[i][j]` things were judged i the first time and j the second.

    The limits are the exact limits of the share that agrees, with the agreement by chance taken as
    it was seen, as in Cohen's own standard error. None where there is nothing to judge, or both
    always said the same one thing. Cohen (1960), Educ. Psychol. Meas. 20, 37-46.
    """
    size = len(table)
    if any(len(row) != size for row in table):
        raise ValueError(f"table has rows of {[len(row) for row in table]}; give {size} each")
    total = sum(map(sum, table))
    if total == 0:
        return None
    same = sum(table[i][i] for i in range(size))
    first = [sum(row) for row in table]
    second = [sum(row[j] for row in table) for j in range(size)]
    chance = sum(a * b for a, b in zip(first, second, strict=True)) / total**2
    if chance == 1:
        return None
    limits = clopper_pearson(same, total, level)
    value, lo, hi = ((share - chance) / (1 - chance) for share in (same / total, *limits))
    return Kappa(value, max(-1.0, lo), hi)
