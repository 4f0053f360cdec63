"""Tables of figures: first times of steps in each case, each revisit, findings by day.

Like the other tables of the read model they are folds over the record. They are narrow, so that the
figures of many cases can be read at once, and name no person.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    Connection,
    Index,
    Table,
    Text,
    bindparam,
    func,
    insert,
    update,
)

from lianzhi.law.clock import china_day, midnight
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
from lianzhi.store.tables import metadata

Payload = Mapping[str, Any]

#: Stages that count as warnings.
WARNS: frozenset[str] = frozenset({"warn", "act"})

case_times = Table(
    "case_times",
    metadata,
    Column("case", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("since", BigInteger, nullable=False, comment="when the incident began"),
    Column("opened_at", BigInteger, nullable=False),
    Column("warned_at", BigInteger),
    Column("offered_at", BigInteger),
    Column("protected_at", BigInteger),
    Column("decided_at", BigInteger, comment="when its first decision took effect"),
    Column("closed_at", BigInteger),
    Column("outcome", Text),
    Column("linked", Boolean, nullable=False),
    Index("case_times_opened", "opened_at"),
    Index("case_times_closed", "closed_at"),
)

revisit = Table(
    "revisit",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("case", Text, nullable=False),
    Column("due_at", BigInteger),
    Column("held_at", BigInteger),
    Column("rebound", Boolean),
    Index("revisit_case", "case", "held_at"),
    Index("revisit_due", "due_at"),
    Index("revisit_held", "held_at"),
)

finding_days = Table(
    "finding_days",
    metadata,
    Column("kind", Text, primary_key=True),
    Column(
        *("began", BigInteger),
        primary_key=True,
        autoincrement=False,
        comment="midnight in China before the incident began",
    ),
    Column(
        *("made", BigInteger),
        primary_key=True,
        autoincrement=False,
        comment="midnight in China before the finding was made",
    ),
    Column("number", BigInteger, nullable=False, comment="findings of this kind and these days"),
)

TABLES = (case_times, revisit, finding_days)

_OF: BindParameter[str] = bindparam("of")
_AT: BindParameter[int] = bindparam("at")
_OF_CASE = update(case_times).where(case_times.c.case == _OF)
_TIMES = Prepared(_OF_CASE)
_FIRST = {
    name: Prepared(_OF_CASE.values({name: func.coalesce(case_times.c[name], _AT)}))
    for name in ("warned_at", "offered_at", "protected_at", "decided_at")
}
_PENDING = Prepared(update(revisit).where(revisit.c.case == _OF, revisit.c.held_at.is_(None)))
_OPEN, _PLAN = Prepared(insert(case_times)), Prepared(insert(revisit))
_DAY = (finding_days.c.kind == _OF) & (finding_days.c.began == _AT)
_MADE_ON: BindParameter[int] = bindparam("on")
_COUNT = Prepared(
    update(finding_days)
    .where(_DAY, finding_days.c.made == _MADE_ON)
    .values(number=finding_days.c.number + 1)
)
_FIRST_OF_DAY = Prepared(insert(finding_days))


def count_finding(connection: Connection, kind: str, since: int, at: int) -> None:
    """Count a finding under the days in China on which its incident began and it was made."""
    first, last = (midnight(china_day(moment)) for moment in (min(since, at), at))
    if _COUNT.run(connection, {"of": kind, "at": first, "on": last}).rowcount == 0:
        row = {"kind": kind, "began": first, "made": last, "number": 1}
        _FIRST_OF_DAY.run(connection, row)


def apply(connection: Connection, entry: Entry, payload: Payload) -> None:
    """Apply one entry of a case to the tables."""
    handle = _HANDLERS.get(entry.kind)
    if handle is not None:
        handle(connection, entry, payload)


def _opened(connection: Connection, entry: Entry, payload: Payload) -> None:
    row = {name: payload[name] for name in ("case", "kind", "since")}
    row |= {"opened_at": entry.at, "linked": False}
    row["warned_at"] = entry.at if payload["stage"] in WARNS else None
    _OPEN.run(connection, row)


def _escalated(connection: Connection, entry: Entry, payload: Payload) -> None:
    if payload["stage"] in WARNS:
        _first("warned_at")(connection, entry, payload)


def _first(name: str) -> Callable[[Connection, Entry, Payload], None]:
    def note(connection: Connection, entry: Entry, payload: Payload) -> None:
        _FIRST[name].run(connection, {"of": payload["case"], "at": entry.at})

    return note


def _closed(connection: Connection, entry: Entry, payload: Payload) -> None:
    change = {"of": payload["case"], "closed_at": entry.at, "outcome": payload["outcome"]}
    _TIMES.run(connection, change)


def _reopened(connection: Connection, entry: Entry, payload: Payload) -> None:
    _TIMES.run(connection, {"of": payload["case"], "closed_at": None, "outcome": None})


def _linked(connection: Connection, entry: Entry, payload: Payload) -> None:
    _TIMES.run(connection, {"of": payload["case"], "linked": True})


def _scheduled(connection: Connection, entry: Entry, payload: Payload) -> None:
    """A case has one pending revisit; planning again moves it."""
    change = {"of": payload["case"], "due_at": payload["due"]}
    if _PENDING.run(connection, change).rowcount == 0:
        row = {"index": entry.index, "case": payload["case"], "due_at": payload["due"]}
        _PLAN.run(connection, row)


def _visited(connection: Connection, entry: Entry, payload: Payload) -> None:
    values = {"held_at": entry.at, "rebound": payload.get("rebound", False)}
    if _PENDING.run(connection, values | {"of": payload["case"]}).rowcount == 0:
        row = {"index": entry.index, "case": payload["case"], **values}
        _PLAN.run(connection, row)


_HANDLERS: dict[str, Callable[[Connection, Entry, Payload], None]] = {
    "case.opened": _opened,
    "case.escalated": _escalated,
    "protection.offered": _first("offered_at"),
    "protection.granted": _first("protected_at"),
    "decision.made": _first("decided_at"),
    "decision.confirmed": _first("decided_at"),
    "case.closed": _closed,
    "case.reopened": _reopened,
    "case.linked": _linked,
    "revisit.scheduled": _scheduled,
    "revisit.held": _visited,
}
