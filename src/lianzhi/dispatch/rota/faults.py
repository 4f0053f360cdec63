"""Faults of a rota: too few people, an officer in two places, no valid certificate.

Each has its beginning and end, so that it can be looked up in the rota.
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

#: Most faults reported of a kind.
MOST = 1000
_DAY = dt.timedelta(days=1)
Strength = list[tuple[int, int]]
"""Changes of strength: from when on (ms), and how many people are then on duty."""


class Fault(NamedTuple):
    """A fault of a rota, and when (ms)."""

    kind: Literal["gap", "double", "certificate", "unknown", "idle_swap"]
    begins: int
    ends: int
    squad: str
    officers: tuple[str, ...]
    said: str
    there: int = 0
    """Officers on duty during a gap."""
    least: int = 0
    """Officers required during a gap."""


def check(rota: Rota, since: dt.date, until: dt.date) -> tuple[Fault, ...]:
    """Faults of a rota that stays in force from `since` to `until`, in order of time."""
    return faults(timeline.unchanging(rota, since), since, until)


def faults(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> tuple[Fault, ...]:
    """Faults of successive rotas from `since` to `until`, in order of time, `MOST` of a kind.

    Each rota is judged by its own officers and requirements, while it is in force.
    """
    begin, end = moment(since), moment(until + _DAY)
    inside = [
        (piece, [duty for duty in timeline.duties_of(piece, since - _DAY, until + _DAY)
                 if begin < duty.ends])
        for piece in pieces
    ]  # fmt: skip
    strengths, ends = _strengths(inside), {piece.end for piece in pieces}
    listed = (
        *islice(_doubles(sorted(duty for _, duties in inside for duty in duties)), MOST),
        *islice(
            chain.from_iterable(_uncertified(piece.rota, duties) for piece, duties in inside), MOST
        ),
        *islice(
            chain.from_iterable(_gaps(piece, ends, strengths, since, until) for piece in pieces),
            MOST,
        ),
        *islice(chain.from_iterable(_idle_swaps(piece, since, until) for piece in pieces), MOST),
    )
    return _by_time(fault for fault in listed if fault.begins < end)


def _by_time(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: (fault.begins, fault.ends, fault)))


class RepeatedFault(NamedTuple):
    """A fault that may occur several times."""

    first: Fault
    until: int
    """When it ends for the last time (ms)."""
    times: int


def merge_repeats(faults: Iterable[Fault]) -> tuple[RepeatedFault, ...]:
    """Faults in the order of their first occurrence.

    A missing certificate, an unknown officer and a gap of one squad and size are listed once;
    overlapping duties and idle swaps each time.
    """
    repeated: dict[tuple[Any, ...], RepeatedFault] = {}
    for number, fault in enumerate(faults):
        again = fault.kind in ("certificate", "unknown", "gap")
        key = (fault.kind, fault.officers, fault.squad, fault.there, fault.least)
        before = repeated.get(key if again else (number,))
        if before is None:
            repeated[key if again else (number,)] = RepeatedFault(fault, fault.ends, 1)
        else:
            repeated[key] = RepeatedFault(
                before.first, max(before.until, fault.ends), before.times + 1
            )
    return tuple(repeated.values())


def _gaps(
    piece: Piece,
    ends: Collection[int],
    strengths: Mapping[str, Strength],
    since: dt.date,
    until: dt.date,
) -> Iterator[Fault]:
    """Times when a squad has too few officers. `ends`: the ends of all rotas."""
    period = piece.days(since, until)
    if period is None:
        return
    # A watch that began the evening before counts, unless no rota was in force then.
    new = period[0] == day_of(piece.start) and piece.start not in ends
    for day in days(period[0] if new else period[0] - _DAY, period[1]):
        for cover in piece.rota.covers:
            if day.isoweekday() not in cover.weekdays:
                continue
            first, last = cover.on(day)
            first, last = max(first, piece.start, moment(since)), min(last, piece.end)
            for a, b, count in _within(strengths.get(cover.squad, []), first, last):
                if count < cover.least:
                    message = f"{cover.squad} has {count} of {cover.least} officers; add a duty"
                    yield Fault("gap", a, b, cover.squad, (), message, count, cover.least)


def _strengths(pieces: Iterable[tuple[Piece, Iterable[Duty]]]) -> dict[str, Strength]:
    """Strength of each squad: officers only, by the list of the rota that a duty is from."""
    squads: dict[str, list[Duty]] = {}
    for piece, duties in pieces:
        officers = {each.id for each in piece.rota.officers if not each.observer}
        for duty in duties:
            if duty.officer in officers:
                squads.setdefault(duty.squad, []).append(duty)
    return {squad: _strength(duties) for squad, duties in squads.items()}


def _strength(duties: Iterable[Duty]) -> Strength:
    steps = sorted(
        step
        for duty in duties
        for step in ((duty.begins, 1, duty.officer), (duty.ends, -1, duty.officer))
    )
    there: Counter[str] = Counter()
    strength: list[tuple[int, int]] = []
    for at, together in groupby(steps, key=itemgetter(0)):
        for _, by, officer in together:
            there[officer] += by
            if not there[officer]:
                del there[officer]
        if not strength or strength[-1][1] != len(there):
            strength.append((at, len(there)))
    return strength


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


def _doubles(duties: Sequence[Duty]) -> Iterator[Fault]:
    last: dict[str, Duty] = {}
    for duty in duties:
        before = last.get(duty.officer)
        if before is not None and duty.begins < before.ends:
            where = f"{before.squad} and {duty.squad}" if before.squad != duty.squad else duty.squad
            yield Fault("double", duty.begins, min(duty.ends, before.ends), duty.squad,
                        (duty.officer,),
                        f"{duty.officer} is on duty twice at once ({where}); drop one")  # fmt: skip
        if before is None or duty.ends > before.ends:
            last[duty.officer] = duty


def _uncertified(rota: Rota, duties: Iterable[Duty]) -> Iterator[Fault]:
    known = {officer.id: officer for officer in rota.officers}
    for duty in duties:
        officer = known.get(duty.officer)
        about = duty.begins, duty.ends, duty.squad, (duty.officer,)
        if officer is None:
            yield Fault("unknown", *about, f"{duty.officer} is not among the officers; add them")
        elif officer.observer:
            continue
        elif officer.certificate_until is None:
            yield Fault(
                "certificate", *about, f"{officer.id} has no certificate; put another on duty"
            )
        elif officer.certificate_until < day_of(duty.ends - 1):
            until = officer.certificate_until
            message = f"the certificate of {officer.id} ends on {until}; renew it before"
            yield Fault("certificate", *about, message)


def _idle_swaps(piece: Piece, since: dt.date, until: dt.date) -> Iterator[Fault]:
    days = piece.days(since, until)
    if days is None:
        return
    since, until = days
    patterns: dict[str, list[Pattern]] = {}
    for pattern in piece.rota.patterns:
        patterns.setdefault(pattern.officer, []).append(pattern)
    for swap in piece.rota.swaps:
        mine = patterns.get(swap.officer, ())
        if since <= swap.day <= until and not any(falls_on(pattern, swap.day) for pattern in mine):
            message = f"{swap.officer} has no duty on {swap.day} that {swap.by} could take; mend it"
            yield Fault("idle_swap", moment(swap.day), moment(swap.day + _DAY), "",
                        (swap.officer, swap.by), message)  # fmt: skip
