"""Like cases, with the same item and similar facts, and pairs of them with very different fines."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection.policy import PenaltyPolicy
from lianzhi.domains.enforcement.inspection.rows import Penalty


def kind(case: Penalty, policy: PenaltyPolicy) -> str:
    """Key that like cases share: the item, and each fact, numbers by band.

    The chosen discretion list is no part of it: choosing another list on the same facts treats like
    cases unlike.
    """
    facts = {name: banded(value, policy) for name, value in sorted(case.facts.items())}
    return f"{case.item} {msgspec.json.encode(facts).decode()}"


def banded(value: Any, policy: PenaltyPolicy) -> Any:
    """A fact as compared for likeness: a number becomes the band that holds it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not math.isfinite(value) or (value == int(value) and abs(value) <= policy.exact):
        return str(value) if not math.isfinite(value) else int(value)
    if value == 0:
        return 0
    size = math.floor(math.log(abs(value)) / math.log(policy.band) + 1e-9)
    lo, hi = policy.band**size, policy.band ** (size + 1)
    return f"{'-' if value < 0 else ''}{lo:g}..{hi:g}"


class LikeCases(NamedTuple):
    """Cases with enough like cases, by stratum."""

    cases: list[Penalty]
    stratum: NDArray[np.intp]
    kinds: list[str]
    """The key that the cases of each stratum share."""


def like_cases(penalties: Sequence[Penalty], policy: PenaltyPolicy) -> LikeCases:
    """Group cases into strata; strata with too few cases are left out."""
    strata: dict[str, list[Penalty]] = defaultdict(list)
    for case in penalties:
        strata[kind(case, policy)].append(case)
    kept = {
        key: penalties
        for key, penalties in sorted(strata.items())
        if len(penalties) >= policy.least_cases
    }
    cases = [case for penalties in kept.values() for case in penalties]
    sizes = [len(penalties) for penalties in kept.values()]
    return LikeCases(cases, np.repeat(np.arange(len(sizes)), sizes), list(kept))


class Pair(NamedTuple):
    """Two like cases of different officers with very different fines, for review by a person."""

    lower: Penalty
    higher: Penalty
    ratio: float
    """Ratio of the fines, a small fine added to both."""
    kind: str


def pairs(cases: LikeCases, policy: PenaltyPolicy) -> list[Pair]:
    """The pairs whose fines differ most; a case is in at most one pair."""
    pairs_ = []
    for number, name in enumerate(cases.kinds):
        penalties = [cases.cases[row] for row in np.flatnonzero(cases.stratum == number)]
        pairs_ += _of_stratum(
            sorted(penalties, key=lambda case: (case.fine, case.id)), name, policy
        )
    pairs_.sort(key=lambda pair: (-pair.ratio, pair.lower.id))
    return pairs_[: policy.pairs]


def _of_stratum(penalties: list[Penalty], name: str, policy: PenaltyPolicy) -> list[Pair]:
    """Pairs the lowest fine with the highest by another team, then the next."""
    pairs: list[Pair] = []
    while len(pairs) < policy.of_stratum and len(penalties) > 1:
        lower = penalties.pop(0)
        place = next(
            (
                place
                for place in range(len(penalties) - 1, -1, -1)
                if not set(penalties[place].officers) & set(lower.officers)
            ),
            None,
        )
        if place is None:
            continue
        higher = penalties.pop(place)
        ratio = (higher.fine + policy.small_fine) / (lower.fine + policy.small_fine)
        if ratio < policy.least_ratio:
            break
        pairs.append(Pair(lower, higher, ratio, name))
    return pairs
