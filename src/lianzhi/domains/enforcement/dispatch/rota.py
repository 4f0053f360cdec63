"""Rota 值班: who is on duty when, from weekly patterns and what departs from them.

A rota is data (TOML or JSON). `duties` lays it out for some days, `check` finds where a squad has
too few people, somebody is in two places, or no valid certificate stands behind a duty.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

import msgspec

from lianzhi.domains.enforcement.dispatch.moments import day_of, moment

MOST_BYTES = 4 << 20
MOST_DAYS = 400
_DAY = dt.timedelta(days=1)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_Weekdays = Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...],
                      msgspec.Meta(min_length=1)]  # fmt: skip


class RotaError(ValueError):
    """A rota that cannot be read; the message names field, value and mend."""


class _Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From a time of day to another; to the next day where it is not later."""

    begins: str
    ends: str

    def __post_init__(self) -> None:
        for field in ("begins", "ends"):
            if not _TIME.fullmatch(getattr(self, field)):
                raise ValueError(f"{field} is {getattr(self, field)!r}; write like 08:30")

    def on(self, day: dt.date) -> tuple[int, int]:
        """From, to (ms), where it begins on a day."""
        begin, end = (int(t[:2]) * 60 + int(t[3:]) for t in (self.begins, self.ends))
        return moment(day, begin), moment(day, end if end > begin else end + 24 * 60)


class Officer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may be on duty. Observers (grid workers) need no certificate: they only report."""

    id: str
    squad: str
    certificate_until: dt.date | None = None
    """Last day on which the certificate holds; None: there is none."""
    observer: bool = False


class Pattern(_Hours, frozen=True, kw_only=True):
    """A duty that comes back every week, or every so many weeks."""

    officer: str
    weekdays: _Weekdays
    """1 Monday to 7 Sunday: on which day it begins."""
    since: dt.date
    until: dt.date | None = None
    every_weeks: Annotated[int, msgspec.Meta(ge=1, le=52)] = 1
    """Weeks are counted from that of `since`."""


class Cover(_Hours, frozen=True, kw_only=True):
    """How many officers a squad needs."""

    squad: str
    weekdays: _Weekdays
    least: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody is away: every duty that begins on these days falls away."""

    officer: str
    since: dt.date
    until: dt.date


