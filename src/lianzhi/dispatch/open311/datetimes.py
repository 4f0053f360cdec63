"""Dates and times by the W3C note on ISO 8601, always with Z or an offset."""

import datetime as dt
import re

_W3C = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)", re.IGNORECASE
)
_PLUS_LOST = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$", re.IGNORECASE)


def read(text: str) -> int:
    """Unix ms of a date and time. Raises ValueError that says how to write it.

    A space in place of `+` is accepted: so an offset arrives that a client did not escape.
    """
    given = _PLUS_LOST.sub(r"\1+\2", text.strip())
    try:
        if not _W3C.fullmatch(given):
            raise ValueError
        at = dt.datetime.fromisoformat(_micro(given.upper()))
        return int(at.timestamp() * 1000 // 1)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text[:60]!r} is no date and time; write like 2026-01-31T08:30:00+08:00"
        ) from None


def _micro(text: str) -> str:
    """At most microseconds, which is what Python reads."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)
