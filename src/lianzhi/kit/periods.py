"""Periods for which figures are asked: calendar years, quarters and months, and the last days."""

import datetime as dt
import re
from typing import NamedTuple

import msgspec

DAY_MS, MINUTE_MS = 86_400_000, 60_000
#: Days before now that may be chosen.
LAST_DAYS = (7, 30, 90)
#: The longest period that may be asked for, in ms.
LONGEST_MS = 366 * DAY_MS
#: What the reader of a calendar may choose, the usual choice first.
CHOICES = ("year", "quarter", "month", "all")
_MONTHS = {"year": 12, "quarter": 3, "month": 1}
_NAME = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)


class Days(NamedTuple):
    """[since, until); `since` None: from the first day on the record."""

    name: str
    since: dt.date | None
    until: dt.date

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.until - dt.timedelta(1)


class Period(msgspec.Struct, frozen=True):
    """[since, until) in Unix milliseconds; `name` is `30`, `2026-11` or `2026-Q4`."""

    name: str
    since: int
    until: int


def calendar_days(unit: str, day: dt.date) -> Days:
    """The year, quarter or month of a day."""
    length = _MONTHS[unit]
    serial = (day.month - 1) // length
    month, after = serial * length + 1, day.year * 12 + (serial + 1) * length
    number = {"year": "", "quarter": f"-Q{serial + 1}", "month": f"-{month:02}"}[unit]
    until = dt.date(after // 12, after % 12 + 1, 1)
    return Days(f"{day.year:04}{number}", dt.date(day.year, month, 1), until)


def calendar_named(name: str) -> Days | None:
    """`2026`, `2026-Q4` or `2026-11`; None for another text, and outside 1900 to 2199."""
    match = _NAME.fullmatch(name)
    if match is None or not 1900 <= int(match[1]) < 2200:
        return None
    unit = "month" if match[2] else "quarter" if match[3] else "year"
    return calendar_days(unit, dt.date(int(match[1]), int(match[2] or 3 * int(match[3] or 1)), 1))


def current(choice: str, today: dt.date) -> Days:
    """The year, quarter or month that runs, or all there was."""
    if choice == "all":
        return Days("all", None, today + dt.timedelta(1))
    return calendar_days(choice, today)


def days_named(name: str, today: dt.date) -> Days | None:
    """The period of a name, `all` among them; None: it is no name, or has not begun."""
    days = current(name, today) if name == "all" else calendar_named(name)
    return days if days and (days.since is None or days.since <= today) else None


def last_days(days: int, now: int) -> Period:
    """Returns the days up to and with the minute that runs."""
    until = (now // MINUTE_MS + 1) * MINUTE_MS
    return Period(str(days), until - days * DAY_MS, until)


def named(name: str, zone: dt.tzinfo) -> Period | None:
    """A calendar month (`2026-11`) or quarter (`2026-Q4`) of the zone; None: it is neither."""
    days = calendar_named(name) if "-" in name else None
    return days and _in_zone(days, zone)


def ended(unit: str, first: int, now: int, zone: dt.tzinfo, most: int = 24) -> list[Period]:
    """The months or quarters that are over, from that of `first` on; the latest first."""
    periods: list[Period] = []
    days = calendar_days(unit, dt.datetime.fromtimestamp(now / 1000, zone).date())
    while len(periods) < most and days.since is not None:
        days = calendar_days(unit, days.since - dt.timedelta(1))
        period = _in_zone(days, zone)
        if period.until <= first:
            break
        periods.append(period)
    return periods


def _in_zone(days: Days, zone: dt.tzinfo) -> Period:
    since, until = (
        int(dt.datetime.combine(day, dt.time(), zone).timestamp() * 1000)
        for day in (days.since or dt.date.min, days.until)
    )
    return Period(days.name, since, until)
