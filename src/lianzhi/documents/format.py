"""Times, durations and figures as text; pure functions over a catalogue."""

import datetime as dt

from babel.support import Translations

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
#: The zone of a deployment that names none: China has one.
BEIJING = dt.timezone(dt.timedelta(hours=8), "UTC+8")


def stamp(ms: int, zone: dt.tzinfo) -> str:
    """`2026-11-24 20:05` in the deployment's zone."""
    return moment(ms, zone).strftime("%Y-%m-%d %H:%M")


def stretch(since: int, until: int, zone: dt.tzinfo) -> str:
    """`2026-11-24 19:50 - 20:36`; a common day once, equal times once."""
    first, last = stamp(since, zone), stamp(until, zone)
    if first == last:
        return first
    return f"{first} – {last[11:] if first[:10] == last[:10] else last}"


def iso(ms: int, zone: dt.tzinfo) -> str:
    """RFC 3339 with the zone's offset, for machine-readable attributes and tooltips."""
    return moment(ms, zone).isoformat(timespec="seconds")


def exact(ms: int, zone: dt.tzinfo) -> str:
    """RFC 3339 to the millisecond, for evidence."""
    return moment(ms, zone).isoformat(timespec="milliseconds")


def zone_name(minutes: int) -> str:
    """`UTC+08:00` for an offset in minutes."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{hours:02d}:{rest:02d}"


def moment(ms: int, zone: dt.tzinfo) -> dt.datetime:
    """The time in a zone."""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).astimezone(zone)


def duration(ms: int, catalogue: Translations) -> str:
    """A duration in words, in its two largest units where the second one matters."""
    if ms < MINUTE:
        return catalogue.gettext("time.under_a_minute")
    if ms < HOUR:
        return catalogue.gettext("time.min") % {"n": ms // MINUTE}
    if ms < DAY:
        hours, rest = divmod(ms, HOUR)
        text = catalogue.gettext("time.h") % {"n": hours}
        minutes = rest // MINUTE
        if hours < 10 and minutes:
            text += " " + catalogue.gettext("time.min") % {"n": minutes}
        return text
    days = ms // DAY
    return str(catalogue.ngettext("time.day", "time.days", days)) % {"n": days}


def number(value: float) -> str:
    """Thousands grouped; at most one decimal, and none for whole or large values."""
    if 0 < value < 0.05:
        return "<0.1"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}"
