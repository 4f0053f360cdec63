"""Faults of a rota: a squad with too few people, somebody in two places, no valid certificate.

Each is told from when to when, so that anybody can look it up in the rota.
"""

import datetime as dt
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from lianzhi.dispatch.moments import day_of, moment
from lianzhi.dispatch.rota import timeline
from lianzhi.dispatch.rota.rota import Duty, Pattern, Rota, days, falls_on
from lianzhi.dispatch.rota.timeline import Piece

#: Faults of a kind that are told at most.
MOST = 1000
_DAY = dt.timedelta(days=1)
Strength = list[tuple[int, int]]
"""From when on (ms) how many people are on duty, each counted once; changes only."""


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
    return faults(timeline.alone(rota, since), since, until)


def faults(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> tuple[Fault, ...]:
    """What is wrong with rotas in turn from `since` to `until`, in order of time; `MOST` of each
    kind at most. Each is judged by what it says itself, for the time in which it is in force."""
    begin, end = moment(since), moment(until + _DAY)
    brought = [(one, timeline.duties_of(one, since - _DAY, until + _DAY)) for one in pieces]
    inside = [(one, [duty for duty in some if begin < duty.ends]) for one, some in brought]
    strengths, ends = _strengths(inside), {one.end for one in pieces}
    found = (
        *islice(_doubles(sorted(duty for _, some in inside for duty in some)), MOST),
        *islice(chain.from_iterable(_uncertified(one.rota, some) for one, some in inside), MOST),
        *islice(
            chain.from_iterable(_gaps(one, ends, strengths, since, until) for one in pieces), MOST
        ),
        *islice(chain.from_iterable(_idle(one, since, until) for one in pieces), MOST),
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


def _gaps(
    one: Piece,
    ends: Collection[int],
    strengths: Mapping[str, Strength],
    since: dt.date,
    until: dt.date,
) -> Iterator[Fault]:
    """`ends`: those of all rotas."""
    asked = one.days(since, until)
    if asked is None:
        return
    # A watch of the night before counts too, but where no rota was before there was none.
    new = asked[0] == day_of(one.start) and one.start not in ends
    for day in days(asked[0] if new else asked[0] - _DAY, asked[1]):
        for cover in one.rota.covers:
            if day.isoweekday() not in cover.weekdays:
                continue
            first, last = cover.on(day)
            first, last = max(first, one.start, moment(since)), min(last, one.end)
            for a, b, count in _within(strengths.get(cover.squad, []), first, last):
                if count < cover.least:
                    said = f"{cover.squad} has {count} of {cover.least} officers; add a duty"
                    yield Fault("gap", a, b, cover.squad, (), said, count, cover.least)


def _strengths(brought: Iterable[tuple[Piece, Iterable[Duty]]]) -> dict[str, Strength]:
    """How strong each squad is: officers only, as the rota lists them that brings a duty."""
    squads: dict[str, list[Duty]] = {}
    for one, some in brought:
        officers = {each.id for each in one.rota.officers if not each.observer}
        for duty in some:
            if duty.officer in officers:
                squads.setdefault(duty.squad, []).append(duty)
    return {squad: _strength(some) for squad, some in squads.items()}


def _strength(some: Iterable[Duty]) -> Strength:
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


def _within(strength: Strength, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """From, to, how many: between two moments; nothing where the second is not later."""
    if last <= first:
        return
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


def _uncertified(rota: Rota, laid: Iterable[Duty]) -> Iterator[Fault]:
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


def _idle(piece: Piece, since: dt.date, until: dt.date) -> Iterator[Fault]:
    asked = piece.days(since, until)
    if asked is None:
        return
    since, until = asked
    patterns: dict[str, list[Pattern]] = {}
    for one in piece.rota.patterns:
        patterns.setdefault(one.officer, []).append(one)
    for swap in piece.rota.swaps:
        mine = patterns.get(swap.officer, ())
        if since <= swap.day <= until and not any(falls_on(one, swap.day) for one in mine):
            said = f"{swap.officer} has no duty on {swap.day} that {swap.by} could take; mend it"
            yield Fault("idle_swap", moment(swap.day), moment(swap.day + _DAY), "",
                        (swap.officer, swap.by), said)  # fmt: skip
