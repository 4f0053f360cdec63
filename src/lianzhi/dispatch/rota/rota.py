"""Rota 值班: who is on duty when, from weekly patterns, leave, swaps and extra duties.

A rota is data in TOML or JSON. `duties` lays it out for a range of days.
"""

import codecs
import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, NamedTuple

import msgspec

from lianzhi.dispatch.moments import moment

MOST_BYTES = 1 << 20
MOST_DAYS = 400
_DAY = dt.timedelta(days=1)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_Weekdays = Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...],
                      msgspec.Meta(min_length=1)]  # fmt: skip


#: Most dots in a line of TOML: the parser takes minutes for a key of very many parts.
_MOST_DOTS = 300
#: People, patterns, leaves and swaps; needs of squads; extra duties.
_Many = msgspec.Meta(max_length=2000)
_Covers = msgspec.Meta(max_length=200)
_Extras = msgspec.Meta(max_length=20_000)


class RotaError(ValueError):
    """A rota that cannot be read; the message names field, value and mend."""


class _Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From one time of day to another; to the next day where that is not later."""

    begins: str
    ends: str

    def __post_init__(self) -> None:
        for field in ("begins", "ends"):
            if not _TIME.fullmatch(getattr(self, field)):
                raise ValueError(f"{field} is {getattr(self, field)!r}; write like 08:30")

    def on(self, day: dt.date) -> tuple[int, int]:
        """Beginning and end (ms) of the hours that begin on a day."""
        begin, end = (int(t[:2]) * 60 + int(t[3:]) for t in (self.begins, self.ends))
        return moment(day, begin), moment(day, end if end > begin else end + 24 * 60)


class Officer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person who may be on duty. Observers (grid workers) report only, without certificate."""

    id: str
    squad: str
    certificate_until: dt.date | None = None
    """Last day on which the certificate is valid; None: no certificate."""
    observer: bool = False


class Pattern(_Hours, frozen=True, kw_only=True):
    """A duty that recurs every week, or at an interval of weeks."""

    officer: str
    weekdays: _Weekdays
    """Days on which it begins, 1 (Monday) to 7 (Sunday)."""
    since: dt.date
    until: dt.date | None = None
    every_weeks: Annotated[int, msgspec.Meta(ge=1, le=52)] = 1
    """Weeks are counted from that of `since`."""


class Cover(_Hours, frozen=True, kw_only=True):
    """The least number of officers of a squad on duty."""

    squad: str
    weekdays: _Weekdays
    least: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An absence: no duty of the officer that begins on these days takes place."""

    officer: str
    since: dt.date
    until: dt.date


class Swap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`by` takes the duties of `officer` that begin on a day."""

    day: dt.date
    officer: str
    by: str


class Extra(_Hours, frozen=True, kw_only=True):
    """A single duty outside the patterns."""

    officer: str
    day: dt.date


