"""Association of inspectors with industries: can the effects of the two be told apart?"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.domains.enforcement.inspection.days_earlier import Lists
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection


class Assignment(NamedTuple):
    """Association between the inspector and the industry inspected.

    Where it is strong, a strict inspector and a bad industry look alike, and neither effect should
    be relied on alone.
    """

    cramers_v: float
    """From 0, none, to 1, complete; the mean of the shuffles is taken off to correct for chance."""
    by_chance: float
    """P value: share of permutations of the industries with as much association."""
    by_sector: bool
    """Whether the association is too strong to treat inspectors as assigned at random."""


def assignment(
    inspections: Sequence[Inspection],
    enterprises: Mapping[str, Enterprise],
    policy: ModelPolicy,
    seed: int,
) -> Assignment:
    """Cramér's V of inspector and industry, with a permutation test."""
    names = [enterprises[inspection.enterprise].industry for inspection in inspections]
    kinds, industry = np.unique(names, return_inverse=True)
    lists = Lists.inspectors([inspection.officers for inspection in inspections])
    officers = int(lists.of.max(initial=0)) + 1
    least = min(officers, kinds.size) - 1
    if least < 1:
        return Assignment(0.0, 1.0, by_sector=False)

    def share(of: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> float:
        table = np.bincount(
            lists.of * kinds.size + of[lists.inspection], minlength=officers * kinds.size
        ).reshape(officers, kinds.size)
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        return float(((table - expected) ** 2 / expected).sum() / (table.sum() * least))

    draws = np.random.default_rng(seed)
    agreement = share(industry)
    chance = np.array([share(draws.permutation(industry)) for _ in range(policy.resamples)])
    usual = float(chance.mean())
    v = float(np.sqrt(max(agreement - usual, 0.0) / (1 - usual))) if usual < 1 else 0.0
    p = float((1 + (chance >= agreement).sum()) / (1 + policy.resamples))
    return Assignment(v, p, by_sector=p < policy.chance and v > policy.little_association)
