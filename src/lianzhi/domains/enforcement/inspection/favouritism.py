"""Favouritism 关照熟人: officers with too many of the town's lowest fines, and their beneficiaries.

The residuals of fines, after item, facts and the officer's own strictness, are ranked over the
whole town. Without favouritism the lowest would be distributed over officers at random, so that an
officer's number of them is hypergeometric, exactly and whatever the residuals' distribution. Leads
are tested first; then all participants, without the cases led by an officer flagged as lead, whose
colleagues only took part. Each test uses half the rate. An enterprise fined repeatedly under the
same lead is tested by the Wilcoxon rank sum of its cases.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.inspection.fines import Usual
from lianzhi.domains.enforcement.inspection.policy import Policy
from lianzhi.stats.multiplicity import benjamini_hochberg
from lianzhi.stats.ranks import rank_sum_below
from lianzhi.stats.tails import hypergeometric_tail


class Low(NamedTuple):
    """A case whose fine is far below the usual one."""

    case: str
    enterprise: str
    fine: float
    usual: float
    """Yuan, for this item on these facts by this officer."""


class Sparing(NamedTuple):
    """An officer, and how many of the town's lowest fines are theirs."""

    officer: str
    lead: bool
    """Whether counted over the cases that they led, or over all in which they took part."""
    cases: int
    low: tuple[Low, ...]
    """Lowest first."""
    expected: float
    """Expected number of the lowest fines under random assignment."""
    q: float
    look: bool


class Friend(NamedTuple):
    """An enterprise that was fined several times under the same lead."""

    officer: str
    enterprise: str
    cases: tuple[str, ...]
    times: float
    """Fine as a multiple of the usual one, geometric mean."""
    q: float
    look: bool


def sparing(usual: Usual, policy: Policy) -> tuple[Sparing, ...]:
    """Officers with enough cases, by false discovery rate, as lead or as participant."""
    led: dict[str, list[int]] = defaultdict(list)
    for row, case in enumerate(usual.cases):
        led[case.officers[0]].append(row)
    leads = _lowest_share_tests(usual, led, policy, lead=True)
    noticed = {lead.officer for lead in leads if lead.look}
    part: dict[str, list[int]] = defaultdict(list)
    for row, case in enumerate(usual.cases):
        if case.officers[0] not in noticed:
            for name in case.officers:
                part[name].append(row)
    others = [
        sparing
        for sparing in _lowest_share_tests(usual, part, policy, lead=False)
        if sparing.officer not in noticed
    ]
    by_officer = {other.officer: other for other in others}
    by_officer |= {
        lead.officer: lead
        for lead in leads
        if lead.q <= getattr(by_officer.get(lead.officer), "q", 1)
    }
    return tuple(
        sorted(
            by_officer.values(), key=lambda officer: (officer.q, -len(officer.low), officer.officer)
        )
    )


def _lowest_share_tests(
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
    rates = benjamini_hochberg(
        [hypergeometric_tail(int(low[rows].sum()), size, many, rows.size) for _, rows in able]
    )
    tested = []
    for (name, rows), rate in zip(able, rates, strict=True):
        q, expected = min(1.0, 2 * float(rate)), float(rows.size * low.mean())
        lowest, look = _lowest(usual, rows[low[rows]]), q <= policy.strictness.false
        tested.append(Sparing(name, lead, rows.size, lowest, expected, q, look))
    return tested


def friends(usual: Usual, policy: Policy) -> tuple[Friend, ...]:
    """Enterprises with several cases under the same lead, by false discovery rate."""
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, case in enumerate(usual.cases):
        pairs[case.officers[0], case.enterprise].append(row)
    rest = usual.line.residual
    tried = [(*names, rows) for names, rows in sorted(pairs.items()) if names[1] and len(rows) > 1]
    rates = benjamini_hochberg(
        [rank_sum_below(rest[rows], np.delete(rest, rows)) for _, _, rows in tried]
    )
    friends = [
        Friend(
            *(officer, enterprise, tuple(usual.cases[row].id for row in rows)),
            *(float(np.exp(rest[rows].mean())), float(q), bool(q <= policy.strictness.false)),
        )
        for q, (officer, enterprise, rows) in zip(rates, tried, strict=True)
    ]
    return tuple(
        sorted(
            friends, key=lambda friend: (friend.q, friend.times, friend.officer, friend.enterprise)
        )
    )


def _lowest(usual: Usual, rows: NDArray[np.intp]) -> tuple[Low, ...]:
    rest = usual.line.residual
    cases = [(usual.cases[row], float(np.exp(-rest[row]))) for row in rows[np.argsort(rest[rows])]]
    return tuple(Low(case.id, case.enterprise, case.fine, case.fine * by) for case, by in cases)