class Rota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Officers with their duties, absences and required strengths."""

    officers: Annotated[tuple[Officer, ...], _Many]
    patterns: Annotated[tuple[Pattern, ...], _Many]
    covers: Annotated[tuple[Cover, ...], _Covers] = ()
    leaves: Annotated[tuple[Leave, ...], _Many] = ()
    swaps: Annotated[tuple[Swap, ...], _Many] = ()
    extras: Annotated[tuple[Extra, ...], _Extras] = ()


class Duty(NamedTuple):
    """An officer on duty, from and to (ms)."""

    begins: int
    ends: int
    officer: str
    squad: str
    why: Literal["pattern", "swap", "extra"]


def read(data: bytes) -> Rota:
    """A rota from TOML or, where it begins with a brace, from JSON. Raises RotaError."""
    if len(data) > MOST_BYTES:
        raise RotaError(f"rota has {len(data):,} bytes; give {MOST_BYTES:,} at most")
    plain = data.removeprefix(codecs.BOM_UTF8)
    try:
        if plain.lstrip().startswith(b"{"):
            rota = msgspec.json.decode(plain, type=Rota)
        else:
            lines = (line for line in plain.splitlines() if not line.lstrip().startswith(b"#"))
            if any(line.count(b".") > _MOST_DOTS for line in lines):
                raise ValueError(f"a line has more than {_MOST_DOTS} dots")
            rota = msgspec.convert(tomllib.loads(plain.decode("utf-8")), Rota)
        _check_consistency(rota)
    except (ValueError, RecursionError) as error:
        raise RotaError(f"rota: {error}; mend it and try again") from None
    return rota


def _check_consistency(rota: Rota) -> None:
    """Raise ValueError where parts of a rota contradict each other."""
    names = [officer.id for officer in rota.officers]
    if again := [name for name, times in Counter(names).items() if times > 1]:
        raise ValueError(f"officer {again[0]!r} is there twice")
    for leave in rota.leaves:
        if leave.until < leave.since:
            raise ValueError(f"leave of {leave.officer!r} ends on {leave.until}, before it begins")
    absent = {leave.officer for leave in rota.leaves} | {swap.officer for swap in rota.swaps}
    if unknown := sorted((absent | {swap.by for swap in rota.swaps}) - {*names}):
        raise ValueError(f"{unknown[0]!r} is on leave or swaps, and is not among the officers")
    swapped = Counter((swap.day, swap.officer) for swap in rota.swaps)
    if double := [key for key, times in swapped.items() if times > 1]:
        raise ValueError(f"the duty of {double[0][1]!r} on {double[0][0]} is swapped twice")


def duties(rota: Rota, since: dt.date, until: dt.date) -> tuple[Duty, ...]:
    """Duties that begin on the days from `since` to `until`, both included, in order of time.

    Extras take place in spite of leave; a swap moves the duties of one day to another officer.
    Raises RotaError for more than `MOST_DAYS` days.
    """
    if not _DAY * 0 <= until - since <= _DAY * MOST_DAYS:
        raise RotaError(f"{since} to {until}: give 1 to {MOST_DAYS} days, the earlier first")
    squads = {officer.id: officer.squad for officer in rota.officers}
    swapped = {(swap.day, swap.officer): swap.by for swap in rota.swaps}
    away = {
        (leave.officer, day)
        for leave in rota.leaves
        for day in days(max(leave.since, since), min(leave.until, until))
    }
    extras: dict[dt.date, list[Extra]] = {}
    for extra in rota.extras:
        extras.setdefault(extra.day, []).append(extra)
    result = []
    for day in days(since, until):
        for pattern in rota.patterns:
            if not falls_on(pattern, day):
                continue
            officer = swapped.get((day, pattern.officer), pattern.officer)
            if (officer, day) not in away:
                squad = squads.get(pattern.officer, "")
                why = "pattern" if officer == pattern.officer else "swap"
                result.append(Duty(*pattern.on(day), officer, squad, why))  # type: ignore[arg-type]
        result += [
            Duty(*extra.on(day), extra.officer, squads.get(extra.officer, ""), "extra")
            for extra in extras.get(day, ())
        ]
    return tuple(sorted(result))


def falls_on(pattern: Pattern, day: dt.date) -> bool:
    """Whether a duty of a pattern begins on a day."""
    if day < pattern.since or (pattern.until is not None and day > pattern.until):
        return False
    monday = pattern.since - _DAY * (pattern.since.isoweekday() - 1)
    weeks = (day - monday).days // 7
    return day.isoweekday() in pattern.weekdays and weeks % pattern.every_weeks == 0


def on_duty(duties: Iterable[Duty], at: int, squad: str | None = None) -> tuple[Duty, ...]:
    """The duties that run at a moment (ms), of one squad or of all."""
    return tuple(
        duty for duty in duties if duty.begins <= at < duty.ends and squad in (None, duty.squad)
    )


def days(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """The days from one to another, both included."""
    for number in range((until - since).days + 1):
        yield since + _DAY * number
