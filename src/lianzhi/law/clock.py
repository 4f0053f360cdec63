"""Clocks 期限: from a day and a statutory period to the last day in time.

The day from which a period runs is not counted. Months and years end on the day of the same number,
or on the last of the month where it has none (Jan 31 + 1 month = Feb 28 or 29). The statutes here
leave both to civil law (行政复议法 88 and 行政诉讼法 101 to civil procedure); the rules are those
of 民法典 201 and 202, which are not among the texts that were read. A clock may be suspended for
days (they are not counted, whatever their kind), may be extended by decision, and may move on when
it would end on a non-working day. All is arithmetic on given days: nothing reads the time.
"""

import calendar as civil
import datetime as dt
from collections.abc import Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

import msgspec

from lianzhi.law.calendar import MOST, Calendar
from lianzhi.law.periods import Period, Span, Unit

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000
#: China's time zone is UTC+8 all year.
_CHINA_MS = 8 * _HOUR_MS
_EPOCH = dt.date(1970, 1, 1).toordinal()

#: Years in which a period may start, far enough from the last year of `datetime`.
_EARLIEST, _LATEST = 1900, 9000

Status = Literal["running", "suspended", "warned", "overdue"]


class ClockError(ValueError):
    """A clock that the law does not allow; the message names the period and what it allows."""


class Suspension(NamedTuple):
    """Days, both included, on which a clock is suspended; open-ended while `until` is None."""

    since: dt.date
    until: dt.date | None = None
    reason: str = ""
    """One of the period's `stands_still`, if given."""


class Deadline(NamedTuple):
    """The end of a period."""

    last_day: dt.date
    """The last day in time."""
    over_ms: int
    """First late moment, Unix ms: the midnight after the last day, or the exact hour."""
    due: dt.date
    """The end before moving on from non-working days; extensions start from it."""
    warn_from: dt.date
    """First day of the warning."""

    def in_time(self, ms: int) -> bool:
        """Whether an act at a time (Unix ms) is within the period."""
        return ms < self.over_ms


class State(NamedTuple):
    """State of a clock."""

    status: Status
    left: int
    """Days until the last day: working days or hours where the period counts in them. Once over,
    minus the calendar days, or hours, of delay."""
    deadline: Deadline
    """While suspended: the end if the clock resumed tomorrow."""


