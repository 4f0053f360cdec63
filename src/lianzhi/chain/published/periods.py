"""Periods as printed: 2021, 2021-Q2, 2021年上半年, 2021-06, 2021-01-01..2021-03-31."""

import calendar
import datetime as dt
import re
from typing import NamedTuple

from lianzhi.chain.published.units import folded

_YEAR = r"(?P<year>(?:19|20)\d\d) ?年?(?:度)?"
_QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_FORMS = (
    (re.compile(rf"(?:the year )?{_YEAR}(?: ?全年)?"), "year"),
    (re.compile(rf"{_YEAR}[- ]?q(?P<n>[1-4])"), "quarter"),
    (re.compile(rf"q(?P<n>[1-4])[- /]?{_YEAR}"), "quarter"),
    (re.compile(rf"{_YEAR} ?第?(?P<n>[一二三四1-4])季度?"), "quarter"),
    (re.compile(rf"{_YEAR}[- ]?h(?P<n>[12])"), "half"),
    (re.compile(rf"{_YEAR} ?(?P<n>[上下])半年"), "half"),
    (re.compile(rf"{_YEAR} ?[-/.年] ?(?P<n>\d\d?)(?: ?月份?)?"), "month"),
    (re.compile(rf"{_YEAR} ?(?P<n>\d\d?) ?月份?"), "month"),
    (re.compile(rf"{_YEAR} ?(?P<n>\d\d?) ?月? ?[-~至到—–] ?(?P<to>\d\d?) ?月份?"), "months"),
    (
        re.compile(r"(?P<a>\d{4}-\d\d-\d\d) ?(?:\.\.|/|to|至|到|~|—) ?(?P<b>\d{4}-\d\d-\d\d)"),
        "days",
    ),
    (re.compile(r"(?P<a>\d{4}) ?年? ?(?:\.\.|-|to|至|到|~|—|–) ?(?P<b>\d{4}) ?年?"), "years"),
)


class Period(NamedTuple):
    """A stretch of days, both ends included; without days where the text names none."""

    first: dt.date | None = None
    last: dt.date | None = None
    text: str = ""

    @property
    def id(self) -> str:
        """Key of the period: equal for every way of writing the same days."""
        if self.first is None or self.last is None:
            return folded(self.text)
        return f"{self.first}..{self.last}"

    @property
    def days(self) -> int | None:
        """How many days it has."""
        if self.first is None or self.last is None:
            return None
        return (self.last - self.first).days + 1

    @property
    def months(self) -> int:
        """How many calendar months it touches; 0 without days."""
        if self.first is None or self.last is None:
            return 0
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def holds(self, other: "Period") -> bool:
        """Whether the other lies in it and is shorter."""
        if self.first is None or self.last is None or other.first is None or other.last is None:
            return False
        return self.id != other.id and self.first <= other.first and other.last <= self.last

    def year_before(self) -> "Period":
        """The period of the same days a year earlier."""
        if self.first is None or self.last is None or self.first.year == 1:
            return self
        first, last = (_years(day, -1) for day in (self.first, self.last))
        if _month_end(self.last) == self.last:
            last = _month_end(last)
        return Period(first, last)

    def follows(self, other: "Period") -> bool:
        """Whether it begins on the day after the other ends."""
        if self.first is None or other.last is None:
            return False
        return self.first == other.last + dt.timedelta(1)


def period(text: str) -> Period:
    """Read a period; a text that names no days is a period by its name."""
    name = folded(text)
    for pattern, kind in _FORMS:
        if match := pattern.fullmatch(name):
            try:
                first, last = _days(kind, match.groupdict())
            except (ValueError, OverflowError):
                break
            if first <= last:
                return Period(first, last, text.strip())
    return Period(None, None, text.strip())


def within_year(given: Period, year: int) -> Period:
    """A period that is named without a year (一季度, Q2, 3月), as one of a year; others as are."""
    if given.days is not None or not given.text or given.text.strip().isdigit():
        return given
    dated = period(f"{year}年{given.text}")
    return given if dated.days is None else Period(dated.first, dated.last, dated.text)


def _days(kind: str, has: dict[str, str | None]) -> tuple[dt.date, dt.date]:
    if kind == "days":
        return dt.date.fromisoformat(has["a"] or ""), dt.date.fromisoformat(has["b"] or "")
    if kind == "years":
        return dt.date(int(has["a"] or 0), 1, 1), dt.date(int(has["b"] or 0), 12, 31)
    year, n = int(has["year"] or 0), has.get("n") or "1"
    if kind == "year":
        begin, end = 1, 12
    elif kind == "quarter":
        end = 3 * _QUARTER[n]
        begin = end - 2
    elif kind == "half":
        begin, end = (1, 6) if n in {"1", "上"} else (7, 12)
    else:
        begin, end = int(n), int(has.get("to") or n)
    return dt.date(year, begin, 1), _month_end(dt.date(year, end, 1))


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _years(day: dt.date, by: int) -> dt.date:
    last = calendar.monthrange(day.year + by, day.month)[1]
    return day.replace(year=day.year + by, day=min(day.day, last))
