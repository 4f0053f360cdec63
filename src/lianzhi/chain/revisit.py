"""Revisit 回访: whether a harm came back after a case was closed (rebound 反弹回潮).

Pure: from counts of harmful events to the bound that calm days let expect, and what exceeds it. It
decides nothing; the person who holds the revisit does.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.protection import DAY_MS
from lianzhi.chain.views import CaseView
from lianzhi.stats.rate_ratio import RateRatio, rate_ratio


class Rebound(NamedTuple):
    """Counts by day before the incident, during it and since its end, and what they say."""

    calm: tuple[int, ...]
    incident: tuple[int, ...]
    after: tuple[int, ...]
    expected: float
    """Mean of a day as the calm days let expect."""
    upperbound: float
    """Most on a day that is no alarm."""
    alarms: tuple[bool, ...]
    """Of each day in `after`."""
    against_calm: RateRatio
    """Daily rate since the end divided by that of the calm days."""
    against_incident: RateRatio | None
    """The same against the incident; None where the incident has no day."""

    @property
    def back(self) -> bool:
        """Whether there is more than before the incident: an alarm, or a rate beyond chance.

        False does not say that all is well: few days can hide a rebound.
        """
        return any(self.alarms) or self.against_calm.lo > 1


def rebound(
    calm: Sequence[int], incident: Sequence[int], after: Sequence[int], alpha: float
) -> Rebound:
    """Judge the days since an incident by those before it; the incident itself is no baseline.

    A day is an alarm above the 1 - alpha / (number of days) quantile of what the calm days predict
    (`stats.surveillance.short.bayes`), so that all days together raise a false alarm with a chance
    of `alpha` at most, for independent events. Raises ValueError without calm days or days since.
    """
    # scipy.stats takes a second to load, and most pages do without.
    from lianzhi.stats.surveillance.short import bayes  # noqa: PLC0415
    from lianzhi.stats.surveillance.watch import counts_of  # noqa: PLC0415

    if not (calm and after):
        raise ValueError(
            f"there are {len(calm)} calm days and {len(after)} since the end; give one each"
        )
    days = len(calm)
    # Each day since is judged by the same calm days: the bound does not depend on its count.
    watch = bayes(counts_of([*calm, 0]), w=days, alpha=alpha / len(after), times=(days, days))
    bound = float(watch.upperbound[0])
    total = sum(after)
    return Rebound(
        tuple(calm),
        tuple(incident),
        tuple(after),
        float(watch.expected[0]),
        bound,
        tuple(count > bound for count in after),
        rate_ratio(total, sum(calm), len(after), days),
        rate_ratio(total, sum(incident), len(after), len(incident)) if incident else None,
    )


def rebound_of_times(
    times: Sequence[int], since: int, closed: int, now: int, *, calm_days: int, alpha: float
) -> Rebound | None:
    """`rebound` of times of harmful events (Unix ms); None before the first whole day has passed.

    The incident is [since, closed), in started days, and the calm days end where it begins; since
    the closing whole days count.
    """
    whole = (now - closed) // DAY_MS
    if whole < 1:
        return None
    begin = since - calm_days * DAY_MS
    calm = _by_day(times, begin, calm_days)
    during = _by_day([at for at in times if at < closed], since, -(-(closed - since) // DAY_MS))
    return rebound(calm, during, _by_day(times, closed, whole), alpha)


def rebound_of_case(
    view: CaseView, policy: CasePolicy, now: int, harm_since: Callable[[int], list[int]]
) -> Rebound | None:
    """Rebound of a closed case; None for an open one and before a whole day has passed.

    `harm_since` gives the times of harmful events from a time on, all Unix ms.
    """
    closed = view.row.closed_at
    if view.row.status != "closed" or closed is None or now - closed < DAY_MS:
        return None
    since = min([view.row.opened_at, *(finding.row.since for finding in view.findings)])
    rule = policy.rebound
    return rebound_of_times(
        harm_since(since - rule.calm_days * DAY_MS),
        since,
        closed,
        now,
        calm_days=rule.calm_days,
        alpha=rule.alpha,
    )


def _by_day(times: Sequence[int], first: int, days: int) -> list[int]:
    at = (np.asarray(times, np.int64) - first) // DAY_MS
    counts = np.bincount(at[(at >= 0) & (at < days)], minlength=days)
    return [int(count) for count in counts]
