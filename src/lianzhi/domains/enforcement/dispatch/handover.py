"""Hand-over 交接班: what those going off duty have open passes to those who come on.

The entries that follow are `request.handed_over` with a note, and `request.taken_over` when the
other side says that it has it; until then the work stays where it was.
"""

from collections.abc import Iterable
from typing import NamedTuple

from lianzhi.domains.enforcement.dispatch.request import Request
from lianzhi.domains.enforcement.dispatch.rota import Rota, on_duty


class HandOver(NamedTuple):
    """One request that has to change hands at the end of a duty."""

    request: str
    holder: str
    """Who has it and goes off duty."""
    until: int
    """When they do (ms)."""
    to: tuple[str, ...]
    """Who of the squad is on duty then, in order of who has least open; empty: nobody is."""


def handovers(rota: Rota, requests: Iterable[Request], at: int) -> tuple[HandOver, ...]:
    """Open work of officers whose duty ends at `at` (ms), and who could take it over.

    Whoever goes straight on to another duty keeps their work. Requests that a squad holds as a
    whole stay with it.
    """
    going = {duty.officer: duty for duty in on_duty(rota, at - 1)}
    coming = on_duty(rota, at)
    staying = {duty.officer for duty in coming}
    open_now = [one for one in requests if one.is_open]
    load = {duty.officer: sum(one.holder == duty.officer for one in open_now) for duty in coming}
    found = []
    for request in sorted(open_now, key=lambda one: (one.received_at, one.id)):
        duty = going.get(request.holder)
        if duty is None or request.holder in staying or request.handed_to:
            continue
        mates = {other.officer for other in coming if other.squad == duty.squad}
        to = tuple(sorted(mates, key=lambda officer: (load[officer], officer)))
        found.append(HandOver(request.id, request.holder, at, to))
        if to:
            load[to[0]] += 1
    return tuple(found)