class Swap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One takes the duties of another that begin on a day."""

    day: dt.date
    officer: str
    by: str


class Extra(_Hours, frozen=True, kw_only=True):
    """One duty more."""

    officer: str
    day: dt.date


class Rota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    officers: tuple[Officer, ...]
    patterns: tuple[Pattern, ...]
    covers: tuple[Cover, ...] = ()
    leaves: tuple[Leave, ...] = ()
    swaps: tuple[Swap, ...] = ()
    extras: tuple[Extra, ...] = ()


class Duty(NamedTuple):
    """One officer on duty, from and to (ms)."""

    begins: int
    ends: int
    officer: str
    squad: str
    why: Literal["pattern", "swap", "extra"]


class Fault(NamedTuple):
    """What is wrong with a rota, and when: a witness."""

    kind: Literal["gap", "double", "certificate", "unknown", "idle_swap"]
    begins: int
    ends: int
    squad: str
    officers: tuple[str, ...]
    said: str


def read(data: bytes) -> Rota:
    """A rota from TOML. Raises RotaError."""
    if len(data) > MOST_BYTES:
        raise RotaError(f"rota has {len(data):,} bytes; give {MOST_BYTES:,} at most")
    try:
        return msgspec.convert(tomllib.loads(data.decode("utf-8")), Rota)
    except (ValueError, RecursionError) as error:
        raise RotaError(f"rota: {error}; mend it and try again") from None


def duties(rota: Rota, since: dt.date, until: dt.date) -> tuple[Duty, ...]:
    """Duties that begin on the days from `since` to `until`, both counted, in order of time.

    Extras stand whatever leave says; a swap moves the pattern's duties of one day to another.
    """
    if not _DAY * 0 <= until - since <= _DAY * MOST_DAYS:
        raise RotaError(f"{since} to {until}: give 1 to {MOST_DAYS} days, the earlier first")
    squads = {one.id: one.squad for one in rota.officers}
    swapped = {(one.day, one.officer): one.by for one in rota.swaps}
    away: dict[str, list[Leave]] = {}
    for leave in rota.leaves:
        away.setdefault(leave.officer, []).append(leave)
    found = []
    for number in range((until - since).days + 1):
        day = since + _DAY * number
        for pattern in rota.patterns:
            if not _falls_on(pattern, day):
                continue
            officer = swapped.get((day, pattern.officer), pattern.officer)
            if not any(one.since <= day <= one.until for one in away.get(officer, ())):
                squad = squads.get(pattern.officer, "")
                why = "pattern" if officer == pattern.officer else "swap"
                found.append(Duty(*pattern.on(day), officer, squad, why))  # type: ignore[arg-type]
        found += [
            Duty(*extra.on(day), extra.officer, squads.get(extra.officer, ""), "extra")
            for extra in rota.extras
            if extra.day == day
        ]
    return tuple(sorted(found))


def _falls_on(pattern: Pattern, day: dt.date) -> bool:
    if day < pattern.since or (pattern.until is not None and day > pattern.until):
        return False
    monday = pattern.since - _DAY * (pattern.since.isoweekday() - 1)
    weeks = (day - monday).days // 7
    return day.isoweekday() in pattern.weekdays and weeks % pattern.every_weeks == 0


def on_duty(rota: Rota, at: int, squad: str | None = None) -> tuple[Duty, ...]:
    """Who is on duty at a moment (ms), in one squad or in all."""
    day = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
    around = duties(rota, day - _DAY, day + _DAY)  # a night begins the day before, UTC or not
    return tuple(
        duty for duty in around
        if duty.begins <= at < duty.ends and squad in (None, duty.squad)
    )  # fmt: skip


def check(rota: Rota, since: dt.date, until: dt.date) -> tuple[Fault, ...]:
    """Everything that is wrong from `since` to `until`, in order of time."""
    laid = duties(rota, since - _DAY, until)  # those that began the night before still run
    begin, end = moment(since), moment(until + _DAY)
    inside = [duty for duty in laid if duty.ends > begin]
    faults = [
        *_gaps(rota, inside, since, until),
        *_doubles(inside),
        *_uncertified(rota, inside),
        *_idle(rota, since, until),
    ]
    return tuple(sorted(fault for fault in faults if fault.begins < end))


def _gaps(rota: Rota, laid: Sequence[Duty], since: dt.date, until: dt.date) -> Iterator[Fault]:
    observers = {one.id for one in rota.officers if one.observer}
    for number in range((until - since).days + 1):
        day = since + _DAY * number
        for cover in rota.covers:
            if day.isoweekday() not in cover.weekdays:
                continue
            first, last = cover.on(day)
            there = [one for one in laid
                     if one.squad == cover.squad and one.officer not in observers]  # fmt: skip
            cuts = {t for one in there for t in (one.begins, one.ends) if first < t < last}
            short: list[tuple[int, int, int]] = []
            for a, b in pairwise(sorted(cuts | {first, last})):
                count = len({one.officer for one in there if one.begins <= a and b <= one.ends})
                if count >= cover.least:
                    continue
                if short and short[-1][1:] == (a, count):
                    short[-1] = (short[-1][0], b, count)
                else:
                    short.append((a, b, count))
            for a, b, count in short:
                said = f"{cover.squad} has {count} of {cover.least} officers; add a duty"
                yield Fault("gap", a, b, cover.squad, (), said)


def _doubles(laid: Sequence[Duty]) -> Iterator[Fault]:
    last: dict[str, Duty] = {}
    for duty in laid:
        before = last.get(duty.officer)
        if before is not None and duty.begins < before.ends:
            where = f"{before.squad} and {duty.squad}" if before.squad != duty.squad else duty.squad
            yield Fault("double", duty.begins, min(duty.ends, before.ends), duty.squad,
                        (duty.officer,),
                        f"{duty.officer} is on duty twice at once ({where}); drop one")  # fmt: skip
        if before is None or duty.ends > before.ends:
            last[duty.officer] = duty


def _uncertified(rota: Rota, laid: Sequence[Duty]) -> Iterator[Fault]:
    known = {one.id: one for one in rota.officers}
    for duty in laid:
        one = known.get(duty.officer)
        about = duty.begins, duty.ends, duty.squad, (duty.officer,)
        if one is None:
            yield Fault("unknown", *about, f"{duty.officer} is not among the officers; add them")
        elif one.observer:
            continue
        elif one.certificate_until is None:
            yield Fault("certificate", *about, f"{one.id} has no certificate; put another on duty")
        elif one.certificate_until < day_of(duty.ends - 1):
            said = f"the certificate of {one.id} ends on {one.certificate_until}; renew it before"
            yield Fault("certificate", *about, said)


def _idle(rota: Rota, since: dt.date, until: dt.date) -> Iterator[Fault]:
    for swap in rota.swaps:
        mine = [one for one in rota.patterns if one.officer == swap.officer]
        if since <= swap.day <= until and not any(_falls_on(one, swap.day) for one in mine):
            said = f"{swap.officer} has no duty on {swap.day} that {swap.by} could take; mend it"
            yield Fault("idle_swap", moment(swap.day), moment(swap.day + _DAY), "",
                        (swap.officer, swap.by), said)  # fmt: skip
