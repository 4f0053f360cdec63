"""Periods of a scorecard, by their names: `2026-11`, `2026-Q4`, `2026`, `all`."""

import datetime as dt
import re
from typing import NamedTuple

#: What the reader may choose, the usual one first.
CHOICES = ("year", "quarter", "month", "all")
_NAME = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)


class Period(NamedTuple):
    """[since, until); `since` None: from the first day on the record."""

    name: str
    since: dt.date | None
    until: dt.date

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.until - dt.timedelta(1)


def current(choice: str, today: dt.date) -> Period:
    """The year, quarter or month that runs, or all there was."""
    if choice == "all":
        return Period("all", None, today + dt.timedelta(1))
    name = {
        "year": f"{today:%Y}",
        "quarter": f"{today.year}-Q{(today.month + 2) // 3}",
        "month": f"{today:%Y-%m}",
    }[choice]
    return named(name, today) or Period("all", None, today + dt.timedelta(1))


def named(name: str, today: dt.date) -> Period | None:
    """The period of a name; None: it is no name, or has not begun."""
    if name == "all":
        return current("all", today)
    found = _NAME.fullmatch(name)
    if found is None or not 1900 < int(found[1]) < 2200:
        return None
    year, month, months = int(found[1]), 1, 12
    if found[2]:
        month, months = int(found[2]), 1
    elif found[3]:
        month, months = 3 * int(found[3]) - 2, 3
    after, rest = divmod(month - 1 + months, 12)
    since, until = dt.date(year, month, 1), dt.date(year + after, rest + 1, 1)
    return Period(name, since, until) if since <= today else None
