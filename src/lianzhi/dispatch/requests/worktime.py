"""Time that counts: clock hours, working hours, working days, with pauses taken out.

Every length is walked over stretches of time that count, so that deadlines, shares and steps of
escalation agree with one another by construction.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from lianzhi.dispatch.moments import MINUTE, day_of, moment
from lianzhi.dispatch.policy import Span
from lianzhi.law.calendar import UnknownYearError

#: Days that are looked at before a calendar without working days is given up.
_LONGEST = 3700
_DAY = dt.timedelta(days=1)
SATURDAY = 5

#: From, to (ms); None: it lasts still.
Pause = tuple[int, int | None]


class WorkingDays(Protocol):
    """A calendar; it may raise for days that it does not know."""

    def is_working(self, day: dt.date, /) -> bool:
        """Whether a day of China is a working day."""


class Weekdays(NamedTuple):
    """A calendar that takes Monday to Friday where a year's holidays are not known yet: promises of
    a bureau's own go on, and are counted anew once they are known. Statutory periods never do."""

    calendar: WorkingDays

    def is_working(self, day: dt.date, /) -> bool:
        """Whether a day of China is a working day, as far as anybody knows."""
        try:
            return self.calendar.is_working(day)
        except UnknownYearError:
            return day.weekday() < SATURDAY


class WorkTimeError(ValueError):
    """A calendar that has no working day for ten years."""


class WorkTime(NamedTuple):
    """When working hours run."""

    hours: tuple[tuple[int, int], ...]
    """Minutes after midnight: from, to; in order."""
    calendar: WorkingDays

    def deadline(self, span: Span, since: int, pauses: Sequence[Pause] = ()) -> int | None:
        """When a length that began at `since` ends; None while a pause lasts.

        A working day counts if it was not paused when it ended; the day of `since` does not.
        """
        if span.unit == "working_days":
            return self._end_of_days(span.amount, since, pauses)
        return self.after(span, since, span.amount * 60 * MINUTE, pauses)

    def after(self, span: Span, since: int, length: float, pauses: Sequence[Pause]) -> int | None:
        """When so many ms that count in the unit of `span` have passed."""
        for begin, end in self._counting(span, since, pauses):
            if end - begin >= length:
                return math.ceil(begin + length)
            length -= end - begin
        return None

    def passed(self, span: Span, since: int, until: int, pauses: Sequence[Pause] = ()) -> int:
        """How many ms between two moments count in the unit of `span`; days count by hours."""
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
        raise WorkTimeError(_none(since))

    def _counting(
        self, span: Span, since: int, pauses: Sequence[Pause]
    ) -> Iterator[tuple[int, float]]:
        """Stretches that count from `since` on, in order."""
        open_from = min((begin for begin, end in pauses if end is None), default=math.inf)
        closed = sorted((begin, end) for begin, end in pauses if end is not None)
        for begin, end in self._stretches(span, since):
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

    def _stretches(self, span: Span, since: int) -> Iterator[tuple[int, float]]:
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
        raise WorkTimeError(_none(since))


def _paused(at: int, pauses: Sequence[Pause]) -> bool:
    return any(begin < at and (end is None or end >= at) for begin, end in pauses)


def _none(since: int) -> str:
    return f"calendar has no working day in the ten years after {day_of(since)}; mend it"
