"""Counting time: clock hours, working hours and working days, without pauses.

Everything is derived from the same intervals of counting time, so that deadlines, shares and
escalation steps agree with one another.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from lianzhi.dispatch.moments import MINUTE, day_of, moment
from lianzhi.dispatch.policy import Span
from lianzhi.law.calendar import UnknownYearError

#: Longest run of days without a working day before a calendar is rejected.
_LONGEST = 3700
_DAY = dt.timedelta(days=1)
SATURDAY = 5

#: Start and end in ms; the end is None while it lasts.
Pause = tuple[int, int | None]


class WorkingDays(Protocol):
    """A calendar; it may raise for days that it does not know."""

    def is_working(self, day: dt.date, /) -> bool:
        """Whether a day of China is a working day."""


class Weekdays(NamedTuple):
    """A calendar that assumes Monday to Friday for years whose holidays are not known yet.

    For a bureau's own time limits, which are counted anew once the holidays are known. Statutory
    periods must never be counted by it.
    """

    calendar: WorkingDays

    def is_working(self, day: dt.date, /) -> bool:
        """Whether a day of China is a working day, as far as is known."""
        try:
            return self.calendar.is_working(day)
        except UnknownYearError:
            return day.weekday() < SATURDAY


class WorkTimeError(ValueError):
    """A calendar that has no working day for ten years."""


class WorkTime(NamedTuple):
    """Working hours on the working days of a calendar."""

    hours: tuple[tuple[int, int], ...]
    """Minutes after midnight: from, to; in order."""
    calendar: WorkingDays

    def deadline(self, span: Span, since: int, pauses: Sequence[Pause] = ()) -> int | None:
        """When a span that began at `since` ends (ms); None while a pause lasts.

        A working day counts unless a pause covers its end; the day of `since` does not count.
        """
        if span.unit == "working_days":
            return self._end_of_days(span.amount, since, pauses)
        return self.after(span, since, span.amount * 60 * MINUTE, pauses)

    def after(self, span: Span, since: int, length: float, pauses: Sequence[Pause]) -> int | None:
        """When `length` ms have passed that count in the unit of `span`; None in an open pause."""
        for begin, end in self._counting(span, since, pauses):
            if end - begin >= length:
                return math.ceil(begin + length)
            length -= end - begin
        return None

    def passed(self, span: Span, since: int, until: int, pauses: Sequence[Pause] = ()) -> int:
        """Ms between two moments that count in the unit of `span`; of days, their working hours."""
        total: float = 0
        for begin, end in self._counting(span, since, pauses):
            if begin >= until:
                break
            total += min(end, until) - begin
        return int(total)

    def _end_of_days(self, amount: int, since: int, pauses: Sequence[Pause]) -> int | None:
        open_from = next((begin for begin, end in pauses if end is None), math.inf)
        day = day_of(since)
        for _ in range(_LONGEST + 7 * amount):
            day += _DAY
            end = moment(day + _DAY)
            if open_from < end:
                return None
            amount -= self.calendar.is_working(day) and not _paused(end, pauses)
            if amount == 0:
                return end
        raise WorkTimeError(_no_working_day(since))

    def _counting(
        self, span: Span, since: int, pauses: Sequence[Pause]
    ) -> Iterator[tuple[int, float]]:
        """Intervals that count from `since` on, in order, without pauses."""
        open_from = min((begin for begin, end in pauses if end is None), default=math.inf)
        closed = sorted((begin, end) for begin, end in pauses if end is not None)
        for begin, end in self._intervals(span, since):
            if begin >= open_from:
                return
            at, stop = begin, min(end, open_from)
            for first, last in closed:
                if at < first < stop:
                    yield at, first
                if first < stop:
                    at = max(at, last)
            if at < stop:
                yield at, stop

    def _intervals(self, span: Span, since: int) -> Iterator[tuple[int, float]]:
        if span.unit == "clock_hours":
            yield since, math.inf
            return
        day = day_of(since)
        idle = 0
        while idle < _LONGEST:
            idle += 1
            if self.calendar.is_working(day):
                idle = 0
                for first, last in self.hours:
                    if moment(day, last) > since:
                        yield max(moment(day, first), since), moment(day, last)
            day += _DAY
        raise WorkTimeError(_no_working_day(since))


def _paused(at: int, pauses: Sequence[Pause]) -> bool:
    return any(begin < at and (end is None or end >= at) for begin, end in pauses)


def _no_working_day(since: int) -> str:
    return f"calendar has no working day in the ten years after {day_of(since)}; mend it"
