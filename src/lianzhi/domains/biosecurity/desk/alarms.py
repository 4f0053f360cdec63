"""Alarms: weeks in which a taxon was intercepted more often in a channel than before."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from lianzhi.domains.biosecurity.policy import AlarmPolicy
from lianzhi.stats.surveillance.ears import ears
from lianzhi.stats.surveillance.watch import TimesError, Watch

WEEK = dt.timedelta(7)


class WeekAlarm(NamedTuple):
    """A week beyond its bound."""

    taxon: str
    channel: str
    week: dt.date
    """Monday on which the week begins."""
    observed: int
    expected: float
    bound: float


class Weekly(NamedTuple):
    """Counts of a taxon in a channel by week, without a gap, and what the method says of them."""

    first: dt.date
    counts: list[int]
    watch: Watch | None
    """None: the series is too short to be judged."""


def monday(day: dt.date) -> dt.date:
    """First day of the week of a day."""
    return day - dt.timedelta(day.weekday())


def weekly(counts: Counter[dt.date], since: dt.date, until: dt.date, policy: AlarmPolicy) -> Weekly:
    """The series of some counts by Monday from the week of `since` on, without that of `until`."""
    first = monday(since)
    length = max(0, (monday(until) - first).days // 7)
    series = [counts.get(first + n * WEEK, 0) for n in range(length)]
    try:
        watch = ears(
            np.array(series, np.float64),
            policy.method,
            min_sigma=policy.min_sigma,
            alpha=policy.alpha,
        )
    except TimesError:
        watch = None
    return Weekly(first, series, watch)


def alarms(
    rows: Iterable[tuple[str, str, dt.date]], since: dt.date, until: dt.date, policy: AlarmPolicy
) -> Iterator[WeekAlarm]:
    """Weeks beyond their bound, of taxon, channel and day of each interception."""
    counts: dict[tuple[str, str], Counter[dt.date]] = defaultdict(Counter)
    for taxon, channel, day in rows:
        counts[taxon, channel][monday(day)] += 1
    for (taxon, channel), of in counts.items():
        if max(of.values()) < policy.least:
            continue
        first, series, watch = weekly(of, since, until, policy)
        for time, expected, bound, alarm in zip(*watch, strict=True) if watch else ():
            if alarm and series[time] >= policy.least:
                week = first + int(time) * WEEK
                yield WeekAlarm(
                    taxon, channel, week, series[time], round(float(expected), 3),
                    round(float(bound), 3),
                )  # fmt: skip
