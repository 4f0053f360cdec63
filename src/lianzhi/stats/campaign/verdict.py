"""The verdict on a campaign: of what was detected, and of the harm itself."""

from enum import StrEnum
from typing import NamedTuple

from lianzhi.stats.campaign.audit import AuditSample, PrevalenceRatio, prevalence_ratio
from lianzhi.stats.campaign.change import Change, estimate
from lianzhi.stats.campaign.layout import Layout, Reason, Window, layout
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.weekly import Floats, Weekly


class Verdict(StrEnum):
    """What can be said."""

    FELL = "fell"
    NO_CHANGE_SHOWN = "no_change_shown"
    ROSE = "rose"
    CANT_SAY = "cant_say"
    NOT_COMPARABLE = "not_comparable"
    """Detector, lexicon or rule changed among the weeks compared."""


class Judgement(NamedTuple):
    """What a campaign changed, why no more can be said, and the figures."""

    detected: Verdict
    """Of the rate of what was detected."""
    harm: Verdict
    """Of the harm itself: from a sample that was judged blind, else it can't be said."""
    reasons: tuple[Reason, ...]
    change: Change | None
    """None where the weeks can't be compared."""
    layout: Layout | None
    """The weeks compared."""
    prevalence: PrevalenceRatio | None
    """Of the sample, where there is one."""


def judge(
    series: Weekly,
    window: Window,
    policy: JudgingPolicy,
    complete: Floats | None = None,
    audit: AuditSample | None = None,
) -> Judgement:
    """Judge a campaign on weekly counts.

    An interrupted time series on the log ratio to a control (Wagner, Soumerai, Zhang and
    Ross-Degnan 2002, J. Clin. Pharm. Ther. 27, 299-309; Lopez Bernal, Cummins and Gasparrini 2018,
    Int. J. Epidemiol. 47, 2082-2093) whose noise may last. `complete`: the share of each week's
    events that has been reported, see `delay`. Raises ValueError for a window outside the series.
    """
    prevalence = prevalence_ratio(audit, policy.level) if audit else None
    harm = _beyond(prevalence.lo, prevalence.hi) if prevalence else Verdict.CANT_SAY
    if prevalence and harm is Verdict.NO_CHANGE_SHOWN and prevalence.lo <= 1 - policy.telling_fall:
        harm = Verdict.CANT_SAY
    missing = () if audit else (Reason.NO_AUDIT,)
    plan = layout(series, window, policy, complete)
    if isinstance(plan, Reason):
        changed = plan is Reason.CHANGED
        detected = Verdict.NOT_COMPARABLE if changed else Verdict.CANT_SAY
        return Judgement(detected, harm, (plan, *missing), None, None, prevalence)
    change = estimate(plan, policy)
    detected, reasons = _beyond(change.lo, change.hi), (*plan.limits, *missing)
    if series.control is None:
        detected, reasons = Verdict.CANT_SAY, (Reason.NO_CONTROL, *reasons)
    elif detected is Verdict.NO_CHANGE_SHOWN and change.detectable_fall > policy.telling_fall:
        detected, reasons = Verdict.CANT_SAY, (Reason.TOO_NOISY, *reasons)
    return Judgement(detected, harm, reasons, change, plan, prevalence)


def _beyond(lo: float, hi: float) -> Verdict:
    if hi < 1:
        return Verdict.FELL
    return Verdict.ROSE if lo > 1 else Verdict.NO_CHANGE_SHOWN
