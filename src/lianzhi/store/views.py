"""Queries on findings, cases, protections and the record, answered from tables.

Lists are paged by key, not by offset: a cursor names the last row seen, so that rows arriving in
between neither repeat nor hide others.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    func,
    select,
    tuple_,
)

from lianzhi.chain.finding import STAGES, Finding
from lianzhi.chain.views import (
    CaseRow,
    CaseView,
    FindingRow,
    Page,
    ProtectionRow,
    RecordStatus,
    Tally,
)
from lianzhi.record.entry import decode
from lianzhi.store.db import snapshot
from lianzhi.store.tables import checkpoint, entry, evidence, payload, person
from lianzhi.store.views_case import steps_of, view_of
from lianzhi.store.views_rows import CASES, FINDINGS, PROTECTIONS, protection_row
from lianzhi.store.views_tables import case as case_table
from lianzhi.store.views_tables import finding, protection

OPEN = ("open", "protected")
_CURSOR = re.compile(r"(-?\d{1,18})~(.{1,200})")


class CursorError(ValueError):
    """An invalid cursor."""


def findings(
    engine: Engine,
    *,
    kind: str | None = None,
    about: str | None = None,
    who: str | None = None,
    stage: str | None = None,
    since: int | None = None,
    until: int | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FindingRow]:
    """Findings, newest first; since <= at < until. `about` is the harmed, `who` is anybody harmed
    or with an act in evidence: an account or a token.

    `where` narrows it further; see `store.narrow`. Raises CursorError.
    """
    query = FINDINGS.where(*where)
    if kind:
        query = query.where(finding.c.kind == kind)
    if stage:
        query = query.where(finding.c.stage == stage)
    if about:
        query = query.where((person.c.account == about) | (finding.c.about == about))
    if who:
        token = select(person.c.token).where((person.c.account == who) | (person.c.token == who))
        acted = select(evidence.c.ref).where(evidence.c.actor.in_(token))
        query = query.where(finding.c.about.in_(token) | finding.c.id.in_(acted))
    if since is not None:
        query = query.where(finding.c.at >= since)
    if until is not None:
        query = query.where(finding.c.at < until)
    with engine.connect() as connection:
        return page_of(
            connection, query, (finding.c.at, finding.c.id), FindingRow, cursor=cursor, limit=limit
        )


def cases(
    engine: Engine,
    *,
    status: str | None = None,
    stage: str | None = None,
    assignee: str | None = None,
    kind: str | None = None,
    query: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CaseRow]:
    """Cases; `status` is `waiting` (open and protected), a status, or None for all.

    Those that wait stand in order of urgency, others by their last step. `assignee` is a user, or
    empty for those that nobody has. `query` is an account,
    a token or the beginning of a case id; `where` narrows it further, see `store.narrow`. Raises
    CursorError.
    """
    selected = CASES.where(*where)
    waits = status in ("waiting", *OPEN)
    if waits:
        selected = selected.where(case_table.c.waiting)
    if status and status != "waiting":
        selected = selected.where(case_table.c.status == status)
    if stage:
        selected = selected.where(case_table.c.stage == stage)
    if kind:
        selected = selected.where(case_table.c.kind == kind)
    if assignee is not None:
        selected = selected.where(case_table.c.assignee == (assignee or None))
    if query:
        selected = selected.where(
            (person.c.account == query)
            | (case_table.c.about == query)
            | case_table.c.id.startswith(query, autoescape=True)
        )
    first = case_table.c.urgency if waits else case_table.c.updated_at
    with engine.connect() as connection:
        return page_of(
            connection, selected, (first, case_table.c.id), CaseRow, cursor=cursor, limit=limit
        )


def revisits(engine: Engine, *, cursor: str | None = None, limit: int = 50) -> Page[CaseRow]:
    """Cases with a revisit to come, the one due first first. Raises CursorError."""
    query = CASES.where(case_table.c.revisit_at.is_not(None))
    keys = (case_table.c.revisit_at, case_table.c.id)
    with engine.connect() as connection:
        return page_of(connection, query, keys, CaseRow, cursor=cursor, limit=limit, ascending=True)


def case(engine: Engine, case_id: str) -> CaseView | None:
    """A case with the data of its page; None when there is none."""
    with snapshot(engine) as connection:
        found_row = connection.execute(
            CASES.add_columns(case_table.c.state).where(case_table.c.id == case_id)
        ).first()
        if found_row is None:
            return None
        row = dict(found_row._mapping)
        state = row.pop("state")
        return view_of(connection, CaseRow(**row), state)


def revisits_after(engine: Engine, now: int) -> list[str]:
    """Ids of closed cases whose revisit is due after `now` (ms)."""
    query = select(case_table.c.id).where(
        case_table.c.revisit_at > now, case_table.c.status == "closed"
    )
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def harm_times(engine: Engine, kind: str, about: str, since: int) -> list[int]:
    """Times (ms) of the events since then on which findings of a kind about someone rest, each
    once, in order, whichever case the finding is in; acts of defenders are no harm."""
    query = (
        select(payload.c.body)
        .join(finding, payload.c.index == finding.c.index)
        .where(finding.c.kind == kind, finding.c.about == about, finding.c.at >= since)
    )
    with engine.connect() as connection:
        bodies = connection.execute(query).scalars().all()
    evidences = [msgspec.convert(decode(body), Finding).evidence for body in bodies]
    harm = (item for each in evidences for item in each if item.role != "defender")
    events = {(item.source, item.event): item.at for item in harm}
    return sorted(at for at in events.values() if at >= since)


def open_cases(engine: Engine, accounts: Sequence[str]) -> dict[str, str]:
    """Account -> latest waiting case about it, where there is one."""
    query = (
        select(person.c.account, case_table.c.id)
        .join(person, person.c.token == case_table.c.about)
        .where(person.c.account.in_(accounts), case_table.c.waiting)
        .order_by(case_table.c.updated_at)
    )
    with engine.connect() as connection:
        return {row.account: row.id for row in connection.execute(query)}


def protections(
    engine: Engine,
    *,
    active_at: int | None = None,
    about: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProtectionRow]:
    """Protections, last granted first; with `active_at` only those in force then.

    `where` narrows it further; see `store.narrow`. Raises CursorError.
    """
    query = PROTECTIONS.where(*where)
    if active_at is not None:
        query = query.where(_running(active_at))
    if about:
        query = query.where((person.c.account == about) | (protection.c.person == about))
    keys = (protection.c.granted_at, protection.c.id)
    with engine.connect() as connection:
        return page_of(connection, query, keys, protection_row, cursor=cursor, limit=limit)


def protection_by_id(engine: Engine, protection_id: str) -> ProtectionRow | None:
    """One protection; None when there is none."""
    with engine.connect() as connection:
        query = PROTECTIONS.where(protection.c.id == protection_id)
        row = connection.execute(query).mappings().first()
    return protection_row(**row) if row else None


def tally(engine: Engine, user: str, *, now: int, since: int) -> Tally:
    """Figures of the overview for one user; `since` bounds completed work."""
    c = case_table.c
    offered = (c.status == "open") & c.offered_at.is_not(None)
    wanted = {"unassigned": c.assignee.is_(None), "mine": c.assignee == user}
    wanted |= {"offered": offered, "minors": c.minor}
    waits = [func.count().label("open")]
    waits += [func.count().filter(condition).label(name) for name, condition in wanted.items()]
    with snapshot(engine) as connection:

        def count(table: Table, condition: Any) -> int:
            return connection.scalar(select(func.count()).select_from(table).where(condition)) or 0

        def grouped(column: Column[Any], condition: Any) -> dict[str, int]:
            query = select(column, func.count()).where(condition).group_by(column)
            return {str(key): number for key, number in connection.execute(query)}

        return Tally(
            **connection.execute(select(*waits).where(c.waiting)).mappings().one(),
            revisits=count(case_table, c.revisit_at <= now),
            # one query per stage, each a range of an index
            warnings={
                stage: number
                for stage in STAGES
                if (number := count(finding, (finding.c.stage == stage) & (finding.c.at >= since)))
            },
            protected=count(protection, _running(now)),
            granted=count(protection, protection.c.granted_at >= since),
            outcomes=grouped(c.outcome, c.closed_at >= since),
        )


def record_begins(engine: Engine) -> int | None:
    """Time of the first entry of the record; None while there is none."""
    with engine.connect() as connection:
        return connection.scalar(select(entry.c.at).where(entry.c.index == 0))


def record_status(engine: Engine, last: int = 20) -> RecordStatus:
    """State of the record, with its newest entries."""
    with snapshot(engine) as connection:
        newest_index = connection.scalar(select(func.max(entry.c.index)))
        newest = select(checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)
        note = connection.scalar(newest) or ""
        query = select(entry, payload.c.body).join(payload, payload.c.index == entry.c.index)
        query = query.order_by(entry.c.index.desc()).limit(last)
        steps = steps_of(connection, query)
    return RecordStatus(
        size=0 if newest_index is None else newest_index + 1,
        root=_root(note),
        checkpoint=note,
        last_at=steps[0].at if steps else None,
        last=tuple(steps),
    )


def _running(at: int) -> Any:
    c = protection.c
    return c.ended_at.is_(None) & (c.granted_at <= at) & (c.expires_at > at)


def _root(note: str) -> str:
    """Root (hex) of a checkpoint, without verifying its signature."""
    lines = note.split("\n")
    return b64decode(lines[2]).hex() if len(lines) > 3 else ""


def page_of(
    connection: Connection,
    query: Select[Any],
    keys: tuple[ColumnElement[Any], Column[Any]],
    form: Any,
    *,
    cursor: str | None,
    limit: int,
    ascending: bool = False,
) -> Page[Any]:
    """One page in descending order of the two keys (or ascending), starting after the cursor.

    The second key is the column `id`. Raises CursorError.
    """
    number, name = keys
    if cursor:
        here, there = tuple_(number, name), tuple_(*_position(cursor))
        query = query.where(here > there if ascending else here < there)
    order = (number, name) if ascending else (number.desc(), name.desc())
    query = query.add_columns(number.label("_key")).order_by(*order)
    rows = connection.execute(query.limit(limit + 1)).mappings().all()
    shown, more = rows[:limit], len(rows) > limit
    following = f"{shown[-1]['_key']}~{shown[-1]['id']}" if more else None
    return Page(
        tuple(form(**{k: v for k, v in row.items() if k != "_key"}) for row in shown), following
    )


def _position(cursor: str) -> tuple[int, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise CursorError(f"cursor {cursor[:80]!r}: leave it out to start from the top")
    return int(match[1]), match[2]
