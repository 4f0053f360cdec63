"""A week of a rota laid out for a chart: a lane for each person, and the gaps of each squad."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lianzhi.dispatch.moments import MINUTE, moment
from lianzhi.dispatch.rota.faults import Fault
from lianzhi.dispatch.rota.rota import Duty

DAYS = 7
#: Width of a lane: the minutes of a week.
WIDTH = DAYS * 24 * 60


class Bar(NamedTuple):
    """A stretch of time in a lane, in minutes of the week."""

    x: int
    width: int
    begins: int
    """Its full beginning and end (ms), also outside the week."""
    ends: int
    what: str
    """Reason of a duty (`Duty.why`), or kind of a fault."""


class Lane(NamedTuple):
    """The duties of one person."""

    officer: str
    bars: tuple[Bar, ...]
    minutes: int
    """Minutes on duty within the week, overlapping duties counted once."""


class Squad(NamedTuple):
    """A squad: when it has too few people, and its lanes."""

    name: str
    gaps: tuple[Bar, ...]
    lanes: tuple[Lane, ...]


class Week(NamedTuple):
    """A chart of one week."""

    days: tuple[dt.date, ...]
    squads: tuple[Squad, ...]
    now: int | None
    """The present in minutes of the week; None: outside of it."""


def monday(day: dt.date) -> dt.date:
    """The Monday of the week of a day."""
    return day - dt.timedelta(days=day.weekday())


def week(
    first: dt.date,
    members: Iterable[tuple[str, str]],
    duties: Iterable[Duty],
    faults: Iterable[Fault],
    at: int,
) -> Week:
    """The week that begins on `first`.

    `members`: squad and officer, also those without duty. `duties`: at least all that run within
    the week. `at`: the present (ms).
    """
    start = moment(first)
    lanes: dict[tuple[str, str], list[Bar]] = {member: [] for member in members}
    for duty in sorted(duties):
        bar = _bar(start, duty.begins, duty.ends, duty.why)
        if bar is not None:
            lanes.setdefault((duty.squad, duty.officer), []).append(bar)
    gaps: dict[str, list[Bar]] = defaultdict(list)
    for fault in faults:
        bar = _bar(start, fault.begins, fault.ends, fault.kind)
        if bar is not None and fault.kind == "gap":
            gaps[fault.squad].append(bar)
    names = sorted({squad for squad, _ in lanes} | gaps.keys())
    squads = tuple(Squad(name, tuple(gaps[name]), _lanes(name, lanes)) for name in names)
    now = (at - start) // MINUTE
    days = tuple(first + dt.timedelta(days=number) for number in range(DAYS))
    return Week(days, squads, now if 0 <= now < WIDTH else None)


def _lanes(squad: str, lanes: dict[tuple[str, str], list[Bar]]) -> tuple[Lane, ...]:
    members = sorted((officer, bars) for (name, officer), bars in lanes.items() if name == squad)
    return tuple(Lane(officer, tuple(bars), _minutes(bars)) for officer, bars in members)


def _minutes(bars: Sequence[Bar]) -> int:
    """Minutes that bars cover, overlaps counted once."""
    total, reached = 0, 0
    for bar in bars:
        total += max(0, bar.x + bar.width - max(bar.x, reached))
        reached = max(reached, bar.x + bar.width)
    return total


def _bar(start: int, begins: int, ends: int, label: str) -> Bar | None:
    first = max(0, (begins - start) // MINUTE)
    last = min(WIDTH, (ends - start) // MINUTE)
    return Bar(first, last - first, begins, ends, label) if first < last else None
