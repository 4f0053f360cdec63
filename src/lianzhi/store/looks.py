"""Looks: who saw whose personal data, as the record tells it.

Each look is an entry `person.looked`; its ref is what was opened, its payload says `by` whom, in
which `role`, at `what` (a page's or resource's address, without parameters) and which `refs` stood
there: ids of cases, findings, protections and rows, or tokens of people.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
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

from lianzhi.record.entry import Entry
from lianzhi.store.prepared import Prepared
from lianzhi.store.tables import metadata, person
from lianzhi.store.views import CursorError
from lianzhi.store.views_forms import Page
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

#: What stood there, by id.
look_ref = Table(
    "look_ref",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
)


_LOOK, _SEEN = Prepared(insert(look)), Prepared(insert(look_ref))


class Looks:
    """The projection."""

    tables = (look, look_ref)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Take one entry into the tables."""
        if entry.kind != LOOKED:
            return
        row = {name: payload[name] for name in ("by", "role", "what")}
        row |= {"index": entry.index, "at": entry.at, "ref": entry.ref}
        _LOOK.run(connection, row)
        seen = sorted(set(payload["refs"]))
        _SEEN.many(connection, ({"ref": one, "index": entry.index} for one in seen))

    def clear(self, connection: Connection) -> None:
        """Empty the tables before a rebuild."""
        for table in self.tables:
            connection.execute(delete(table))


class LookRow(msgspec.Struct, frozen=True, kw_only=True):
    """One look. `at` is Unix milliseconds UTC."""

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
    """Looks, newest first; `by` a user or key, `ref` an id, a token or an account.

    An account stands for all that the tables hold about that person. Raises CursorError.
    """
    query = select(look).order_by(look.c.index.desc()).limit(limit + 1)
    if by:
        query = query.where(look.c.by == by)
    if ref:
        wanted = select(look_ref.c.index).where(look_ref.c.ref.in_(_about(ref)))
        query = query.where(look.c.index.in_(wanted))
    if cursor:
        query = query.where(look.c.index < _position(cursor))
    with engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
        shown = rows[:limit]
        refs: dict[int, list[str]] = {row["index"]: [] for row in shown}
        seen = select(look_ref.c.index, look_ref.c.ref).where(look_ref.c.index.in_(list(refs)))
        for index, one in connection.execute(seen.order_by(look_ref.c.ref)):
            refs[index].append(one)
    following = f"{shown[-1]['index']}~look" if len(rows) > limit else None
    return Page(tuple(LookRow(**row, refs=tuple(refs[row["index"]])) for row in shown), following)


def _about(ref: str) -> Any:
    """The id itself, and where it is an account or token, all that is about that person."""
    whose = select(person.c.token).where((person.c.account == ref) | (person.c.token == ref))
    return union(
        select(look_ref.c.ref).where(look_ref.c.ref == ref),
        whose,
        select(case.c.id).where(case.c.about.in_(whose)),
        select(finding.c.id).where(finding.c.about.in_(whose)),
        select(protection.c.id).where(protection.c.person.in_(whose)),
    )


_CURSOR = re.compile(r"(-?\d{1,18})~.{1,200}")


def _position(cursor: str) -> int:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise CursorError(f"cursor {cursor[:80]!r}: leave it out to start from the top")
    return int(found[1])
