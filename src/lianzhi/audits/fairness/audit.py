"""Fairness audit: every group against its reference group, and the widest gap of each attribute."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.fairness.calibration import Calibration, calibrations
from lianzhi.audits.fairness.counting import Counts, ScoreBins
from lianzhi.audits.fairness.fairness_map import FairnessMap, Metric
from lianzhi.audits.fairness.metrics import Share, metric_share
from lianzhi.audits.fairness.widest import Widest, widest_gaps
from lianzhi.audits.policy import FairnessPolicy
from lianzhi.nearest import did_you_mean
from lianzhi.stats.intervals import Interval, wilson
from lianzhi.stats.multiplicity import benjamini_hochberg, holm
from lianzhi.stats.proportions import (
    detectable_difference,
    fisher_p,
    katz_ratio,
    newcombe_difference,
    score_p,
)
from lianzhi.stats.verdict import Evidence, Verdict, overall, verdict
from lianzhi.tabular.column_map import MapError


class Group(NamedTuple):
    """A group of an attribute, or of several at once, with its confusion matrix."""

    attribute: str
    """Name of the attribute; of an intersection those of all, joined by ` × `."""
    name: str
    table: NDArray[np.int64]

    @property
    def people(self) -> int:
        """How many there are."""
        return int(self.table.sum())


class Comparison(NamedTuple):
    """A metric of a group against that of the reference group."""

    attribute: str
    group: str
    reference: str
    metric: Metric
    share: Share
    ref_share: Share
    interval: Interval
    """Wilson interval of the group's share."""
    difference: Interval | None
    """Newcombe interval of share - reference. None here and below: one of both has nobody."""
    equivalence: Interval | None
    ratio: Interval | None
    """Interval on the log scale of share / reference."""
    test: str
    """`fisher` or `score`; empty: none."""
    p: float | None
    detectable: float
    """Least difference that a single test of these sizes finds with the power of policy."""
    is_small: bool
    """Fewer people in a denominator than policy asks for: listed, not judged."""
    p_holm: float | None = None
    p_bh: float | None = None
    verdict: Verdict = Verdict.NOT_COMPARABLE


class FairnessAudit(NamedTuple):
    """The whole audit."""

    people: int
    groups: tuple[Group, ...]
    references: dict[str, str]
    comparisons: tuple[Comparison, ...]
    widest: tuple[Widest, ...]
    calibrations: tuple[Calibration, ...]
    left_out: dict[str, int]
    examples: dict[str, Sequence[str]]
    verdict: Verdict
    tests: int
    """How many tests the adjustment is for."""
    seed: int


def fairness_audit(
    counts: Counts,
    wanted: FairnessMap,
    policy: FairnessPolicy,
    *,
    seed: int,
    scores: ScoreBins | None = None,
) -> FairnessAudit:
    """Every metric of every group against the reference group of its attribute.

    p-values are adjusted over all tests of the audit. Raises MapError for an unknown reference.
    """
    attributes = [(name,) for name in wanted.attributes] + list(wanted.intersections)
    groups, references, comparisons = [], {}, []
    for names in attributes:
        mine = groups_of(counts, wanted, names)
        reference = _reference(mine, names, wanted)
        references[mine[0].attribute] = reference.name
        groups += mine
        for metric in wanted.compared:
            comparisons += [
                _compare(group, reference, metric, policy)
                for group in mine
                if group is not reference
            ]
    judged = tuple(_judged(comparisons, policy))
    return FairnessAudit(
        int(counts.table.sum()),
        tuple(groups),
        references,
        judged,
        widest_gaps(counts, wanted, policy, seed),
        calibrations(scores, counts, wanted, policy) if scores is not None else (),
        dict(counts.left_out),
        dict(counts.examples),
        overall(each.verdict for each in judged),
        sum(each.p is not None for each in judged),
        seed,
    )


def groups_of(counts: Counts, wanted: FairnessMap, names: Sequence[str]) -> list[Group]:
    """The groups of some attributes that have people, in order of their names."""
    places = [wanted.attributes.index(name) for name in names]
    keys, inverse = np.unique(counts.codes[:, places], axis=0, return_inverse=True)
    tables = np.zeros((len(keys), 2, 2), np.int64)
    np.add.at(tables, inverse.ravel(), counts.table)
    titles = [
        " × ".join(counts.values[name][code] for name, code in zip(names, key, strict=True))
        for key in keys
    ]
    return [Group(" × ".join(names), *each) for each in zip(titles, tables, strict=True)]


def _reference(groups: Sequence[Group], names: Sequence[str], wanted: FairnessMap) -> Group:
    if not all(name in wanted.references for name in names):
        return max(groups, key=lambda group: group.people)
    wish = " × ".join(wanted.references[name] for name in names)
    for group in groups:
        if group.name == wish:
            return group
    if len(names) > 1:
        return max(groups, key=lambda group: group.people)
    known = [group.name for group in groups]
    near = did_you_mean(wish, known) or f" ({', '.join(known[:12])})"
    raise MapError(f"references.{names[0]}", wish, f"name a group of the column{near}")


def _compare(group: Group, reference: Group, metric: Metric, policy: FairnessPolicy) -> Comparison:
    share, ref = metric_share(metric, group.table), metric_share(metric, reference.table)
    alpha = 1 - policy.level
    small = min(share.trials, ref.trials) < policy.least_group
    shown = wilson(*share, policy.level)
    if not (share.trials and ref.trials):
        return Comparison(
            group.attribute, group.name, reference.name, metric, share, ref, shown,
            None, None, None, "", None, float("inf"), small,
        )  # fmt: skip
    four = (*share, *ref)
    exact = share.trials + ref.trials <= policy.exact_up_to
    detectable = detectable_difference(ref.value, share.trials, ref.trials, alpha, policy.power)
    return Comparison(
        group.attribute, group.name, reference.name, metric, share, ref, shown,
        newcombe_difference(*four, policy.level),
        newcombe_difference(*four, 1 - 2 * alpha),
        katz_ratio(*four, policy.level),
        "fisher" if exact else "score",
        min(1.0, fisher_p(*four) if exact else score_p(*four)),
        detectable,
        small,
    )  # fmt: skip


def _judged(comparisons: Sequence[Comparison], policy: FairnessPolicy) -> Iterator[Comparison]:
    tested = [each.p for each in comparisons if each.p is not None]
    adjusted = (
        iter(zip(holm(tested), benjamini_hochberg(tested), strict=True)) if tested else iter(())
    )
    for each in comparisons:
        if each.p is None or each.difference is None or each.equivalence is None:
            yield each
            continue
        p_holm, p_bh = map(float, next(adjusted))
        evidence = Evidence(
            each.difference,
            each.equivalence,
            p_holm,
            policy.margin,
            1 - policy.level,
            each.is_small,
        )
        yield each._replace(p_holm=p_holm, p_bh=p_bh, verdict=verdict(evidence))
