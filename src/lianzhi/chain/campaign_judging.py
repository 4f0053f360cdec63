"""What the evidence on a campaign shows: the verdict, where the harm moved, a rebound."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from lianzhi.chain.campaign import Terms
from lianzhi.chain.campaign_figures import WEEK_MS
from lianzhi.chain.campaign_outcome import WeeklySeries, weeks_of
from lianzhi.chain.campaign_supply import Column, Supply
from lianzhi.chain.policy import load_policy
from lianzhi.law.clock import china_day
from lianzhi.stats.campaign.audit import AuditSample
from lianzhi.stats.campaign.delay import Completeness, completeness
from lianzhi.stats.campaign.displacement import Displacement, displacement
from lianzhi.stats.campaign.history import PEAK_WEEKS, PeakPath, after_peaks
from lianzhi.stats.campaign.layout import Reason, Window
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.rebound import ReboundWatch, watch
from lianzhi.stats.campaign.verdict import Judgement, Verdict, judge
from lianzhi.stats.campaign.weekly import Floats, Weekly, weekly


class Evidence(NamedTuple):
    """What a campaign is judged by."""

    terms: Terms
    series: WeeklySeries
    supply: Supply | None = None
    """Denominators and a control that were supplied; its control stands in for the terms' kinds."""
    sample: AuditSample | None = None
    """Items drawn at random and judged blind."""


class Judged(NamedTuple):
    """The verdict on whole weeks, and whether the harm moved to neighbours where it fell."""

    judgement: Judgement
    moved: Displacement | None
    level: float
    """Coverage of the intervals."""
    tail: Completeness | None
    """How complete the latest weeks are, of all whole weeks; None where nothing was made late."""
    peaks: PeakPath | None
    """How the rate went on by itself after earlier peaks as high; None without any."""


class _Weeks(NamedTuple):
    """The weeks that can be judged, from `first` of the series on."""

    first: int
    counts: Weekly
    window: Window
    complete: Floats | None
    tail: Completeness | None
    policy: JudgingPolicy

    @property
    def misled(self) -> bool:
        """Whether findings are made faster or later than before."""
        return self.tail is not None and self.tail.changed


def judged(evidence: Evidence) -> Judged | None:
    """What whole weeks show.

    None before the first week is over, and where there is no week before the campaign, or none
    with the supplied figures.
    """
    weeks = _weeks(evidence)
    if weeks is None:
        return None
    policy = weeks.policy
    result = judge(weeks.counts, weeks.window, policy, weeks.complete, evidence.sample)
    if weeks.misled and result.change is not None:
        reasons = (Reason.DELAY_CHANGED, *result.reasons)
        result = result._replace(detected=Verdict.CANT_SAY, reasons=reasons)
    moved = None
    if result.detected == "fell" and result.layout and result.change:
        moved = displacement(result.layout, result.change, policy)
    return Judged(result, moved, policy.level, weeks.tail, _peaks(weeks))


class Return(msgspec.Struct, frozen=True):
    """A week after the end in which the findings are known to have come back up."""

    week: int
    """Weeks since the end, from 1."""
    count: int
    """Findings of that week."""


def returned(evidence: Evidence) -> Return | None:
    """Where the findings that fell came back up after the end, see `stats.campaign.rebound`.

    None where they did not, where they had not fallen, and where the weeks bear no watch.
    """
    result, weeks = judged(evidence), _weeks(evidence)
    if result is None or weeks is None or result.judgement.detected != "fell":
        return None
    end = weeks.window.end
    if end is None or end >= weeks.counts.weeks:
        return None
    seen = watch(weeks.counts, weeks.window, weeks.policy, weeks.complete)
    if not isinstance(seen, ReboundWatch) or seen.alarm is None:
        return None
    return Return(seen.alarm - end + 1, evidence.series.harm[weeks.first + seen.alarm])


def _weeks(evidence: Evidence) -> _Weeks | None:
    terms, series = evidence.terms, evidence.series
    policy = load_policy("lianzhi.stats.campaign", JudgingPolicy).at(terms.since)[1]
    first, last = supplied_weeks(evidence)
    start, end = series.start - first, series.start + weeks_of(terms) - first
    if not 0 < start < last - first:
        return None
    part = slice(first, last)
    tail = _completeness(series.delays, policy)
    complete = None if tail is None else tail.share[part]
    control = _supplied(evidence, "control", part)
    if control is None and series.control:
        control = np.asarray(series.control[part], np.float64)
        of_control = _completeness(series.control_delays, policy)
        if of_control is not None:
            control = of_control.corrected[part]
            shares = of_control.share[part]
            complete = shares if complete is None else np.minimum(shares, complete)
    counts = weekly(
        series.harm[part],
        _supplied(evidence, "exposure", part),
        control,
        _supplied(evidence, "control_exposure", part),
        {name: each[part] for name, each in series.neighbours.items()},
    )
    changes = tuple(week - first for week in series.changed_weeks if first <= week < last)
    window = Window(start, end if end <= last - first else None, changes)
    return _Weeks(first, counts, window, complete, tail, policy)


def _peaks(weeks: _Weeks) -> PeakPath | None:
    start = weeks.window.start
    if start < PEAK_WEEKS:
        return None
    path = after_peaks(weeks.counts, start, (weeks.window.end or weeks.counts.weeks) - start)
    return path if path.peaks else None


def _completeness(delays: Sequence[Sequence[int]], policy: JudgingPolicy) -> Completeness | None:
    """How complete whole weeks are; None where no finding was made a week or more late."""
    if not delays or not any(any(week[1:]) for week in delays):
        return None
    return completeness(delays, policy.delay, policy.level)


def supplied_weeks(evidence: Evidence) -> tuple[int, int]:
    """The first of the whole weeks to be judged and that after the last: those that the supplied
    table has."""
    series, supply = evidence.series, evidence.supply
    if supply is None:
        return 0, series.whole
    first = (supply.first - china_day(series.since)).days // 7
    return max(0, first), max(0, min(series.whole, first + supply.weeks))


def _supplied(evidence: Evidence, name: Column, part: slice) -> Floats | None:
    if evidence.supply is None or part.start >= part.stop:
        return None
    day = china_day(evidence.series.since + part.start * WEEK_MS)
    values = evidence.supply.values(name, day, part.stop - part.start)
    return None if values is None else np.array(values, np.float64)
