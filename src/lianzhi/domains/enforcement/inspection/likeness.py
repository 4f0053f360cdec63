"""Like cases: the same item on like facts; and pairs of them with the most different fines."""

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
    """What like cases share: the item, and each fact; numbers within a band.

    Which discretion list was chosen is no part of it: to choose another on the same facts is to
    treat like cases unlike.
    """
    facts = {name: banded(value, policy) for name, value in sorted(case.facts.items())}
    return f"{case.item} {msgspec.json.encode(facts).decode()}"


def banded(value: Any, policy: PenaltyPolicy) -> Any:
    """A fact as it counts for likeness: numbers as the band that they lie in."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not math.isfinite(value) or (value == int(value) and abs(value) <= policy.exact):
        return str(value) if not math.isfinite(value) else int(value)
    if value == 0:
        return 0
    size = math.floor(math.log(abs(value)) / math.log(policy.band) + 1e-9)
    lo, hi = policy.band**size, policy.band ** (size + 1)
    return f"{'-' if value < 0 else ''}{lo:g}..{hi:g}"


class Like(NamedTuple):
    """Cases that have enough like ones."""

    cases: list[Penalty]
    stratum: NDArray[np.intp]
    kinds: list[str]
    """What the cases of each stratum share."""


def like(penalties: Sequence[Penalty], policy: PenaltyPolicy) -> Like:
    """Sort cases into strata; those with too few like ones are left out."""
    strata: dict[str, list[Penalty]] = defaultdict(list)
    for case in penalties:
        strata[kind(case, policy)].append(case)
    kept = {key: some for key, some in sorted(strata.items()) if len(some) >= policy.least_cases}
    cases = [case for some in kept.values() for case in some]
    sizes = [len(some) for some in kept.values()]
    return Like(cases, np.repeat(np.arange(len(sizes)), sizes), list(kept))


class Pair(NamedTuple):
    """Two like cases of different officers with very different fines, for a person to look at."""

    lower: Penalty
    higher: Penalty
    ratio: float
    """Of the fines, a small fine added to both."""
    kind: str


def pairs(cases: Like, policy: PenaltyPolicy) -> list[Pair]:
    """The pairs whose fines differ most; each case is in one at most."""
    found = []
    for number, name in enumerate(cases.kinds):
        some = [cases.cases[row] for row in np.flatnonzero(cases.stratum == number)]
        found += _of_stratum(sorted(some, key=lambda case: (case.fine, case.id)), name, policy)
    found.sort(key=lambda pair: (-pair.ratio, pair.lower.id))
    return found[: policy.pairs]


def _of_stratum(some: list[Penalty], name: str, policy: PenaltyPolicy) -> list[Pair]:
    """The lowest fine with the highest by nobody of the same team, then the next."""
    found: list[Pair] = []
    while len(found) < policy.of_stratum and len(some) > 1:
        lower = some.pop(0)
        place = next(
            (
                place
                for place in range(len(some) - 1, -1, -1)
                if not set(some[place].officers) & set(lower.officers)
            ),
            None,
        )
        if place is None:
            continue
        higher = some.pop(place)
        ratio = (higher.fine + policy.small_fine) / (lower.fine + policy.small_fine)
        if ratio < policy.least_ratio:
            break
        found.append(Pair(lower, higher, ratio, name))
    return found
