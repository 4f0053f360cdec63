"""Clocks of requests: when a request must be accepted and disposed of, and whom to tell before.

Everything is a function of the request (a fold of its entries), the policy and a moment.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from lianzhi.dispatch.policy import DispatchPolicy, Priority, Recipient, Span
from lianzhi.dispatch.requests.request import Request
from lianzhi.dispatch.requests.worktime import Pause, WorkingDays, WorkTime

State = Literal["running", "suspended", "overdue", "met", "missed"]


class Clock(NamedTuple):
    """A time limit of a request and its state."""

    kind: Literal["accept", "dispose"]
    span: Span
    started: int
    due: int | None
    """When it ends (ms); None while it is suspended, as the end moves with every minute."""
    stopped: int | None
    share: float
    """Share of its time that has passed by now or by the stop; above 1 when it is late."""
    state: State


class Escalation(NamedTuple):
    """Who has to be told, and since when (ms)."""

    name: str
    """As entries name it: `accept.0.5`, `dispose.1`, `dispose.overdue.3`."""
    at: int
    tells: tuple[Recipient, ...]


def work_time(policy: DispatchPolicy, calendar: WorkingDays) -> WorkTime:
    """The working hours of a policy on the days of a calendar."""
    return WorkTime(policy.working_minutes, calendar)


def priority_of(request: Request, policy: DispatchPolicy) -> Priority | None:
    """The priority that a person set, else that of the category; None: it has no known category."""
    category = policy.category(request.category)
    key = request.priority or (category.priority if category else "")
    return policy.priorities.get(key)


def clocks(
    request: Request, policy: DispatchPolicy, calendar: WorkingDays, now: int
) -> tuple[Clock, ...]:
    """The time limits of a request and their states; `request` is what was known at `now`.

    Acceptance counts from receipt, disposal from acceptance or reopening. An unsorted request has
    the limits of `policy.unsorted`.
    """
    limits = priority_of(request, policy) or policy.priorities[policy.unsorted]
    work = work_time(policy, calendar)
    answered = request.accepted_at
    if answered is None:
        answered = request.disposed_at or request.reopened_at
    first = _clock("accept", limits.accept, request.received_at, answered, (), work, now)
    begin = request.reopened_at or request.accepted_at
    if begin is None:
        return (first,)
    ended, pauses = request.disposed_at, request.pauses
    return first, _clock("dispose", limits.dispose, begin, ended, pauses, work, now)


def _clock(
    kind: Literal["accept", "dispose"],
    span: Span,
    started: int,
    stopped: int | None,
    pauses: tuple[Pause, ...],
    work: WorkTime,
    now: int,
) -> Clock:
    due = work.deadline(span, started, pauses)
    until = now if stopped is None else stopped
    running = [pause for pause in pauses if pause[1] is not None]
    # While the clock is suspended, the share refers to the end it would have if it resumed now.
    end = due if due is not None else work.deadline(span, started, [*running, *_until(pauses, now)])
    share = _share(work, span, started, end, until, pauses)
    state: State
    if stopped is not None:
        state = "met" if due is None or stopped <= due else "missed"
    elif due is None:
        state = "suspended"
    else:
        state = "overdue" if now > due else "running"
    return Clock(kind, span, started, due, stopped, share, state)


def _until(pauses: tuple[Pause, ...], now: int) -> Iterator[Pause]:
    for begin, end in pauses:
        if end is None:
            yield begin, max(begin, now)


def _share(
    work: WorkTime,
    span: Span,
    started: int,
    end: int | None,
    until: int,
    pauses: tuple[Pause, ...],
) -> float:
    if end is None:
        return 0.0
    whole = work.passed(span, started, end, pauses)
    done = work.passed(span, started, until, pauses)
    if until > end:
        return max(done / whole, 1.0) if whole else 1.0
    return min(done / whole, 1.0) if whole else 0.0


def reached_steps(
    request: Request, policy: DispatchPolicy, calendar: WorkingDays, now: int
) -> tuple[Escalation, ...]:
    """The escalation steps that running clocks have reached by `now`, the earliest first."""
    work = work_time(policy, calendar)
    reached = [
        step
        for clock in clocks(request, policy, calendar, now)
        if clock.stopped is None and clock.due is not None
        for step in _steps_of(clock, request, policy, work, now)
        if step.at <= now
    ]
    return tuple(sorted(reached, key=lambda step: step.at))


def unreported_steps(
    request: Request, policy: DispatchPolicy, calendar: WorkingDays, now: int
) -> tuple[Escalation, ...]:
    """The reached steps for which there is no entry yet: what a ticker has to write."""
    reached = reached_steps(request, policy, calendar, now)
    return tuple(step for step in reached if step.name not in request.escalations)


def _steps_of(
    clock: Clock, request: Request, policy: DispatchPolicy, work: WorkTime, now: int
) -> Iterator[Escalation]:
    pauses = request.pauses if clock.kind == "dispose" else ()
    due = clock.due
    if due is None:
        return
    whole = work.passed(clock.span, clock.started, due, pauses)
    for rung in policy.ladder:
        at = due
        if rung.share < 1:
            at = work.after(clock.span, clock.started, rung.share * whole, pauses) or due
        yield Escalation(f"{clock.kind}.{rung.share:g}", min(at, due), rung.tells)
    late: int | None = due
    for time in range(1, policy.overdue.most + 1):
        late = None if late is None else work.deadline(policy.overdue.every, late, pauses)
        if late is None or late > now:
            return
        yield Escalation(f"{clock.kind}.overdue.{time}", late, policy.overdue.tells)
