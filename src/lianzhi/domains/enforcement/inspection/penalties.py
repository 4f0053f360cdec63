"""同案不同罚: do officers, squads or departments fine like cases differently?

Each is compared with the usual fine for item and facts (`fines`), the others being fitted at the
same time, so that a partner's harshness is not ascribed to them. Squads and departments are
compared without the cases of flagged officers, unless more than half of the squad is flagged: one
person does not make a squad harsh. A flag is a reason to read files, not a finding about anyone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lianzhi.domains.enforcement.inspection.favouritism import Friend, Sparing, friends, sparing
from lianzhi.domains.enforcement.inspection.fines import (
    BODIES,
    HANDLERS,
    LEVELS,
    Level,
    Usual,
    usual,
)
from lianzhi.domains.enforcement.inspection.funnel import funnel
from lianzhi.domains.enforcement.inspection.like_cases import Pair, like_cases, pairs
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import Policy
from lianzhi.domains.enforcement.inspection.rows import Officer, Penalty

#: Prior information, in rows, on the difference between officers who always work together.
_TINY = 1e-3


class Group(NamedTuple):
    """A lead, officer, squad or department, and how it fines."""

    name: str
    cases: int
    comparable: float
    """Effective number of cases, after those not separable from other units' are taken off."""
    times: float
    lo: float
    hi: float
    """Fine as a multiple of the usual one on the same facts, with limits at the policy's level."""
    z: float
    q: float
    """Lowest false discovery rate at which it would be flagged."""
    look: bool
    """Whether the files should be read: beyond chance and ordinary spread."""


class Shares(NamedTuple):
    """Shares of the variance of log fines, adjusted for the number of effects; they sum to 1."""

    facts: float
    """Item and facts."""
    officers: float
    """Those who handled the case, beyond the facts."""
    rest: float
    by_chance: float
    """P value: share of permutations in which officers explain as much."""


class Compared(NamedTuple):
    """Units to look at, by level, with the number of cases behind them."""

    cases: int
    comparable: int
    """Fined cases whose item was fined often enough."""
    levels: dict[Level, tuple[Group, ...]]
    """Sorted by absolute z."""
    sparing: tuple[Sparing, ...]
    friends: tuple[Friend, ...]
    shares: Shares | None
    """None where there is no variance to divide."""
    pairs: tuple[Pair, ...]
    settled: bool
    """Whether the fit converged; else its figures are rough."""


def compare(
    penalties: Sequence[Penalty],
    policy: Policy,
    officers: Mapping[str, Officer] | None = None,
    seed: int = 1,
) -> Compared:
    """Compare decided cases. Without `officers`, which name the squads, there is no squad level."""
    like_pairs = tuple(pairs(like_cases(penalties, policy.penalties), policy.penalties))
    known = officers or {}
    levels: dict[Level, tuple[Group, ...]] = dict.fromkeys(LEVELS, ())
    try:
        handlers = usual(penalties, policy, known, HANDLERS)
    except NotFittedError:
        return Compared(len(penalties), 0, levels, (), (), None, like_pairs, settled=True)
    levels |= {level: _groups(handlers, level, policy) for level in HANDLERS}
    odd = _odd_ones_out([group for level in HANDLERS for group in levels[level]], known)
    others = [penalty for penalty in penalties if not odd & set(penalty.officers)]
    with suppress(NotFittedError):
        bodies = usual(others, policy, known, BODIES)
        levels |= {level: _groups(bodies, level, policy) for level in BODIES}
    return Compared(
        len(penalties),
        len(handlers.cases),
        levels,
        sparing(handlers, policy),
        friends(handlers, policy),
        _shares(handlers, policy, seed),
        like_pairs,
        handlers.line.fit.settled,
    )


def _odd_ones_out(handlers: Sequence[Group], known: Mapping[str, Officer]) -> set[str]:
    """Flagged officers, in squads of which at most half are flagged."""
    squads: dict[str, dict[str, bool]] = defaultdict(dict)
    for hand in handlers:
        squad = squads[known[hand.name].squad if hand.name in known else ""]
        squad[hand.name] = squad.get(hand.name, False) or hand.look
    return {
        name
        for squad, looks in squads.items()
        if not squad or 2 * sum(looks.values()) <= len(looks)
        for name, look in looks.items()
        if look
    }


def _groups(usual: Usual, level: Level, policy: Policy) -> tuple[Group, ...]:
    places = usual.places(level)
    if places.size < 2:
        return ()
    effects, left = _free(usual, places)
    comparable = left / usual.line.row
    kept = np.flatnonzero(comparable >= policy.penalties.least_of_group)
    if kept.size == 0:
        return ()
    at, left, effects = places[kept], left[kept], effects[kept]
    effects = effects - np.median(effects)
    out = funnel(effects * left, left, left, policy.strictness.false)
    half = ndtri(0.5 + policy.model.level / 2) / np.sqrt(left)
    times = np.exp(np.stack([effects, effects - half, effects + half]))
    groups = [
        Group(
            usual.columns[place].name,
            int(usual.design[:, place].sum()),
            float(comparable[kept[k]]),
            *(float(times[0, k]), float(times[1, k]), float(times[2, k])),
            *(float(out.z[k]), float(out.q[k]), bool(out.q[k] <= policy.strictness.false)),
        )
        for k, place in enumerate(at)
    ]
    return tuple(sorted(groups, key=lambda group: (-abs(group.z), group.name)))


def _free(usual: Usual, places: NDArray[np.intp]) -> tuple[Array, Array]:
    """Unpenalised effects of a level, and the information on each given the others. Their mean is
    fixed at 0, since items already determine it.
    """
    fit = usual.line.fit
    whole = np.linalg.inv(fit.covariance[np.ix_(places, places)])
    information = whole - np.diag(fit.precision[places])
    pinned = (
        information
        + information.trace() / places.size**2
        + _TINY * usual.line.row * np.eye(places.size)
    )
    variance = np.linalg.inv(pinned)
    return variance @ whole @ fit.effects[places], 1 / np.diag(variance)


def _shares(usual_: Usual, policy: Policy, seed: int) -> Shares | None:
    """Variance left by the facts, and how much of it officers explain; both adjusted for their
    number, so that randomly assigned names explain nothing on average.
    """
    alone = usual(usual_.cases, policy, {}, ())
    rest, size = alone.line.residual, len(usual_.cases)
    columns = usual_.design[:, np.concatenate([usual_.places("lead"), usual_.places("officer")])]
    basis = _basis(columns - columns.mean(axis=0))
    free = size - alone.line.determined
    total = float(alone.log_fine.var() * size / (size - 1))
    if free - basis.shape[1] < 1 or total < 1e-12:
        return None
    explained = _explained(basis, rest)
    squares = float((rest**2).sum())
    within, after = squares / free, (squares - explained) / (free - basis.shape[1])
    draws = np.random.default_rng(seed)
    as_much = sum(
        _explained(basis, draws.permutation(rest)) >= explained * (1 - 1e-12)
        for _ in range(policy.model.resamples)
    )
    chance = (1 + as_much) / (1 + policy.model.resamples)
    return Shares(1 - within / total, (within - after) / total, after / total, chance)


def _explained(basis: Array, rest: Array) -> float:
    return float((np.einsum("ij,i->j", basis, rest) ** 2).sum())


def _basis(columns: Array) -> Array:
    """Orthonormal basis of the columns' span."""
    basis, weights, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(basis[:, weights > 1e-8])
