"""Narrowing: the filters of the lists, so that behind every figure stands the list that it counts.

Each noun has filters by the names that addresses carry, and clocks: which time `since` and `until`
bound (`on`). Several values of a filter are separated by commas.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, exists, false, or_, select

from lianzhi.chain.measure import RUNNING
from lianzhi.chain.protection import DAY_MS
from lianzhi.store.process_tables import appeal, decision, measure, report, review, strike
from lianzhi.store.score_tables import case_times, revisit
from lianzhi.store.views_tables import case, finding, protection

Column = ColumnElement[Any]
Filter = Callable[[tuple[str, ...]], Column]
"""From the values asked for to what a row must be."""

#: A value of `status` that stands for several.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "running": tuple(sorted(RUNNING)),
    "ended": ("lapsed", "lifted"),
    "real": (*sorted(RUNNING), "lapsed", "lifted"),
    "turned": ("overturned", "partly_overturned"),
}
#: What an address says where everything is meant.
ALL = "all"
#: Most characters of one filter's values.
LONGEST = 400
#: What an address says where the column says nothing.
NONE = "none"


def _is(column: Column) -> Filter:
    return lambda values: column.in_(["" if value == NONE else value for value in values])


def _status(column: Column) -> Filter:
    return lambda values: column.in_(
        [one for value in values for one in STATUSES.get(value, (value,))]
    )


def _flag(condition: Column) -> Filter:
    return lambda values: condition if values == ("yes",) else ~condition


def _in_time(answered: Column, due: Column) -> Filter:
    return _flag(answered.is_not(None) & (answered <= due))


def _of(column: Column, other: Column, *conditions: Column) -> Column:
    """Whether there is another row that names this one."""
    return exists(select(other).where(other == column, *conditions))


def _offer(values: tuple[str, ...]) -> Column:
    """Cases whose person was offered protection, and took it (`accepted`) or not (`offered`)."""
    offered, taken = case_times.c.offered_at.is_not(None), case_times.c.protected_at.is_not(None)
    meant = {"accepted": offered & taken, "offered": offered & ~taken, "none": ~offered}
    chosen = [meant[value] for value in values if value in meant]
    return _of(case.c.id, case_times.c.case, or_(false(), *chosen))


def _visited(*conditions: Column) -> Column:
    return _of(case.c.id, revisit.c.case, *conditions)


_contested = (
    (measure.c.decision == appeal.c.decision)
    & (measure.c.subject.is_(None) | (measure.c.subject == appeal.c.person))
    & (appeal.c.party == "affected")
)


def _about(column: Column) -> Filter:
    """By the measures that an appeal is about."""
    return lambda values: exists(
        select(measure.c.id).where(
            _contested, column.in_(["" if value == NONE else value for value in values])
        )
    )


FILTERS: dict[str, dict[str, Filter]] = {
    "warnings": {"kind": _is(finding.c.kind)},
    "cases": {
        "kind": _is(case.c.kind),
        "outcome": _is(case.c.outcome),
        "assignee": lambda values: (
            case.c.assignee.is_(None) if values == (NONE,) else case.c.assignee.in_(values)
        ),
        "state": lambda values: case.c.waiting if values == ("waiting",) else ~case.c.waiting,
        "linked": _flag(_of(case.c.id, case_times.c.case, case_times.c.linked)),
        "offer": _offer,
    },
    "decisions": {
        "status": _status(decision.c.status),
        "source": _is(decision.c.source),
        "ground": _is(decision.c.ground_kind),
        "rule": _is(decision.c.rule),
        "restricts": _flag(decision.c.measures > 0),
        "automated": _flag(decision.c.automated_decision),
    },
    "measures": {
        "status": _status(measure.c.status),
        "key": _is(measure.c.key),
        "role": _is(measure.c.role),
        "mode": _is(measure.c.mode),
        "rule": _is(measure.c.rule),
        "why": _is(measure.c.why),
        "removed": _flag(_of(measure.c.id, strike.c.id, strike.c.removed_at.is_not(None))),
    },
    "reports": {
        "status": _status(report.c.status),
        "category": _is(report.c.category),
        "channel": _is(report.c.channel),
        "outcome": _is(report.c.outcome),
        "in_time": _in_time(report.c.answered_at, report.c.due_at),
    },
    "appeals": {
        "status": _status(appeal.c.status),
        "party": _is(appeal.c.party),
        "in_time": _in_time(appeal.c.answered_at, appeal.c.due_at),
        "key": _about(measure.c.key),
        "role": _about(measure.c.role),
        # The list of appeals joins their decisions.
        "rule": _is(decision.c.rule),
        "automated": _flag(decision.c.automated_decision),
    },
    "protections": {
        "asked": lambda values: (
            protection.c.case.is_(None) if values == ("person",) else protection.c.case.is_not(None)
        ),
    },
}

#: Noun -> clock -> the time that is bounded; the first is taken where none is named.
CLOCKS: dict[str, dict[str, Column]] = {
    "warnings": {"found": finding.c.at},
    "cases": {"opened": case.c.opened_at, "closed": case.c.closed_at},
    "decisions": {"made": decision.c.made_at},
    "measures": {"ordered": measure.c.ordered_at},
    "reports": {
        "received": report.c.received_at,
        "answered": report.c.answered_at,
        "due": report.c.due_at,
    },
    "appeals": {
        "filed": appeal.c.filed_at,
        "answered": appeal.c.answered_at,
        "due": appeal.c.due_at,
    },
    "protections": {"granted": protection.c.granted_at},
}


class _Event(msgspec.Struct, frozen=True):
    """A clock of another row that names the row."""

    row: Column
    names: Column
    at: Column
    filters: dict[str, Filter] = {}
    also: tuple[Column, ...] = ()
    """What must be true besides."""


_EVENTS: dict[tuple[str, str], _Event] = {
    ("cases", "revisited"): _Event(
        case.c.id,
        revisit.c.case,
        revisit.c.held_at,
        {"rebound": _flag(revisit.c.rebound.is_(True))},
    ),
    ("cases", "revisit_due"): _Event(
        case.c.id,
        revisit.c.case,
        revisit.c.due_at,
        {
            "in_time": _flag(
                revisit.c.held_at.is_not(None) & (revisit.c.held_at <= revisit.c.due_at + DAY_MS)
            )
        },
        (revisit.c.held_at.is_not(None) | ~case.c.waiting,),
    ),
    ("decisions", "looked"): _Event(
        decision.c.id,
        review.c.decision,
        review.c.held_at,
        {"look": _is(review.c.kind), "agrees": _flag(review.c.agrees)},
    ),
    ("measures", "struck"): _Event(measure.c.id, strike.c.id, strike.c.given_at),
}


def parameters(noun: str) -> frozenset[str]:
    """Names that the address of a list may carry to narrow it."""
    events = [name for (of, _), event in _EVENTS.items() if of == noun for name in event.filters]
    return frozenset({"on", "since", "until", *FILTERS[noun], *events})


def conditions(noun: str, asked: Mapping[str, str]) -> list[Column]:
    """What the rows of a list must be, from the parameters of an address; others are passed over.

    `since` and `until` are Unix milliseconds, since <= time < until. Raises ValueError for a time
    or a clock that can't be read.
    """
    known = FILTERS[noun]
    for name, value in asked.items():
        if len(value) > LONGEST or not value.isprintable():
            raise ValueError(f"{name} is {value[:40]!r}; give {LONGEST} plain characters at most")
    wanted = {k: tuple(v.split(",")) for k, v in asked.items() if v not in ("", ALL)}
    found = [known[name](values) for name, values in wanted.items() if name in known]
    on = asked.get("on", "")
    if (event := _EVENTS.get((noun, on))) is not None:
        own = [event.filters[name](v) for name, v in wanted.items() if name in event.filters]
        within = _between(event.at, asked)
        return [*found, _of(event.row, event.names, *within, *own, *event.also)]
    clocks = CLOCKS[noun]
    if on and on not in clocks:
        raise ValueError(f"on is {on!r}; choose one of {', '.join(clocks)}, or leave it out")
    return [*found, *_between(clocks[on] if on else next(iter(clocks.values())), asked)]


def _between(at: Column, asked: Mapping[str, str]) -> list[Column]:
    found: list[Column] = []
    if since := asked.get("since"):
        found.append(at >= _millis("since", since))
    if until := asked.get("until"):
        found.append(at < _millis("until", until))
    return found


def _millis(name: str, said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= 15):
        raise ValueError(f"{name} is {said[:40]!r}; give Unix milliseconds")
    return int(said)
