"""Hand-over 交接班: what those going off duty have open passes to those who come on.

The entries that follow are `request.handed_over` with a note, and `request.taken_over` when the
other side says that it has it; until then the work stays where it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lianzhi.domains.enforcement.dispatch.request import Request
from lianzhi.domains.enforcement.dispatch.rota import Duty, on_duty

#: Ends of duties that are looked at in one go.
_MOST_ENDS = 200


class HandOver(NamedTuple):
    """One request that has to change hands."""

    request: str
    holder: str
    """Who has it and goes off duty."""
    squad: str
    """Whose work it is."""
    until: int
    """When they go, or went, off duty (ms)."""
    to: tuple[str, ...]
    """Who of the squad is on duty then, in order of who has least open; empty: nobody is."""


def handovers(
    laid: Sequence[Duty], squads: Mapping[str, str], requests: Iterable[Request], at: int
) -> tuple[HandOver, ...]:
    """Open work of officers whose duty ends at `at` (ms), and who could take it over.

    Whoever goes straight on to another duty keeps their work. Requests that a squad holds as a
    whole stay with it. `laid`: duties around that moment, of people who may take work over;
    `squads`: whose work somebody does, also while they stand in for another squad.
    """
    going = {duty.officer: duty for duty in on_duty(laid, at - 1)}
    return _passing(going, on_duty(laid, at), squads, requests)


def left_behind(
    laid: Sequence[Duty], squads: Mapping[str, str], requests: Iterable[Request], at: int
) -> tuple[HandOver, ...]:
    """Open work of officers who went off duty before `at` (ms), while others of their squad are on.

    It should have been handed over. Where nobody of the squad is on duty, it waits for the morning.
    """
    gone = {duty.officer: duty for duty in sorted(laid, key=_end) if duty.ends <= at}
    found = _passing(gone, on_duty(laid, at), squads, requests)
    return tuple(one for one in found if one.to)


def upcoming(
    laid: Sequence[Duty], squads: Mapping[str, str], requests: Sequence[Request], at: int, span: int
) -> tuple[HandOver, ...]:
    """What is left behind at a moment (ms), then what the next `span` ms bring; each request once,
    at the first end of a duty at which it has to change hands."""
    holding = {one.holder for one in requests if one.is_open}
    ends = {duty.ends for duty in laid if duty.officer in holding and at < duty.ends <= at + span}
    found = [*left_behind(laid, squads, requests, at)]
    for end in sorted(ends)[:_MOST_ENDS]:
        found += handovers(laid, squads, requests, end)
    first: dict[str, HandOver] = {}
    for one in found:
        first.setdefault(one.request, one)
    return tuple(first.values())


def _end(duty: Duty) -> int:
    return duty.ends


def _passing(
    going: Mapping[str, Duty],
    coming: Sequence[Duty],
    squads: Mapping[str, str],
    requests: Iterable[Request],
) -> tuple[HandOver, ...]:
    staying = {duty.officer for duty in coming}
    open_now = [one for one in requests if one.is_open]
    load = Counter(one.holder for one in open_now)
    found = []
    for request in sorted(open_now, key=lambda one: (one.received_at, one.id)):
        duty = going.get(request.holder)
        if duty is None or request.holder in staying or request.handed_to:
            continue
        squad = squads.get(request.holder, duty.squad)
        mates = {other.officer for other in coming if other.squad == squad}
        to = tuple(sorted(mates, key=lambda officer: (load[officer], officer)))
        found.append(HandOver(request.id, request.holder, squad, duty.ends, to))
        if to:
            load[to[0]] += 1
    return tuple(found)
