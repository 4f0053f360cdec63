"""What came after earlier peaks, and what the method says of starts that were none."""

from typing import NamedTuple

import numpy as np

from lianzhi.stats.campaign.change import Change, estimate
from lianzhi.stats.campaign.layout import Reason, Window, layout
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.weekly import Floats, Weekly, merged

#: Weeks whose mean rate makes a peak.
PEAK_WEEKS = 4


class PeakPath(NamedTuple):
    """Mean course after earlier peaks at which nothing was done, as multiples of the peak."""

    peaks: tuple[int, ...]
    """Last week of each."""
    mean: Floats
    """By weeks since the peak, from 1; empty where there was no peak."""
    lo: Floats
    hi: Floats
    """Lowest and highest of the courses."""


def after_peaks(series: Weekly, start: int, weeks: int) -> PeakPath:
    """How the rate went on by itself after earlier peaks as high as that before the start.

    A peak: the mean log rate of four weeks was as high as that of the four before `start`; the next
    one begins after the course of the last. What follows is regression to the mean: Barnett, van
    der Pols and Dobson (2005), Int. J. Epidemiol. 34, 215-220. For the picture: the verdict does
    not rest on it. Raises ValueError for a start outside the series.
    """
    if not PEAK_WEEKS <= start <= series.weeks:
        raise ValueError(f"start is {start}; give {PEAK_WEEKS} to {series.weeks}")
    rate = np.log((series.outcome + 0.5) / series.exposure)[:start]
    smooth = np.convolve(rate, np.ones(PEAK_WEEKS) / PEAK_WEEKS, "valid")
    peaks: list[int] = []
    for week in range(PEAK_WEEKS - 1, start - weeks - PEAK_WEEKS):
        high = smooth[week - PEAK_WEEKS + 1] >= smooth[-1]
        if high and (not peaks or week > peaks[-1] + weeks):
            peaks.append(week)
    if not peaks:
        return PeakPath((), np.empty(0), np.empty(0), np.empty(0))
    ahead = np.array(peaks)[:, None] + 1 + np.arange(weeks)
    paths = np.exp(rate[ahead] - smooth[np.array(peaks) - PEAK_WEEKS + 1][:, None])
    return PeakPath(tuple(peaks), paths.mean(axis=0), paths.min(axis=0), paths.max(axis=0))


def placebo_starts(
    series: Weekly, window: Window, policy: JudgingPolicy, every: int = 4
) -> dict[int, Change]:
    """What the same method says of starts before the campaign at which nothing was done.

    Each is judged as if the series had ended with as many weeks as the campaign has, all of them
    before the run-up. Abadie, Diamond and Hainmueller (2010), J. Am. Stat. Assoc. 105, 493-505,
    section 3.
    """
    length = (series.weeks if window.end is None else window.end) - window.start
    changes: dict[int, Change] = {}
    for start in range(window.start - policy.runup_weeks - length, 0, -every):
        until = merged(series, np.arange(start + length), 1)
        seen = tuple(week for week in window.changes if week < start + length)
        plan = layout(until, Window(start, None, seen), policy)
        if not isinstance(plan, Reason):
            changes[start] = estimate(plan, policy)
    return dict(sorted(changes.items()))