def china_day(ms: int) -> dt.date:
    """The day in China of a time in Unix ms."""
    return dt.date.fromordinal((ms + _CHINA_MS) // _DAY_MS + _EPOCH)


def midnight(day: dt.date) -> int:
    """Unix ms at which a day begins in China."""
    return (day.toordinal() - _EPOCH) * _DAY_MS - _CHINA_MS


def add_months(day: dt.date, months: int) -> dt.date:
    """The day of the same number some months later, or the last of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, civil.monthrange(year, month + 1)[1]))


def deadline(
    start: dt.date | int,
    period: Period,
    calendar: Calendar,
    suspensions: Sequence[Suspension] = (),
    extensions: Sequence[Span] = (),
) -> Deadline:
    """The end of a period that runs from `start`: a day in China, or a time in Unix ms.

    A period in hours needs the time. Suspensions may overlap, and each must have ended (`Clock`
    handles open ones). Raises ClockError for what the period does not allow, UnknownYearError where
    the calendar does not reach.
    """
    length = period.length
    if length.unit == "hour":
        if not isinstance(start, int):
            raise ClockError(f"start of {period.key} is a day, but it runs in hours; give the time")
        if suspensions or extensions:
            raise ClockError(f"{period.key} runs in hours: it is neither suspended nor extended")
        over = start + length.number * _HOUR_MS
        last = china_day(over - 1)
        return Deadline(last, over, last, china_day(_hours_before(over, period.warn)))
    day = china_day(start) if isinstance(start, int) else start
    if not _EARLIEST <= day.year <= _LATEST:
        raise ClockError(f"start of {period.key} is {day}; give a day of {_EARLIEST} to {_LATEST}")
    if period.runs == "before":
        if suspensions or extensions:
            raise ClockError(f"{period.key} is counted back: it is neither suspended nor extended")
        due = _back(day, length, calendar)
    else:
        still = _merged(period, suspensions)
        due = _on(day, length, calendar, still)
        if extensions:
            _check_extensions(period, extensions)
            for more in extensions:
                due = _on(due, more, calendar, still)
    last = calendar.next_working(due) if period.rolls else due
    warn = last if period.warn is None else _back(last, period.warn, calendar)
    return Deadline(last, midnight(last) + _DAY_MS, due, warn)


class Clock(msgspec.Struct, frozen=True):
    """A period that runs from a day, or a time in Unix ms, with its suspensions and extensions."""

    start: dt.date | int
    period: Period
    suspensions: tuple[Suspension, ...] = ()
    extensions: tuple[Span, ...] = ()

    def deadline(self, calendar: Calendar, today: dt.date | None = None) -> Deadline:
        """Its end; an open suspension counts until `today`. Raises as `deadline`."""
        closed = []
        for suspension in self.suspensions:
            if suspension.until is not None:
                closed.append(suspension)
            elif today is None:
                raise ClockError(
                    f"{self.period.key} stands still since {suspension.since}: it has no end yet; "
                    "give the day on which it goes on, or ask with today"
                )
            elif suspension.since <= today:
                closed.append(suspension._replace(until=today))
        return deadline(self.start, self.period, calendar, closed, self.extensions)

    def state(self, calendar: Calendar, now: int) -> State:
        """Its state at a time in Unix ms."""
        today = china_day(now)
        end = self.deadline(calendar, today)
        left = _left(now, end, self.period.length.unit, calendar)
        if not end.in_time(now):
            return State("overdue", left, end)
        if any(
            suspension.since <= today <= (suspension.until or today)
            for suspension in self.suspensions
        ):
            return State("suspended", left, end)
        return State("warned" if today >= end.warn_from else "running", left, end)


def _left(now: int, end: Deadline, unit: Unit, calendar: Calendar) -> int:
    if unit == "hour":
        return (end.over_ms - now) // _HOUR_MS
    today, last = china_day(now), end.last_day
    if unit == "working_day" and today < last:
        return calendar.count_working(today, last) - calendar.is_working(today)
    return (last - today).days


def _hours_before(ms: int, warn: Span | None) -> int:
    return ms - 1 if warn is None else ms - warn.number * _HOUR_MS


def _plain(day: dt.date, length: Span) -> dt.date:
    """A day moved on by calendar days, months or years."""
    if length.unit == "day":
        return dt.date.fromordinal(day.toordinal() + length.number)
    return add_months(day, length.number * (12 if length.unit == "year" else 1))


def _back(day: dt.date, length: Span, calendar: Calendar) -> dt.date:
    if length.unit == "working_day":
        return calendar.add_working(day, -length.number)
    if length.unit == "day":
        return dt.date.fromordinal(day.toordinal() - length.number)
    return add_months(day, -length.number * (12 if length.unit == "year" else 1))


def _on(
    day: dt.date, length: Span, calendar: Calendar, still: Sequence[tuple[int, int]]
) -> dt.date:
    """The last day of a length of time after a day, without suspended days."""
    working = length.unit == "working_day"
    end = calendar.add_working(day, length.number) if working else _plain(day, length)
    after = day.toordinal() + 1
    for since, last in still:  # sorted and disjoint, so each moves the end once
        first = max(since, after)
        if last < first:
            continue
        if first > end.toordinal():
            break
        if not working:
            end = dt.date.fromordinal(end.toordinal() + last - first + 1)
            continue
        lost = calendar.count_working(dt.date.fromordinal(first), dt.date.fromordinal(last))
        if lost:
            end = calendar.add_working(end, lost)
    return end


def _merged(period: Period, suspensions: Sequence[Suspension]) -> list[tuple[int, int]]:
    """Suspensions as sorted day numbers that neither touch nor overlap."""
    merged: list[tuple[int, int]] = []
    if not suspensions:
        return merged
    if not period.stands_still:
        raise ClockError(f"{period.key} never stands still under {period.basis}; count it through")
    for suspension in sorted(suspensions, key=attrgetter("since")):
        if suspension.until is None:
            raise ClockError(f"suspension since {suspension.since} has no end; give its last day")
        if suspension.until < suspension.since:
            raise ClockError(
                f"suspension ends on {suspension.until}, before {suspension.since}; mend either day"
            )
        if suspension.reason and suspension.reason not in period.stands_still:
            allowed = ", ".join(period.stands_still)
            raise ClockError(
                f"reason is {suspension.reason!r}; {period.key} stands still for {allowed} only"
            )
        first, last = suspension.since.toordinal(), suspension.until.toordinal()
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    if sum(last - first + 1 for first, last in merged) > MOST:
        raise ClockError(f"suspensions of {period.key} exceed a hundred years; mend their days")
    return merged


def _check_extensions(period: Period, extensions: Sequence[Span]) -> None:
    allowed = period.extension
    if allowed is None:
        raise ClockError(f"{period.key} may not be extended under {period.basis}")
    if wrong := next(
        (extension for extension in extensions if extension.unit != allowed.unit), None
    ):
        raise ClockError(
            f"extension of {period.key} is in {wrong.unit}; the law gives it in {allowed.unit}"
        )
    total = sum(extension.number for extension in extensions)
    if total > allowed.number:
        raise ClockError(
            f"extension of {period.key} is {total} {allowed.unit}; {period.basis} allows "
            f"{allowed.number} in all"
        )
