"""Clocks of a filing: the last day for each step that has begun, with its article."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from lianzhi.law import basis, holidays, periods
from lianzhi.law.basis import Bases, Basis
from lianzhi.law.calendar import Calendar
from lianzhi.law.clock import deadline
from lianzhi.law.periods import Period, Periods

Step = Literal["file", "change", "cancel", "examine"]
STEPS: tuple[Step, ...] = get_args(Step)
POLICY = Path(str(files("lianzhi.domains.algorithms"))) / "policy"


class FilingClock(NamedTuple):
    """A step that has to be done, and until when. Days are those of China."""

    step: Step
    since: dt.date
    """The day from which it runs, which is not counted."""
    last_day: dt.date
    period: Period
    basis: Basis
    done: dt.date | None = None
    """The day on which it was done; None: not yet."""

    def state(self, today: dt.date) -> Literal["in_time", "late", "running", "overdue"]:
        """How it stands on a day."""
        if self.done is not None:
            return "in_time" if self.done <= self.last_day else "late"
        return "running" if today <= self.last_day else "overdue"


class Law(NamedTuple):
    """What clocks are read with."""

    bases: Bases
    periods: Periods
    calendar: Calendar


@cache
def shipped_law() -> Law:
    """The bases, the periods of the domain beside those of the house, and the calendar."""
    return Law(
        basis.shipped(),
        periods.load([periods.SHIPPED, POLICY / "periods"]),
        holidays.shipped(),
    )


def filing_clocks(
    since: Mapping[Step, dt.date], done: Mapping[Step, dt.date], law: Law
) -> tuple[FilingClock, ...]:
    """The clock of each step that has begun, in the order of the law.

    Raises ValueError for a step done before it began, UnknownPeriodError for days before the
    provisions were in force, UnknownYearError where the calendar does not reach.
    """
    clocks = []
    for step in STEPS:
        if (day := since.get(step)) is None:
            continue
        finished = done.get(step)
        if finished is not None and finished < day:
            raise ValueError(f"done of {step} is {finished}; give a day from {day} on")
        period = law.periods.get(f"algorithm_provisions.{step}", day)
        last = deadline(day, period, law.calendar).last_day
        ground = law.bases.citable(period.basis, day)
        clocks.append(FilingClock(step, day, last, period, ground, finished))
    return tuple(clocks)
