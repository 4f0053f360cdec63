"""Hand-over 交接班: what those going off duty have open passes to those who come on.

The entries that follow are `request.handed_over` with a note, and `request.taken_over` when the
other side says that it has it; until then the work stays where it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lianzhi.domains.enforcement.dispatch.request import Request
from lianzhi.domains.enforcement.dispatch.rota import Duty, on_duty


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


def handovers(laid: Sequence[Duty], requests: Iterable[Request], at: int) -> tuple[HandOver, ...]:
    """Open work of officers whose duty ends at `at` (ms), and who could take it over.

    Whoever goes straight on to another duty keeps their work. Requests that a squad holds as a
    whole stay with it. `laid`: duties around that moment.
    """
    return _passing(requests, {d.officer: d for d in on_duty(laid, at - 1)}, on_duty(laid, at))


def left_behind(laid: Sequence[Duty], requests: Iterable[Request], at: int) -> tuple[HandOver, ...]:
    """Open work of officers who went off duty before `at` (ms), while others of their squad are on.

    It should have been handed over. Where nobody of the squad is on duty, it waits for the morning.
    """
    gone = {duty.officer: duty for duty in sorted(laid, key=_end) if duty.ends <= at}
    return tuple(one for one in _passing(requests, gone, on_duty(laid, at)) if one.to)


def _end(duty: Duty) -> int:
    return duty.ends


def _passing(
    requests: Iterable[Request], going: Mapping[str, Duty], coming: Sequence[Duty]
) -> tuple[HandOver, ...]:
    staying = {duty.officer for duty in coming}
    open_now = [one for one in requests if one.is_open]
    load = {officer: sum(one.holder == officer for one in open_now) for officer in staying}
    found = []
    for request in sorted(open_now, key=lambda one: (one.received_at, one.id)):
        duty = going.get(request.holder)
        if duty is None or request.holder in staying or request.handed_to:
            continue
        mates = {other.officer for other in coming if other.squad == duty.squad}
        to = tuple(sorted(mates, key=lambda officer: (load[officer], officer)))
        found.append(HandOver(request.id, request.holder, duty.squad, duty.ends, to))
        if to:
            load[to[0]] += 1
    return tuple(found)
