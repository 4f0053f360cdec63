"""The course of a clock: which days it passed over on the way to its end, and why."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from lianzhi.law.calendar import Calendar
from lianzhi.law.clock import Deadline, Suspension
from lianzhi.law.periods import Period

Why = Literal["suspended", "holiday", "weekend"]


class Passed(NamedTuple):
    """Neighbouring days that did not count, for one reason."""

    first: dt.date
    last: dt.date
    why: Why
    name: str = ""
    """Of a holiday, as its source names it; of a suspension, its reason."""

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
    """What did not count between the start and the end that `deadline` found, in order of days.

    In working days these are weekends and holidays too; in other units only what stood still, and
    the days without work over which the end moved on.
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
    """Why a day did not count; days without work only where these are `free`."""
    for suspension in suspensions:
        if suspension.since <= day <= (suspension.until or day):
            return "suspended", suspension.reason
    if not free or calendar.is_working(day):
        return None
    mark = calendar.mark(day)
    return ("holiday", mark.name) if mark is not None else ("weekend", "")
