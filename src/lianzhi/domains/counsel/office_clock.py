"""Last days of the office's files, by the law in force on the day from which a period runs."""

import datetime as dt
from collections.abc import Iterable

from lianzhi.chain.policy_folders import Law
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import Suspension, deadline
from lianzhi.law.periods import Span

Stay = tuple[dt.date, dt.date]
"""First and last day that do not count, both included."""


def last_day(
    law: Law, key: str, start: dt.date, stays: Iterable[Stay] = (), extra: int = 0
) -> dt.date | None:
    """Last day of a period, extended by `extra` of its units; None where the holidays of its year
    are not known. Raises UnknownPeriodError where no text in force was read, ClockError for what
    the period does not allow."""
    period = law.periods.get(key, start)
    still = [Suspension(since, until) for since, until in stays if since <= until]
    unit = period.length.unit if period.extension is None else period.extension.unit
    more = [Span(extra, unit)] if extra else []
    try:
        return deadline(start, period, law.calendar, still, more).last_day
    except UnknownYearError:
        return None


def most_extension(law: Law, key: str, start: dt.date) -> int:
    """By how many units a period may be extended in all; 0: not at all, or no period runs."""
    period = law.periods.get(key, start) if key else None
    return period.extension.number if period is not None and period.extension else 0


def stay(since: dt.date, resumed: dt.date) -> Stay:
    """The days that do not count: from the first day of a stay to the day before it ends."""
    return since, resumed - dt.timedelta(1)
