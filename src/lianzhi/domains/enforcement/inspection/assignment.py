"""Who is sent where: whether inspectors and sectors were mixed enough to tell them apart."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.domains.enforcement.inspection.earlier import Lists
from lianzhi.domains.enforcement.inspection.policy import ModelPolicy
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection


class Assignment(NamedTuple):
    """How much the inspector tells of the industry inspected.

    Where it tells much, a strict inspector and a bad sector look alike, and neither effect is to be
    believed alone.
    """

    cramers_v: float
    """0 none, 1 wholly; corrected for what chance gives (the mean of the shuffles)."""
    by_chance: float
    """Share of shuffles, industries dealt out anew, with as much association."""
    by_sector: bool
    """Too much to take inspectors as sent at random."""


def assignment(
    inspections: Sequence[Inspection],
    enterprises: Mapping[str, Enterprise],
    policy: ModelPolicy,
    seed: int,
) -> Assignment:
    """Cramér's V of inspector and industry, with a permutation test."""
    names = [enterprises[one.enterprise].industry for one in inspections]
    kinds, industry = np.unique(names, return_inverse=True)
    lists = Lists.inspectors([one.officers for one in inspections])
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
    found = share(industry)
    chance = np.array([share(draws.permutation(industry)) for _ in range(policy.resamples)])
    usual = float(chance.mean())
    v = float(np.sqrt(max(found - usual, 0.0) / (1 - usual))) if usual < 1 else 0.0
    p = float((1 + (chance >= found).sum()) / (1 + policy.resamples))
    return Assignment(v, p, by_sector=p < policy.chance and v > policy.little_association)
