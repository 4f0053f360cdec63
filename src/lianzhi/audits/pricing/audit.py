"""Pricing audit: within-stratum price gaps of each group, with buyers as clusters."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.audits.policy import PricingPolicy
from lianzhi.audits.pricing.orders import Orders
from lianzhi.audits.pricing.pricing_map import PricingMap
from lianzhi.nearest import did_you_mean
from lianzhi.stats.clustered_gap import Cells, Gap, comparable, within_gap
from lianzhi.stats.intervals import Interval
from lianzhi.stats.multiplicity import benjamini_hochberg, holm
from lianzhi.stats.sensitivity import sign_test_gamma
from lianzhi.stats.verdict import Evidence, Verdict, overall, verdict
from lianzhi.tabular.column_map import MapError


class Component(NamedTuple):
    """A part of the price: its gap within strata as a share of the reference's mean price."""

    name: str
    share: float
    interval: Interval


class PriceGap(NamedTuple):
    """Prices of a group against those of the reference."""

    group: str
    reference: str
    excused: bool
    """Whether orders with a declared reason are counted; else they are left out."""
    orders: int
    """Orders of both groups."""
    coverage: float
    """Share of these orders in strata that hold both groups."""
    gap: Gap | None
    """Of the logarithm of the price; None: no stratum holds both groups."""
    interval: Interval | None
    equivalence: Interval | None
    detectable: float
    gamma: float
    """How many times as likely a hidden cause would have to make a higher price, to explain what
    buyers pay; see `stats.sensitivity`."""
    components: tuple[Component, ...]
    is_small: bool
    p_holm: float | None = None
    p_bh: float | None = None
    verdict: Verdict = Verdict.NOT_COMPARABLE


class PricingAudit(NamedTuple):
    """The whole audit."""

    people: int
    orders: int
    gaps: tuple[PriceGap, ...]
    left_out: dict[str, int]
    verdict: Verdict
    """Of the gaps without declared reasons, where reasons are declared; else of all."""
    tests: int


def pricing_audit(orders: Orders, wanted: PricingMap, policy: PricingPolicy) -> PricingAudit:
    """Every group against the reference, with and without orders that have a declared reason.

    p-values are adjusted over all groups, apart for each of both. Raises MapError.
    """
    reference = _reference(orders, wanted)
    kinds = (True, False) if wanted.reasons else (True,)
    gaps: list[PriceGap] = []
    for excused in kinds:
        unadjusted = [
            _price_gap(orders, place, reference, excused, wanted, policy)
            for place in range(len(orders.groups))
            if place != reference
        ]
        gaps += _judged(unadjusted, policy)
    judged = [each for each in gaps if each.excused is kinds[-1]]
    return PricingAudit(
        int(orders.person.max()) + 1,
        int(orders.counts.sum()),
        tuple(gaps),
        dict(orders.left_out),
        overall(each.verdict for each in judged),
        sum(each.gap is not None for each in judged),
    )


def _reference(orders: Orders, wanted: PricingMap) -> int:
    if not wanted.reference:
        return int(np.bincount(orders.group, orders.counts).argmax())
    if wanted.reference not in orders.groups:
        near = did_you_mean(wanted.reference, orders.groups) or f" ({', '.join(orders.groups)})"
        raise MapError("reference", wanted.reference, f"name a group of the trait{near}")
    return list(orders.groups).index(wanted.reference)


def _price_gap(
    orders: Orders, place: int, reference: int, excused: bool, wanted: PricingMap,
    policy: PricingPolicy,
) -> PriceGap:  # fmt: skip
    cells = orders.cells("log_price", place, reference, excused=excused)
    total = int(cells.counts.sum())
    kept = comparable(cells)
    coverage = float(kept.counts.sum()) / total if total else 0.0
    gap = within_gap(cells)
    names = (orders.groups[place], orders.groups[reference], excused, total, coverage)
    alpha = 1 - policy.level
    if gap is None or gap.se == 0 or coverage < policy.least_coverage:
        return PriceGap(*names, None, None, None, float("inf"), 1.0, (), True)
    return PriceGap(
        *names,
        gap,
        gap.interval(policy.level),
        gap.interval(1 - 2 * alpha),
        gap.detectable(alpha, policy.power),
        _gamma(kept, alpha),
        tuple(_components(orders, place, reference, excused, wanted, policy.level)),
        min(gap.people) < policy.least_people,
    )


def _components(
    orders: Orders, place: int, reference: int, excused: bool, wanted: PricingMap, level: float
) -> Iterator[Component]:
    if not wanted.components:
        return
    prices = comparable(orders.cells("price", place, reference, excused=excused))
    theirs = ~prices.in_group
    mean = float(prices.total[theirs].sum() / prices.counts[theirs].sum())
    for name in ("price", *wanted.components):
        gap = within_gap(orders.cells(name, place, reference, excused=excused))
        if gap is not None:
            limits = gap.interval(level)
            yield Component(name, gap.value / mean, Interval(limits.lo / mean, limits.hi / mean))


def _gamma(cells: Cells, alpha: float) -> float:
    """Sensitivity of the sign test: does a buyer pay more than the reference's mean, or less?"""
    size, people = int(cells.stratum.max()) + 1, int(cells.person.max()) + 1
    theirs = ~cells.in_group
    total = np.bincount(cells.stratum[theirs], cells.total[theirs], size)
    count = np.bincount(cells.stratum[theirs], cells.counts[theirs], size)
    mine = cells.in_group
    usual = (total / np.maximum(count, 1))[cells.stratum[mine]]
    excess = np.bincount(cells.person[mine], cells.total[mine] - cells.counts[mine] * usual, people)
    excess = excess[np.abs(excess) > 1e-12]
    return sign_test_gamma(int((excess > 0).sum()), int(excess.size), alpha)


def _judged(gaps: Sequence[PriceGap], policy: PricingPolicy) -> Iterator[PriceGap]:
    tested = [each.gap.p for each in gaps if each.gap is not None]
    adjusted = iter(zip(holm(tested), benjamini_hochberg(tested), strict=True) if tested else ())
    for each in gaps:
        if each.gap is None or each.interval is None or each.equivalence is None:
            yield each
            continue
        p_holm, p_bh = map(float, next(adjusted))
        evidence = Evidence(
            each.interval, each.equivalence, p_holm, policy.margin, 1 - policy.level, each.is_small
        )
        yield each._replace(p_holm=p_holm, p_bh=p_bh, verdict=verdict(evidence))
