"""Working days 工作日 in China, and counting in them.

Each year's holidays and exchanged working weekends (调休) are set by a notice of the State Council.
So a year is known only with its notice; days of other years are refused rather than taken for plain
weekdays. `holidays.py` states the sources.
"""

import datetime as dt
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

#: Most days counted in one call: a hundred years.
MOST = 36_525

Kind = Literal["holiday", "workday"]


class UnknownYearError(ValueError):
    """No holidays are known for a year, so its working days cannot be counted."""

    def __init__(self, year: int, known: str) -> None:
        self.year = year
        super().__init__(
            f"the holidays of {year} are not known (known: {known}); once the State Council has "
            f"announced them, give a file of them with years = [{year}]"
        )


class Marked(NamedTuple):
    """A day that differs from the plain week."""

    day: dt.date
    kind: Kind
    """`holiday`: not a working day; `workday`: a working Saturday or Sunday."""
    name: str = ""
    """Name of the festival, as in its source."""


class Calendar:
    """Working days of whole years. Days are those of China; immutable.

    `years` are those whose marks are complete; each mark must lie in one of them (ValueError).
    """

    def __init__(self, years: Iterable[int], marks: Iterable[Marked]) -> None:
        self.known_years: tuple[int, ...] = tuple(sorted(set(years)))
        self._marks: Mapping[dt.date, Marked] = {mark.day: mark for mark in marks}
        if wild := [day for day in self._marks if day.year not in self.known_years]:
            raise ValueError(f"{min(wild)} is marked, but its year is not among the known ones")
        # Adjacent years share one sorted array, so that counting is a binary search.
        self._runs: dict[int, array[int]] = {}
        for year in self.known_years:
            run = self._runs.setdefault(year, self._runs.get(year - 1, array("l")))
            run.extend(self._worked(year))

    def __repr__(self) -> str:
        return f"Calendar({self.known()})"

    def _worked(self, year: int) -> Iterator[int]:
        for number in range(dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal() + 1):
            mark = self._marks.get(dt.date.fromordinal(number))
            # Ordinal 1 was a Monday.
            if mark.kind == "workday" if mark else (number - 1) % 7 < 5:
                yield number

    def known(self) -> str:
        """The known years in text form: `2004-2026, 2028`."""
        starts = [year for year in self.known_years if year - 1 not in self._runs]
        ends = [year for year in self.known_years if year + 1 not in self._runs]
        spans = zip(starts, ends, strict=True)
        return ", ".join(f"{a}-{b}" if a < b else f"{a}" for a, b in spans) or "none"

    def with_years(self, years: Iterable[int], marks: Iterable[Marked]) -> "Calendar":
        """This calendar with whole years replaced, and marks of single days in other years."""
        replaced = set(years)
        kept = {day: mark for day, mark in self._marks.items() if day.year not in replaced}
        kept |= {mark.day: mark for mark in marks}
        return Calendar({*self.known_years, *replaced}, kept.values())

    def mark(self, day: dt.date) -> Marked | None:
        """The mark of a day; None on a plain weekday or weekend. Raises UnknownYearError."""
        self._run(day.year)
        return self._marks.get(day)

    def is_working(self, day: dt.date) -> bool:
        """Whether a day is a working day. Raises UnknownYearError."""
        run, number = self._run(day.year), day.toordinal()
        at = bisect_left(run, number)
        return at < len(run) and run[at] == number

    def next_working(self, day: dt.date) -> dt.date:
        """The day itself when it is a working day, else the first one after it."""
        run = self._run(day.year)
        return self._at(run, bisect_left(run, day.toordinal()))

    def previous_working(self, day: dt.date) -> dt.date:
        """The day itself when it is a working day, else the last one before it."""
        run = self._run(day.year)
        return self._at(run, bisect_right(run, day.toordinal()) - 1)

    def add_working(self, day: dt.date, n: int) -> dt.date:
        """The nth working day after a day, which itself is not counted; before it where n < 0.

        `n = 0` is the day itself. Raises UnknownYearError where the count leaves the known years,
        ValueError where n is beyond a hundred years.
        """
        if not -MOST <= n <= MOST:
            raise ValueError(f"n is {n}; count at most {MOST} working days")
        run = self._run(day.year)
        if n == 0:
            return day
        number = day.toordinal()
        return self._at(
            run, (bisect_right(run, number) - 1 if n > 0 else bisect_left(run, number)) + n
        )

    def count_working(self, first: dt.date, last: dt.date) -> int:
        """Working days from one day to another, both included; 0 where the last is before."""
        if last < first:
            return 0
        run = self._run(first.year)
        for year in range(first.year, last.year + 1):
            self._run(year)
        return bisect_right(run, last.toordinal()) - bisect_left(run, first.toordinal())

    def _run(self, year: int) -> "array[int]":
        try:
            return self._runs[year]
        except KeyError:
            raise UnknownYearError(year, self.known()) from None

    def _at(self, run: "array[int]", index: int) -> dt.date:
        if index < 0:
            raise UnknownYearError(dt.date.fromordinal(run[0]).year - 1, self.known())
        if index >= len(run):
            raise UnknownYearError(dt.date.fromordinal(run[-1]).year + 1, self.known())
        return dt.date.fromordinal(run[index])
