"""Periods: the stretches of time that a scorecard may be asked for; pure functions of time."""

import datetime as dt
import re

import msgspec

from lianzhi.web.console.format import DAY, MINUTE

#: Days before now that may be chosen.
DAYS = (7, 30, 90)
#: The longest stretch that may be asked for, in ms.
LONGEST = 366 * DAY
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)


class Period(msgspec.Struct, frozen=True):
    """[since, until) in Unix milliseconds; `name` is `30`, `2026-11` or `2026-Q4`."""

    name: str
    since: int
    until: int


def last_days(days: int, now: int) -> Period:
    """So many days up to and with the minute that runs."""
    until = (now // MINUTE + 1) * MINUTE
    return Period(str(days), until - days * DAY, until)


def named(name: str, zone: dt.tzinfo) -> Period | None:
    """A calendar month (`2026-11`) or quarter (`2026-Q4`) of the zone; None: it is neither."""
    if found := _MONTH.fullmatch(name):
        return _months(name, int(found[1]), int(found[2]), 1, zone)
    if found := _QUARTER.fullmatch(name):
        return _months(name, int(found[1]), 3 * int(found[2]) - 2, 3, zone)
    return None


def over(unit: str, first: int, now: int, zone: dt.tzinfo, most: int = 24) -> list[Period]:
    """The months or quarters that are over, from that of `first` on; the latest first."""
    length = 3 if unit == "quarter" else 1
    at = dt.datetime.fromtimestamp(now / 1000, zone)
    serial = (at.year * 12 + at.month - 1) // length
    found: list[Period] = []
    while len(found) < most:
        serial -= 1
        year, month = divmod(serial * length, 12)
        name = f"{year}-Q{month // 3 + 1}" if length == 3 else f"{year}-{month + 1:02}"
        period = _months(name, year, month + 1, length, zone)
        if period is None or period.until <= first:
            break
        found.append(period)
    return found


def _months(name: str, year: int, month: int, length: int, zone: dt.tzinfo) -> Period | None:
    if not 1970 < year < 9999:
        return None
    after, rest = divmod(month - 1 + length, 12)
    first = dt.datetime(year, month, 1, tzinfo=zone)
    last = dt.datetime(year + after, rest + 1, 1, tzinfo=zone)
    return Period(name, int(first.timestamp() * 1000), int(last.timestamp() * 1000))
