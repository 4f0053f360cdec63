"""Times and shares as pages show them; `documents.format` has what papers show as well."""

import datetime as dt

from babel.support import Translations

from lianzhi.documents.format import MINUTE, duration, moment


def clock(ms: int, zone: dt.tzinfo) -> str:
    """`20:05:09`, for things that happened within one screen."""
    return moment(ms, zone).strftime("%H:%M:%S")


def relative(ms: int, now: int, catalogue: Translations) -> str:
    """`3 h ago`, `in 2 days`; within a minute of now, `just now`."""
    if abs(now - ms) < MINUTE:
        return catalogue.gettext("time.now")
    phrase = catalogue.gettext("time.ago") if ms < now else catalogue.gettext("time.ahead")
    return phrase % {"span": duration(abs(now - ms), catalogue)}


def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{share * 100:.0f} %"
