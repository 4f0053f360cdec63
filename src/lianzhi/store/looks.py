"""Access log of personal data, from the record.

Each access is an entry `person.looked`; its ref is what was opened, its payload says `by` whom, in
which `role`, at `what` (address of a page or resource, without parameters) and the `refs` shown:
ids of cases, findings, protections and rows, or tokens of people.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    CompoundSelect,
    Connection,
    Engine,
    Index,
    Table,
    Text,
    delete,
    insert,
    select,
    union,
)

from lianzhi.chain.views import Page
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
from lianzhi.store.notices import notice
from lianzhi.store.process_tables import appeal, decision, measure, report
from lianzhi.store.tables import evidence, metadata, person
from lianzhi.store.views import CursorError
from lianzhi.store.views_tables import case, finding, protection

LOOKED = "person.looked"

look = Table(
    "look",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Index("look_by", "by", "index"),
)

#: The ids that were shown.
look_ref = Table(
    "look_ref",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
)


_LOOK, _SEEN = Prepared(insert(look)), Prepared(insert(look_ref))


class Looks:
    """Projection of accesses to personal data."""

    tables = (look, look_ref)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Apply one entry to the tables."""
        if entry.kind != LOOKED:
            return
        row = {name: payload[name] for name in ("by", "role", "what")}
        row |= {"index": entry.index, "at": entry.at, "ref": entry.ref}
        _LOOK.run(connection, row)
        seen = sorted(set(payload["refs"]))
        _SEEN.many(connection, ({"ref": ref, "index": entry.index} for ref in seen))

    def clear(self, connection: Connection) -> None:
        """Empty the tables before a rebuild."""
        for table in self.tables:
            connection.execute(delete(table))


class LookRow(msgspec.Struct, frozen=True, kw_only=True):
    """One access. `at` is Unix milliseconds UTC."""

    index: int
    """Entry of the record."""
    at: int
    by: str
    """A user's name, or `key:` and the id of an API key."""
    role: str
    """Roles, separated by spaces; `key` for a program."""
    what: str
    ref: str
    refs: tuple[str, ...]


def looks(
    engine: Engine,
    *,
    by: str | None = None,
    ref: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[LookRow]:
    """Accesses, newest first; `by` a user or key, `ref` an id, a token or an account.

    An account or token includes everything that shows that person. Raises CursorError.
    """
    query = select(look).order_by(look.c.index.desc()).limit(limit + 1)
    if by:
        query = query.where(look.c.by == by)
    if cursor:
        query = query.where(look.c.index < _position(cursor))
    with engine.connect() as connection:
        if ref:
            wanted = select(look_ref.c.index).where(look_ref.c.ref.in_(_about(connection, ref)))
            query = query.where(look.c.index.in_(wanted))
        rows = connection.execute(query).mappings().all()
        shown = rows[:limit]
        refs: dict[int, list[str]] = {row["index"]: [] for row in shown}
        seen = select(look_ref.c.index, look_ref.c.ref).where(look_ref.c.index.in_(list(refs)))
        for index, opened_look in connection.execute(seen.order_by(look_ref.c.ref)):
            refs[index].append(opened_look)
    following = f"{shown[-1]['index']}~look" if len(rows) > limit else None
    return Page(tuple(LookRow(**row, refs=tuple(refs[row["index"]])) for row in shown), following)


#: Columns that show a person in rows with an id of their own.
_SHOWN = (
    *(finding.c.about, protection.c.person, measure.c.subject, appeal.c.person, notice.c.person),
    *(report.c.reporter, report.c.about, report.c.subject),
)


def _about(connection: Connection, ref: str) -> CompoundSelect[tuple[str]]:
    """The id itself, and for an account or token, everything that shows that person.

    A case shows everyone with a part in it, as do its transfers and its decisions, whose second
    review shows the evidence. An appeal shows the harmed beside the appellant.
    """
    named = connection.scalars(select(person.c.token).where(person.c.account == ref))
    tokens = (ref, *named)  # a token still stands for an erased person
    acted = select(finding.c.case).join(evidence, evidence.c.ref == finding.c.id)
    appeals = select(appeal.c.id).join(case, case.c.id == appeal.c.case)
    theirs = union(
        select(case.c.id).where(case.c.about.in_(tokens)),
        acted.where(evidence.c.actor.in_(tokens)),
        select(measure.c.case).where(measure.c.subject.in_(tokens)),
    ).cte("theirs")
    cases = select(theirs.c.id)
    return union(
        select(look_ref.c.ref).where(look_ref.c.ref.in_(tokens)),
        cases,
        select(decision.c.id).where(decision.c.case.in_(cases)),
        select(measure.c.id).where(measure.c.case.in_(cases), measure.c.key == "transfer"),
        appeals.where(case.c.about.in_(tokens)),
        *(select(column.table.c.id).where(column.in_(tokens)) for column in _SHOWN),
    )


_CURSOR = re.compile(r"(-?\d{1,18})~.{1,200}")


def _position(cursor: str) -> int:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise CursorError(f"cursor {cursor[:80]!r}: leave it out to start from the top")
    return int(match[1])
