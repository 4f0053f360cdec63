"""The course of a clock: the days that it does not count, and why."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from lianzhi.law.calendar import Calendar
from lianzhi.law.clock import Deadline, Suspension
from lianzhi.law.periods import Period

Why = Literal["suspended", "holiday", "weekend"]


class Passed(NamedTuple):
    """Adjacent days that do not count, for one reason."""

    first: dt.date
    last: dt.date
    why: Why
    name: str = ""
    """The holiday's name, as in its source, or the reason of the suspension."""

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.last - self.first).days + 1


def passed_over(
    start: dt.date,
    period: Period,
    calendar: Calendar,
    end: Deadline,
    suspensions: Sequence[Suspension] = (),
) -> tuple[Passed, ...]:
    """Days not counted between the start and the end given by `deadline`, in order.

    For working days these include weekends and holidays; for other units only suspensions, and the
    non-working days over which the end moved on.
    """
    day = dt.timedelta(days=1)
    first, last = min(start, end.last_day), max(start, end.last_day)
    working = period.length.unit == "working_day"
    runs: list[Passed] = []
    for each in _days(first + day, last - day):
        reason = _why(each, calendar, suspensions, working or (period.rolls and each >= end.due))
        if reason is None:
            continue
        if runs and runs[-1].last + day == each and runs[-1][2:] == reason:
            runs[-1] = runs[-1]._replace(last=each)
        else:
            runs.append(Passed(each, each, *reason))
    return tuple(runs)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield dt.date.fromordinal(number)


def _why(
    day: dt.date, calendar: Calendar, suspensions: Sequence[Suspension], free: bool
) -> tuple[Why, str] | None:
    """Why a day does not count; non-working days only where these are `free`."""
    for suspension in suspensions:
        if suspension.since <= day <= (suspension.until or day):
            return "suspended", suspension.reason
    if not free or calendar.is_working(day):
        return None
    mark = calendar.mark(day)
    return ("holiday", mark.name) if mark is not None else ("weekend", "")
