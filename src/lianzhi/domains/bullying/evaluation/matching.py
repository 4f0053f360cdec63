"""Alarms against truth: when did it ring, was anything there, and what had landed by then?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.domains.bullying.evaluation.columns import DAY, HOUR, MINUTE, Floats, Ints

#: See `outcome`.
LEAD = HOUR


def alarms(at: Ints, value: Floats, threshold: float, merge: int = DAY) -> list[int]:
    """Times at which one target rings: values of at least `threshold`, merged.

    After an alarm the same target's next one counts `merge` ms later at the earliest, measured
    from the alarm that was counted: an alarm that lasts three days counts three times.
    """
    rung: list[int] = []
    for time in at[value >= threshold].tolist():
        if not rung or time - rung[-1] >= merge:
            rung.append(time)
    return rung


class Outcome(NamedTuple):
    """What one crowd met with."""

    detected: bool
    delay: float
    """Minutes from the crowd's first event to the alarm; infinite when there was none."""
    landed: float
    """Share of the crowd's events up to the alarm, the one that set it off included; 1 if none."""


def outcome(times: Ints, at: Ints, value: Floats, threshold: float, stop: int) -> Outcome:
    """First value of at least `threshold` between the crowd's first event and `stop`.

    An alarm that was already ringing within LEAD before the crowd came says nothing about it:
    that counts as a miss, so that a detector that always rings finds nobody.
    """
    start = int(times[0])
    rung = at[(value >= threshold) & (at >= start - LEAD) & (at <= stop)]
    if not len(rung) or rung[0] < start:
        return Outcome(False, float("inf"), 1.0)
    first = int(rung[0])
    landed = int(np.searchsorted(times, first, "right")) / len(times)
    return Outcome(True, (first - start) / MINUTE, landed)


def peaks(at: Ints, value: Floats) -> Floats:
    """The highest value of each day (UTC) that has any: the thresholds worth trying."""
    if not len(at):
        return value
    day = at // DAY
    starts = np.flatnonzero(np.concatenate([[True], day[1:] != day[:-1]]))
    highest: Floats = np.maximum.reduceat(value, starts)
    return highest


def fit_threshold(
    series: Sequence[tuple[Ints, Floats]], target_days: float, per_1000: float
) -> float:
    """The lowest threshold that rings at most `per_1000` times per 1,000 target-days.

    `series` holds each target's times and values. The result is the last value tried that keeps
    the promise; just above every value when none does.
    """
    allowed = per_1000 * target_days / 1000
    tops = [peaks(at, value) for at, value in series if len(at)]
    tried = np.unique(np.concatenate(tops)) if tops else np.zeros(0)
    kept = np.inf
    for threshold in tried[::-1].tolist():
        rings = sum(len(alarms(at, value, threshold)) for at, value in series)
        if rings > allowed:
            # Never a subnormal: where a library flushes them to zero, 0 >= the least float holds.
            above = np.nextafter(max(threshold, np.finfo(float).tiny), np.inf)
            return float(above if np.isinf(kept) else kept)
        kept = threshold
    return float(tried[0]) if len(tried) else 0.0
