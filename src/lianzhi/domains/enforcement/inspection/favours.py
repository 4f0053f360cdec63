"""Favours 关照熟人: officers with too many of the town's lowest fines, and whom they were for.

The rests of the fines, after item, facts and the officer's own ordinary strictness, are ranked over
the whole town. Were nobody spared, the lowest ones would be dealt out over officers by chance: how
many an officer has is hypergeometric, and so is exact whatever the rests look like. First those who
led are tried; then all who took part, without the cases that somebody told as a lead had led: their
colleagues only stood beside. Each time at half the rate. An enterprise fined again and again under
the same lead is tried by the rank sum of its cases (Wilcoxon).
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection.fines import Usual
from lianzhi.domains.enforcement.inspection.policy import Policy
from lianzhi.stats.discovery import false_discovery_rates
from lianzhi.stats.ranks import rank_sum_below
from lianzhi.stats.tails import hypergeometric_tail


class Low(NamedTuple):
    """A case far below what was usual."""

    case: str
    enterprise: str
    fine: float
    usual: float
    """Yuan, for this item on these facts by this officer."""


class Sparing(NamedTuple):
    """An officer, and how many of the town's lowest fines are theirs."""

    officer: str
    lead: bool
    """Counted over the cases that they led, or else over all in which they took part."""
    cases: int
    low: tuple[Low, ...]
    """Lowest first."""
    expected: float
    """How many of the lowest there would be by chance."""
    q: float
    look: bool


class Friend(NamedTuple):
    """An enterprise that was fined several times under the same lead."""

    officer: str
    enterprise: str
    cases: tuple[str, ...]
    times: float
    """Of what was usual, geometric mean."""
    q: float
    look: bool


def sparing(usual: Usual, policy: Policy) -> tuple[Sparing, ...]:
    """Officers with enough cases, by how unlikely; as lead, or for taking part."""
    led: dict[str, list[int]] = defaultdict(list)
    for row, one in enumerate(usual.cases):
        led[one.officers[0]].append(row)
    leads = _tried(usual, led, policy, lead=True)
    told = {one.officer for one in leads if one.look}
    part: dict[str, list[int]] = defaultdict(list)
    for row, one in enumerate(usual.cases):
        if one.officers[0] not in told:
            for name in one.officers:
                part[name].append(row)
    others = [one for one in _tried(usual, part, policy, lead=False) if one.officer not in told]
    found = {one.officer: one for one in others}
    found |= {one.officer: one for one in leads if one.q <= getattr(found.get(one.officer), "q", 1)}
    return tuple(sorted(found.values(), key=lambda one: (one.q, -len(one.low), one.officer)))


def _tried(
    usual: Usual, roles: Mapping[str, list[int]], policy: Policy, *, lead: bool
) -> list[Sparing]:
    rest = usual.line.residual
    low = rest <= np.quantile(rest, policy.penalties.lowest)
    able = [
        (name, np.array(rows))
        for name, rows in sorted(roles.items())
        if len(rows) >= policy.penalties.least_of_group
    ]
    size, many = rest.size, int(low.sum())
    rates = false_discovery_rates(
        [hypergeometric_tail(int(low[rows].sum()), size, many, rows.size) for _, rows in able]
    )
    told = []
    for (name, rows), rate in zip(able, rates, strict=True):
        q, expected = min(1.0, 2 * float(rate)), float(rows.size * low.mean())
        lowest, look = _lowest(usual, rows[low[rows]]), q <= policy.strictness.false
        told.append(Sparing(name, lead, rows.size, lowest, expected, q, look))
    return told


def friends(usual: Usual, policy: Policy) -> tuple[Friend, ...]:
    """Enterprises with several cases under the same lead, by how unlikely."""
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, one in enumerate(usual.cases):
        pairs[one.officers[0], one.enterprise].append(row)
    rest = usual.line.residual
    tried = [(*names, rows) for names, rows in sorted(pairs.items()) if names[1] and len(rows) > 1]
    rates = false_discovery_rates(
        [rank_sum_below(rest[rows], np.delete(rest, rows)) for _, _, rows in tried]
    )
    told = [
        Friend(
            *(officer, enterprise, tuple(usual.cases[row].id for row in rows)),
            *(float(np.exp(rest[rows].mean())), float(q), bool(q <= policy.strictness.false)),
        )
        for q, (officer, enterprise, rows) in zip(rates, tried, strict=True)
    ]
    return tuple(sorted(told, key=lambda one: (one.q, one.times, one.officer, one.enterprise)))


def _lowest(usual: Usual, rows: NDArray[np.intp]) -> tuple[Low, ...]:
    rest = usual.line.residual
    cases = [(usual.cases[row], float(np.exp(-rest[row]))) for row in rows[np.argsort(rest[rows])]]
    return tuple(Low(one.id, one.enterprise, one.fine, one.fine * by) for one, by in cases)
