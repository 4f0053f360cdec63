"""同案不同罚: do officers, squads or departments fine like cases differently?

Each is compared with what was usual for item and facts (`fines`), the others being fitted at the
same time; so a partner's harshness is not theirs. Squads and departments are compared without the
cases of officers who are told already, unless most of their squad are: one person does not make a
squad harsh, but most of them do. What is told is a reason to read files, not a
finding about anybody.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lianzhi.domains.enforcement.inspection.favours import Friend, Sparing, friends, sparing
from lianzhi.domains.enforcement.inspection.fines import (
    BODIES,
    HANDS,
    LEVELS,
    Level,
    Usual,
    usual,
)
from lianzhi.domains.enforcement.inspection.funnel import funnel
from lianzhi.domains.enforcement.inspection.likeness import Pair, like, pairs
from lianzhi.domains.enforcement.inspection.penalised import Array, NotFittedError
from lianzhi.domains.enforcement.inspection.policy import Policy
from lianzhi.domains.enforcement.inspection.rows import Officer, Penalty

#: Information that those who always go together are given on their difference, in rows.
_TINY = 1e-3


class Group(NamedTuple):
    """A lead, officer, squad or department, and how it fines."""

    name: str
    cases: int
    comparable: float
    """Cases that it comes to after what cannot be told from others' is taken off."""
    times: float
    lo: float
    hi: float
    """The fine, times what is usual on the same facts; limits at the policy's level."""
    z: float
    q: float
    """False discovery rate at which it would be told."""
    look: bool
    """Worth reading the files: beyond chance and what is ordinary."""


class Shares(NamedTuple):
    """Of the variance of the logarithm of fines, adjusted for the number of effects; sums to 1."""

    facts: float
    """Item and facts."""
    officers: float
    """Who handled it, beyond the facts."""
    rest: float
    by_chance: float
    """Share of deals of cases over officers in which they explain as much."""


class Compared(NamedTuple):
    """What is to be looked at, by level, with the cases it rests on."""

    cases: int
    comparable: int
    """Fined cases whose item was fined often enough."""
    levels: dict[Level, tuple[Group, ...]]
    """By how far out."""
    sparing: tuple[Sparing, ...]
    friends: tuple[Friend, ...]
    shares: Shares | None
    """None where there is nothing to divide."""
    pairs: tuple[Pair, ...]
    settled: bool
    """Whether the fit came to rest; else its figures are rough."""


def compare(
    penalties: Sequence[Penalty],
    policy: Policy,
    officers: Mapping[str, Officer] | None = None,
    seed: int = 1,
) -> Compared:
    """Compare decided cases. `officers` tell the squads; without them there is no such level."""
    some = tuple(pairs(like(penalties, policy.penalties), policy.penalties))
    known = officers or {}
    levels: dict[Level, tuple[Group, ...]] = dict.fromkeys(LEVELS, ())
    try:
        hands = usual(penalties, policy, known, HANDS)
    except NotFittedError:
        return Compared(len(penalties), 0, levels, (), (), None, some, settled=True)
    levels |= {level: _groups(hands, level, policy) for level in HANDS}
    odd = _odd_ones_out([one for level in HANDS for one in levels[level]], known)
    others = [one for one in penalties if not odd & set(one.officers)]
    with suppress(NotFittedError):
        bodies = usual(others, policy, known, BODIES)
        levels |= {level: _groups(bodies, level, policy) for level in BODIES}
    return Compared(
        len(penalties),
        len(hands.cases),
        levels,
        sparing(hands, policy),
        friends(hands, policy),
        _shares(hands, policy, seed),
        some,
        hands.line.fit.settled,
    )


def _odd_ones_out(hands: Sequence[Group], known: Mapping[str, Officer]) -> set[str]:
    """Officers told, in squads of which at most half are."""
    squads: dict[str, dict[str, bool]] = defaultdict(dict)
    for one in hands:
        squad = squads[known[one.name].squad if one.name in known else ""]
        squad[one.name] = squad.get(one.name, False) or one.look
    return {
        name
        for squad, some in squads.items()
        if not squad or 2 * sum(some.values()) <= len(some)
        for name, look in some.items()
        if look
    }


def _groups(found: Usual, level: Level, policy: Policy) -> tuple[Group, ...]:
    places = found.places(level)
    if places.size < 2:
        return ()
    effects, left = _free(found, places)
    comparable = left / found.line.row
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
            found.columns[place].name,
            int(found.design[:, place].sum()),
            float(comparable[kept[k]]),
            *(float(times[0, k]), float(times[1, k]), float(times[2, k])),
            *(float(out.z[k]), float(out.q[k]), bool(out.q[k] <= policy.strictness.false)),
        )
        for k, place in enumerate(at)
    ]
    return tuple(sorted(groups, key=lambda one: (-abs(one.z), one.name)))


def _free(found: Usual, places: NDArray[np.intp]) -> tuple[Array, Array]:
    """Effects of a level without their penalty, and the information on each, the others of the
    level being estimated too. Their mean is held at 0, for items tell it already.
    """
    fit = found.line.fit
    whole = np.linalg.inv(fit.covariance[np.ix_(places, places)])
    told = whole - np.diag(fit.precision[places])
    pinned = told + told.trace() / places.size**2 + _TINY * found.line.row * np.eye(places.size)
    variance = np.linalg.inv(pinned)
    return variance @ whole @ fit.effects[places], 1 / np.diag(variance)


def _shares(found: Usual, policy: Policy, seed: int) -> Shares | None:
    """What facts alone leave, and how much of that officers explain; both adjusted for their
    number, so that names dealt out at random explain nothing on the mean.
    """
    alone = usual(found.cases, policy, {}, ())
    rest, size = alone.line.residual, len(found.cases)
    columns = found.design[:, np.concatenate([found.places("lead"), found.places("officer")])]
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
    """Orthonormal columns that span the same."""
    basis, weights, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(basis[:, weights > 1e-8])
