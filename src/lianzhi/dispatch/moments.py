"""Moments in Unix milliseconds and days of China (UTC+8, no summer time since 1991)."""

import datetime as dt

MINUTE = 60_000
CHINA = dt.timezone(dt.timedelta(hours=8))


def day_of(ms: int) -> dt.date:
    """The day in China at a moment."""
    return dt.datetime.fromtimestamp(ms / 1000, CHINA).date()


def moment(day: dt.date, minutes: int = 0) -> int:
    """The time (ms) a number of minutes after the beginning of a day in China."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=CHINA)
    return int(midnight.timestamp()) * 1000 + minutes * MINUTE


def isoformat(ms: int) -> str:
    """A moment in ISO 8601, to the second, with the offset of China."""
    return dt.datetime.fromtimestamp(ms / 1000, CHINA).isoformat(timespec="seconds")
