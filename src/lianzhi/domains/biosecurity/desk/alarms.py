"""Alarms: weeks in which a taxon was intercepted more often in a channel than expected.

A week with enough years of records before it is judged against the same season of those years
(improved Farrington method), so that the yearly return of a pest is no alarm. Any other week is
judged against the weeks just before it (EARS).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import isnan
from typing import NamedTuple

import numpy as np

from lianzhi.domains.biosecurity.policy import AlarmPolicy
from lianzhi.stats.surveillance.ears import ears
from lianzhi.stats.surveillance.farrington import Reference, farrington_flexible
from lianzhi.stats.surveillance.watch import Counts, TimesError, Watch

WEEK = dt.timedelta(7)
#: Settings that Noufaily et al. (2013) propose: ten seasons, 26 weeks left out, a trend always.
_SEASONS, _LEFT_OUT, _AROUND = 10, 26, 3


class WeekAlarm(NamedTuple):
    """A week beyond its bound."""

    taxon: str
    channel: str
    week: dt.date
    """Monday on which the week begins."""
    observed: int
    expected: float
    bound: float
    method: str


class Judgement(NamedTuple):
    """What a method says of a week."""

    expected: float
    bound: float
    is_above: bool
    method: str


class Weekly(NamedTuple):
    """Counts of a taxon in a channel by week, without a gap, and what is said of them."""

    first: dt.date
    counts: list[int]
    judged: Mapping[int, Judgement]
    """By position in `counts`; a week without enough before it is left out."""

    def is_alarm(self, week: int, least: int) -> bool:
        """Whether a week has more than its bound, and at least `least`."""
        judgement = self.judged.get(week)
        return judgement is not None and judgement.is_above and self.counts[week] >= least


def monday(day: dt.date) -> dt.date:
    """First day of the week of a day."""
    return day - dt.timedelta(day.weekday())


def weekly(
    counts: Counter[dt.date], since: dt.date, until: dt.date, policy: AlarmPolicy, last: int
) -> Weekly:
    """The series of some counts by Monday from the week of `since` on, without that of `until`.

    Of the `last` weeks all are judged, of those before them only where an alarm is possible.
    """
    first = monday(since)
    length = max(0, (monday(until) - first).days // 7)
    series = [counts.get(first + n * WEEK, 0) for n in range(length)]
    positions = [n for n in range(length) if n >= length - last or series[n] >= policy.least]
    return Weekly(first, series, _judge(np.array(series, np.float64), positions, policy))


def _judge(series: Counts, positions: Iterable[int], policy: AlarmPolicy) -> dict[int, Judgement]:
    judged: dict[int, Judgement] = {}
    ears_name = f"ears-{policy.method}"
    try:
        watch = ears(series, policy.method, min_sigma=policy.min_sigma, alpha=policy.alpha)
        rows = _rows(watch, ears_name)
    except TimesError:
        rows = {}
    reference = Reference(policy.seasonal_years, _AROUND)
    seasonal_from = reference.b * reference.freq + reference.w
    for week in positions:
        if week >= seasonal_from:
            watch = farrington_flexible(
                series,
                reference=reference,
                alpha=policy.alpha,
                p_threshold_trend=1.0,
                limit54=(policy.least, 1),
                no_periods=_SEASONS,
                past_weeks_not_included=_LEFT_OUT,
                threshold_method="nbPlugin",
                times=(week, week),
            )
            judged |= _rows(watch, "farrington-flexible")
        elif week in rows:
            judged[week] = rows[week]
    return judged


def _rows(watch: Watch, method: str) -> dict[int, Judgement]:
    return {
        int(time): Judgement(round(float(expected), 3), round(float(bound), 3), bool(alarm), method)
        for time, expected, bound, alarm in zip(*watch, strict=True)
        if not isnan(bound)
    }


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
        series = weekly(of, since, until, policy, 0)
        for week, (expected, bound, _, method) in series.judged.items():
            if series.is_alarm(week, policy.least):
                day = series.first + week * WEEK
                yield WeekAlarm(taxon, channel, day, series.counts[week], expected, bound, method)
