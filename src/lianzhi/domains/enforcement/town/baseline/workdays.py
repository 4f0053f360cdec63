"""The town's calendar: working days from its own small table of holidays, and times of day.

Days are those of China (UTC+8); times are Unix milliseconds.
"""

import datetime as dt
import tomllib
from importlib.resources import files

_MS_A_DAY = 86_400_000
_EPOCH = dt.date(1970, 1, 1).toordinal()
_EAST = 8 * 3_600_000
SUNDAY = 6


class Workdays:
    """Working days; beyond its table, every Monday to Friday."""

    def __init__(self) -> None:
        table = tomllib.loads((files(__package__) / "holidays.toml").read_text(encoding="utf-8"))
        self._off = _days(table["off"])
        self._worked = {dt.date.fromisoformat(day) for day in table["worked"]}
        self._festival = _days(table["spring_festival"])

    def worked(self, day: dt.date) -> bool:
        """Whether offices are open on the day."""
        return day in self._worked or (day.weekday() < SUNDAY - 1 and day not in self._off)

    def festival(self, day: dt.date) -> bool:
        """Whether the day lies in the spring festival's holidays."""
        return day in self._festival

    def on_or_after(self, day: dt.date) -> dt.date:
        """The day itself if it is a working day, else the next working day."""
        while not self.worked(day):
            day += dt.timedelta(1)
        return day

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after the day; with 0 the first on or after it."""
        for _ in range(count):
            day = self.on_or_after(day + dt.timedelta(1))
        return self.on_or_after(day)

    def between(self, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
        """The working days from first to last, both included."""
        return tuple(day for day in days(first, last) if self.worked(day))


def days(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Every day from first to last, both included."""
    return tuple(map(dt.date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))


def moment(day: dt.date, minute: float) -> int:
    """Unix ms at a number of minutes after midnight of the day."""
    return (day.toordinal() - _EPOCH) * _MS_A_DAY - _EAST + int(minute * 60) * 1000


def day_of(time: int) -> dt.date:
    """The day of a time in Unix ms."""
    return dt.date.fromordinal((time + _EAST) // _MS_A_DAY + _EPOCH)


def minute_of(time: int) -> int:
    """Minutes after midnight, rounded down."""
    return (time + _EAST) % _MS_A_DAY // 60_000


def month_after(first: dt.date, count: int) -> dt.date:
    """The first day of the month that is `count` months after that of `first`."""
    months = first.year * 12 + first.month - 1 + count
    return dt.date(months // 12, months % 12 + 1, 1)


def _days(periods: list[list[str]]) -> frozenset[dt.date]:
    ends = [tuple(map(dt.date.fromisoformat, period)) for period in periods]
    return frozenset(day for first, last in ends for day in days(first, last))
