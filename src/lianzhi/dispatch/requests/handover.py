"""Hand-over 交接班: what those going off duty have open passes to those who come on.

The entries that follow are `request.handed_over` with a note, and `request.taken_over` when the
other side says that it has it; until then the work stays where it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lianzhi.dispatch.requests.request import Request
from lianzhi.dispatch.rota.rota import Duty, on_duty

#: Ends of duties that are looked at in one go.
_MOST_ENDS = 200


class Person(NamedTuple):
    """Somebody who may hold work, or take it over."""

    squad: str
    """Theirs, also while they stand in for another."""
    able: bool
    """Whether they may take work over: an officer with a valid certificate."""


class HandOver(NamedTuple):
    """One request that has to change hands."""

    request: str
    holder: str
    """Who has it and goes off duty."""
    squad: str
    """Whose work it is."""
    until: int | None
    """When they go, or went, off duty (ms); None: longer ago than was looked."""
    to: tuple[str, ...]
    """Who of the squad is on duty then, in order of who has least open; empty: nobody is."""
    asked: str = ""
    """Who was asked to take it over, went off duty as well, and never did."""


def handovers(
    laid: Sequence[Duty], people: Mapping[str, Person], requests: Iterable[Request], at: int
) -> tuple[HandOver, ...]:
    """Open work of people whose duty ends at `at` (ms), and who could take it over.

    Whoever goes straight on to another duty keeps their work. Requests that a squad holds as a
    whole stay with it, and what somebody has been asked to take over waits for them.
    """
    going = {duty.officer for duty in on_duty(laid, at - 1)}
    mine = [one for one in requests if one.holder in going and not one.handed_to]
    return _passing(laid, people, mine, requests, at)


def left_behind(
    laid: Sequence[Duty], people: Mapping[str, Person], requests: Iterable[Request], at: int
) -> tuple[HandOver, ...]:
    """Open work of people who are off duty at `at` (ms), while others of their squad are on.

    It should have been handed over. Where nobody of the squad is on duty, it waits for the morning.
    """
    coming = {duty.officer for duty in laid if duty.ends > at}
    mine = [
        one for one in requests
        if not one.handed_to or (one.handed_to in people and one.handed_to not in coming)
    ]  # fmt: skip
    found = _passing(laid, people, mine, requests, at)
    ends: dict[str, int] = {}
    for duty in laid:
        if duty.ends <= at:
            ends[duty.officer] = max(duty.ends, ends.get(duty.officer, 0))
    return tuple(one._replace(until=ends.get(one.holder)) for one in found if one.to)


def upcoming(
    laid: Sequence[Duty],
    people: Mapping[str, Person],
    requests: Sequence[Request],
    at: int,
    span: int,
) -> tuple[HandOver, ...]:
    """What is left behind at a moment (ms), then what the next `span` ms bring; each request once,
    at the first end of a duty at which it has to change hands."""
    holding = {one.holder for one in requests if one.is_open}
    ends = {duty.ends for duty in laid if duty.officer in holding and at < duty.ends <= at + span}
    found = [*left_behind(laid, people, requests, at)]
    for end in sorted(ends)[:_MOST_ENDS]:
        found += handovers(laid, people, requests, end)
    first: dict[str, HandOver] = {}
    for one in found:
        first.setdefault(one.request, one)
    return tuple(first.values())


def _passing(
    laid: Sequence[Duty],
    people: Mapping[str, Person],
    mine: Iterable[Request],
    requests: Iterable[Request],
    at: int,
) -> tuple[HandOver, ...]:
    """Those of `mine` whose holder is not on duty at a moment, by when they came."""
    coming = on_duty(laid, at)
    staying = {duty.officer for duty in coming}
    load = Counter(one.holder for one in requests if one.is_open)
    found = []
    for request in sorted(mine, key=lambda one: (one.received_at, one.id)):
        who = people.get(request.holder)
        if who is None or request.holder in staying or not request.is_open:
            continue
        mates = {other.officer for other in coming if other.squad == who.squad}
        able = (mate for mate in mates if mate in people and people[mate].able)
        to = tuple(sorted(able, key=lambda officer: (load[officer], officer)))
        found.append(HandOver(request.id, request.holder, who.squad, at, to, request.handed_to))
        if to:
            load[to[0]] += 1
    return tuple(found)
