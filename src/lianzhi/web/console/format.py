"""Times, durations and figures as people read them; pure functions over a catalogue."""

import datetime as dt

from babel.support import Translations

from lianzhi.documents.format import (
    DAY,
    HOUR,
    MINUTE,
    duration,
    iso,
    moment,
    number,
    stamp,
    stretch,
)
from lianzhi.web.core.addresses import address, local

__all__ = [
    "BEIJING",
    "DAY",
    "HOUR",
    "MINUTE",
    "address",
    "clock",
    "duration",
    "iso",
    "local",
    "number",
    "percent",
    "relative",
    "stamp",
    "stretch",
]

#: The zone of a deployment that names none: China has one.
BEIJING = dt.timezone(dt.timedelta(hours=8), "UTC+8")


def clock(ms: int, zone: dt.tzinfo) -> str:
    """`20:05:09`, for things that happened within one screen."""
    return moment(ms, zone).strftime("%H:%M:%S")


def relative(ms: int, now: int, catalogue: Translations) -> str:
    """`3 h ago`, `in 2 days`; within a minute of now, `just now`."""
    if abs(now - ms) < MINUTE:
        return catalogue.gettext("time.now")
    told = catalogue.gettext("time.ago") if ms < now else catalogue.gettext("time.ahead")
    return told % {"span": duration(abs(now - ms), catalogue)}


def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{share * 100:.0f} %"
