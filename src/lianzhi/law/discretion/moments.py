"""Days in the notation of FEEL: `date("2026-01-31")`, `date(2026, 1, 31)`, `date and time("…")`.

A table counts in days of China. A moment is accepted where it is the beginning of a day, or the end
of one that closes a range (`<= date and time("2026-06-30T23:59:59")`); others are refused.
"""

import datetime as dt
import re

PATTERN = (
    r'date\s+and\s+time\(\s*"[^"]*"\s*\)|date\(\s*"[^"]*"\s*\)'
    r'|date\(\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\)|@"[^"]*"'
)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:T(?P<time>\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?P<zone>Z|[+-]\d{2}:\d{2}|@[\w/]+)?)?"
)
_START, _END = re.compile(r"00:00(:00(\.0+)?)?"), re.compile(r"23:59(:59(\.9+)?)?")
_CHINA = (None, "+08:00", "@Asia/Shanghai")


def read(text: str, *, closes: bool = False) -> int:
    """The ordinal of a day; `closes`: the day counts whole, as the closed end of a range.

    Raises ValueError with the fault and its remedy.
    """
    if '"' not in text:
        parts = [int(part) for part in re.findall(r"\d+", text)]
        return _day(text, "-".join(f"{part:0{2 + 2 * (n == 0)}}" for n, part in enumerate(parts)))
    moment = text.split('"')[1]
    match = _MOMENT.fullmatch(moment)
    if match is None:
        raise ValueError(f"{moment!r} is no day; write like 2026-01-31")
    time, zone = match["time"], match["zone"]
    if zone not in _CHINA:
        raise ValueError(
            f"{text} is in the zone {zone}, and a table counts in days of China; write it without "
            'one, or date("2026-01-31")'
        )
    if time and not _START.fullmatch(time) and not (closes and _END.fullmatch(time)):
        raise ValueError(
            f'{text} is a time of day, and a table counts in days; write date("{match["day"]}")'
        )
    return _day(moment, match["day"])


def _day(text: str, iso: str) -> int:
    try:
        return dt.date.fromisoformat(iso).toordinal()
    except ValueError:
        raise ValueError(f"{text!r} is no day; write like 2026-01-31") from None
