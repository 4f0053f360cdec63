"""Hand-over 交接班: open work of people who go off duty passes to those who come on duty.

The entries that follow are `request.handed_over` with a note, and `request.taken_over` when the
other side confirms; until then the work stays where it was.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lianzhi.dispatch.requests.request import Request
from lianzhi.dispatch.rota.rota import Duty, on_duty

#: Most ends of duties that `upcoming` examines.
_MOST_ENDS = 200


class Person(NamedTuple):
    """A person who may hold work or take it over."""

    squad: str
    """Their own, also while they stand in for another."""
    able: bool
    """Whether they may take work over: an officer with a valid certificate."""


class HandOver(NamedTuple):
    """A request that has to change hands."""

    request: str
    holder: str
    """Who has it and goes off duty."""
    squad: str
    """Whose work it is."""
    until: int | None
    """When the holder goes, or went, off duty (ms); None: before the duties that were given."""
    to: tuple[str, ...]
    """Who of the squad is then on duty, those with the least open work first."""
    asked: str = ""
    """Who was asked to take it over and went off duty without doing so."""


def handovers(
    duties: Sequence[Duty], people: Mapping[str, Person], requests: Iterable[Request], at: int
) -> tuple[HandOver, ...]:
    """Open work of people whose duty ends at `at` (ms), and who could take it over.

    Left out: people who go straight on to another duty, requests that a squad holds as a whole,
    and requests that somebody has already been asked to take over.
    """
    leaving = {duty.officer for duty in on_duty(duties, at - 1)}
    theirs = [
        request for request in requests if request.holder in leaving and not request.handed_to
    ]
    return _passed_on(duties, people, theirs, requests, at)


def left_behind(
    duties: Sequence[Duty], people: Mapping[str, Person], requests: Iterable[Request], at: int
) -> tuple[HandOver, ...]:
    """Open work of people who are off duty at `at` (ms), while others of their squad are on duty.

    It should have been handed over. Where nobody of the squad is on duty, it waits until somebody
    is.
    """
    coming = {duty.officer for duty in duties if duty.ends > at}
    theirs = [
        request for request in requests
        if not request.handed_to
        or (request.handed_to in people and request.handed_to not in coming)
    ]  # fmt: skip
    passed_on = _passed_on(duties, people, theirs, requests, at)
    ends: dict[str, int] = {}
    for duty in duties:
        if duty.ends <= at:
            ends[duty.officer] = max(duty.ends, ends.get(duty.officer, 0))
    return tuple(each._replace(until=ends.get(each.holder)) for each in passed_on if each.to)


def upcoming(
    duties: Sequence[Duty],
    people: Mapping[str, Person],
    requests: Sequence[Request],
    at: int,
    span: int,
) -> tuple[HandOver, ...]:
    """What is left behind at a moment (ms), then what has to change hands in the next `span` ms.

    Each request is listed once, at the first end of a duty at which it has to change hands.
    """
    holders = {request.holder for request in requests if request.is_open}
    ends = {duty.ends for duty in duties if duty.officer in holders and at < duty.ends <= at + span}
    passed = [*left_behind(duties, people, requests, at)]
    for end in sorted(ends)[:_MOST_ENDS]:
        passed += handovers(duties, people, requests, end)
    first: dict[str, HandOver] = {}
    for each in passed:
        first.setdefault(each.request, each)
    return tuple(first.values())


def _passed_on(
    duties: Sequence[Duty],
    people: Mapping[str, Person],
    candidates: Iterable[Request],
    requests: Iterable[Request],
    at: int,
) -> tuple[HandOver, ...]:
    """Those candidates whose holder is not on duty at a moment, in the order of their arrival."""
    present = on_duty(duties, at)
    staying = {duty.officer for duty in present}
    load = Counter(request.holder for request in requests if request.is_open)
    passed = []
    for request in sorted(candidates, key=lambda request: (request.received_at, request.id)):
        holder = people.get(request.holder)
        if holder is None or request.holder in staying or not request.is_open:
            continue
        squad = {duty.officer for duty in present if duty.squad == holder.squad}
        able = (officer for officer in squad if officer in people and people[officer].able)
        to = tuple(sorted(able, key=lambda officer: (load[officer], officer)))
        passed.append(HandOver(request.id, request.holder, holder.squad, at, to, request.handed_to))
        if to:
            load[to[0]] += 1
    return tuple(passed)
