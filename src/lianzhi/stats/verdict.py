"""Verdict 结论 of an audit: what an estimate allows to be said, and nothing beyond it.

The only place that turns figures into a verdict. "Not significant" is never a verdict: without a
significant gap, equivalence has to be shown, or the evidence is insufficient.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from lianzhi.stats.intervals import Interval


class Verdict(StrEnum):
    """What is concluded. In order of weight, the gravest first."""

    CONFIRMED = "confirmed"
    """The gap lies beyond the margin, with its whole interval, after adjustment."""
    SUSPECTED = "suspected"
    """There is a gap beyond chance, but it may be within the margin, or the group is small."""
    INSUFFICIENT = "insufficient"
    """Neither a gap nor its absence is shown."""
    NOT_COMPARABLE = "not_comparable"
    """There is nothing to compare with."""
    NONE_FOUND = "none_found"
    """The gap is shown to lie within the margin (equivalence)."""


class Evidence(NamedTuple):
    """What a verdict is read from. Intervals and margin are in the unit of the gap."""

    gap: Interval
    """Interval of the gap at the level of the audit."""
    equivalence: Interval
    """Interval at level 1 - 2 alpha: both one-sided tests reject at alpha where it lies within the
    margin (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15, 657-680)."""
    adjusted_p: float
    """p-value of "there is no gap", adjusted for the number of tests."""
    margin: float
    alpha: float
    is_small: bool = False
    """Too few to carry a confirmation or to show equivalence."""
    one_sided: bool = False
    """Whether a gap below 0 is no harm, so that it is neither suspected nor confirmed."""


def verdict(evidence: Evidence | None) -> Verdict:
    """The verdict on one gap; None: there is nothing to compare."""
    if evidence is None:
        return Verdict.NOT_COMPARABLE
    margin, gap = evidence.margin, evidence.gap
    significant = evidence.adjusted_p <= evidence.alpha
    if evidence.one_sided and gap.lo + gap.hi <= 0:
        significant = False
    if not evidence.is_small:
        within = evidence.equivalence.hi < margin
        if within and (evidence.one_sided or -margin < evidence.equivalence.lo):
            return Verdict.NONE_FOUND
        if significant and (gap.lo > margin or (not evidence.one_sided and gap.hi < -margin)):
            return Verdict.CONFIRMED
    return Verdict.SUSPECTED if significant else Verdict.INSUFFICIENT


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on an audit of several gaps: the gravest one.

    "None found" needs all gaps to be equivalent. It is an intersection-union test and needs no
    adjustment: Berger (1982), Technometrics 24, 295-300. Not comparable for none.
    """
    order = list(Verdict)
    return min(verdicts, key=order.index, default=Verdict.NOT_COMPARABLE)
