"""Reads days such as 2027-01-01, and those of spreadsheets: 2027/1/1, 2027.1.1, 2027年1月1日."""

import datetime as dt
import re
import unicodedata

#: Unambiguous: the year has four digits and comes first.
PATTERN = r"\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日)"
_DAY = re.compile(rf"({PATTERN})(?:[T ]0{{1,2}}:00(?::00)?)?")


def read_day(text: str) -> dt.date:
    """The day in a text; a following midnight, as spreadsheets add, is accepted. Raises
    ValueError.
    """
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise ValueError(f"{text!r} is no day; write like 2027-01-01")
    year, month, day = map(int, re.findall(r"\d+", match[1]))
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar; write like 2027-01-01") from None
