"""Faults of a rota: a squad with too few people, somebody in two places, no valid certificate.

Each is told from when to when, so that anybody can look it up in the rota.
"""

import datetime as dt
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from lianzhi.domains.enforcement.dispatch.moments import day_of, moment
from lianzhi.domains.enforcement.dispatch.rota import (
    Duty,
    Officer,
    Pattern,
    Rota,
    days,
    duties,
    falls_on,
)
from lianzhi.domains.enforcement.dispatch.timeline import Stretch

#: Faults of a kind that are told at most.
MOST = 1000
_DAY = dt.timedelta(days=1)


class Fault(NamedTuple):
    """What is wrong with a rota, and when: a witness."""

    kind: Literal["gap", "double", "certificate", "unknown", "idle_swap"]
    begins: int
    ends: int
    squad: str
    officers: tuple[str, ...]
    said: str
    there: int = 0
    """Of a gap: how many are on duty."""
    least: int = 0
    """Of a gap: how many there have to be."""


def check(rota: Rota, since: dt.date, until: dt.date) -> tuple[Fault, ...]:
    """What is wrong with a rota by itself from `since` to `until`, in order of time."""
    laid = duties(rota, since - _DAY, until + _DAY)
    return faults(laid, [Stretch(rota, since, until)], rota.officers)


def faults(
    laid: Iterable[Duty], stretches: Sequence[Stretch], officers: Iterable[Officer]
) -> tuple[Fault, ...]:
    """What is wrong on these stretches of days, in order of time; `MOST` of each kind at most.

    `laid`: all duties of these days, the one before and the one after, whichever rota they come
    from; `officers`: who is on the lists of these rotas.
    """
    if not stretches:
        return ()
    begin, end = moment(stretches[0].since), moment(stretches[-1].until + _DAY)
    inside = sorted(duty for duty in laid if begin < duty.ends)
    known = {one.id: one for one in officers}
    found = (
        *islice(_doubles(inside), MOST),
        *islice(_uncertified(known, inside), MOST),
        *islice(chain.from_iterable(_gaps(known, inside, one) for one in stretches), MOST),
        *islice(chain.from_iterable(map(_idle, stretches)), MOST),
    )
    return in_order(fault for fault in found if fault.begins < end)


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults by time."""
    return tuple(sorted(faults, key=lambda one: (one.begins, one.ends, one)))


class Told(NamedTuple):
    """A fault as it is told: once, however often it comes."""

    first: Fault
    until: int
    """When it ends for the last time (ms)."""
    times: int


def told_once(faults: Iterable[Fault]) -> tuple[Told, ...]:
    """Faults in the order of their first times. What somebody lacks, and a squad that again has
    too few, are told once; two duties at once and idle swaps each time."""
    found: dict[tuple[Any, ...], Told] = {}
    for number, fault in enumerate(faults):
        again = fault.kind in ("certificate", "unknown", "gap")
        key = (fault.kind, fault.officers, fault.squad, fault.there, fault.least)
        before = found.get(key if again else (number,))
        if before is None:
            found[key if again else (number,)] = Told(fault, fault.ends, 1)
        else:
            found[key] = Told(before.first, max(before.until, fault.ends), before.times + 1)
    return tuple(found.values())


def _gaps(known: Mapping[str, Officer], laid: Iterable[Duty], days_of: Stretch) -> Iterator[Fault]:
    squads: dict[str, list[Duty]] = {}
    for duty in laid:
        if duty.officer in known and not known[duty.officer].observer:
            squads.setdefault(duty.squad, []).append(duty)
    strengths = {squad: _strength(some) for squad, some in squads.items()}
    for day in days(days_of.since, days_of.until):
        for cover in days_of.rota.covers:
            if day.isoweekday() not in cover.weekdays:
                continue
            first, last = cover.on(day)
            for a, b, count in _within(strengths.get(cover.squad, []), first, last):
                if count < cover.least:
                    said = f"{cover.squad} has {count} of {cover.least} officers; add a duty"
                    yield Fault("gap", a, b, cover.squad, (), said, count, cover.least)


def _strength(some: Iterable[Duty]) -> list[tuple[int, int]]:
    """From when on (ms) how many people are on duty, each counted once; changes only."""
    steps = sorted(
        step for one in some for step in ((one.begins, 1, one.officer), (one.ends, -1, one.officer))
    )
    there: Counter[str] = Counter()
    found: list[tuple[int, int]] = []
    for at, together in groupby(steps, key=itemgetter(0)):
        for _, by, officer in together:
            there[officer] += by
            if not there[officer]:
                del there[officer]
        if not found or found[-1][1] != len(there):
            found.append((at, len(there)))
    return found


def _within(
    strength: list[tuple[int, int]], first: int, last: int
) -> Iterator[tuple[int, int, int]]:
    """From, to, how many: between two moments."""
    at = bisect_right(strength, (first, sys.maxsize)) - 1
    count = strength[at][1] if at >= 0 else 0
    while at + 1 < len(strength) and strength[at + 1][0] < last:
        at += 1
        yield first, strength[at][0], count
        first, count = strength[at]
    yield first, last, count


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


def _uncertified(known: Mapping[str, Officer], laid: Iterable[Duty]) -> Iterator[Fault]:
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


def _idle(days_of: Stretch) -> Iterator[Fault]:
    rota, since, until = days_of
    patterns: dict[str, list[Pattern]] = {}
    for one in rota.patterns:
        patterns.setdefault(one.officer, []).append(one)
    for swap in rota.swaps:
        mine = patterns.get(swap.officer, ())
        if since <= swap.day <= until and not any(falls_on(one, swap.day) for one in mine):
            said = f"{swap.officer} has no duty on {swap.day} that {swap.by} could take; mend it"
            yield Fault("idle_swap", moment(swap.day), moment(swap.day + _DAY), "",
                        (swap.officer, swap.by), said)  # fmt: skip
