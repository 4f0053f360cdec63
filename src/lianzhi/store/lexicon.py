"""Versions of the lexicon in force, and terms that people added, from the record.

Terms are rules of the house, not text about a person, so they stand in the payload itself. The
reason of each step and the examples, which may quote people, are erasable texts.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from lianzhi.chain.lexicon import CHANGED, STEPS
from lianzhi.chain.life import START, next_status
from lianzhi.chain.views import Step
from lianzhi.office.views import LexiconTerm, LexiconVersion
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
from lianzhi.store.tables import entry, metadata, payload
from lianzhi.store.views_case import steps_of

term = Table(
    "term",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("term", Text, nullable=False),
    Column("sense", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("aimed", Float, nullable=False, comment="weight where it is aimed at a person"),
    Column("innocent", Text, nullable=False, comment="words that excuse it, one a line"),
    Column("status", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
    Index("term_added", "added_at", "id"),
)

#: Steps of terms; their content is read from the record.
term_step = Table(
    "term_step",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("term", Text, nullable=False),
    Index("term_step_term", "term", "index"),
)

lexicon_version = Table(
    "lexicon_version",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False, comment="empty: files were changed"),
    Column("files", Integer, nullable=False),
    Column("terms", Integer, nullable=False),
)

_STATUS = Prepared(select(term.c.status).where(term.c.id == bindparam("of")))
_ADD, _STEP, _FORCE = Prepared(insert(term)), Prepared(insert(term_step)), insert(lexicon_version)
_CHANGE = Prepared(update(term).where(term.c.id == bindparam("of")))


class Lexicons:
    """Projection of lexicon versions and terms."""

    tables = (term, term_step, lexicon_version)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Apply one entry to the tables; raises IllegalStepError when it may not follow."""
        if entry.kind == CHANGED:
            row = {name: payload[name] for name in ("version", "by", "terms")}
            row |= {"index": entry.index, "at": entry.at, "files": len(payload["files"])}
            connection.execute(_FORCE, row)
        elif entry.kind in STEPS:
            identity = payload["term"]
            before = _STATUS.scalar(connection, {"of": identity}) or START
            status = next_status(STEPS, entry.kind, before)
            changed = {"status": status, "changed_at": entry.at, "changed_by": payload["by"]}
            if before == START:
                _ADD.run(connection, _row(entry, payload) | changed)
            else:
                _CHANGE.run(connection, changed | {"of": identity})
            _STEP.run(connection, {"index": entry.index, "term": identity})

    def clear(self, connection: Connection) -> None:
        """Empty the tables before a rebuild."""
        for table in self.tables:
            connection.execute(delete(table))


def _row(entry: Entry, payload: Mapping[str, Any]) -> dict[str, Any]:
    values = payload["says"]
    row = {name: values[name] for name in ("kind", "term", "sense", "weight", "aimed")}
    row |= {"id": payload["term"], "innocent": "\n".join(values["innocent"])}
    return row | {"added_at": entry.at, "added_by": payload["by"]}


def terms(connection: Connection) -> list[LexiconTerm]:
    """Every added term, the newest first."""
    query = select(term).order_by(term.c.added_at.desc(), term.c.id)
    return [_term(**row) for row in connection.execute(query).mappings()]


def find_term(connection: Connection, identity: str) -> LexiconTerm | None:
    """The term of this id."""
    row = connection.execute(select(term).where(term.c.id == identity)).mappings().first()
    return None if row is None else _term(**row)


def _term(*, innocent: str, **columns: Any) -> LexiconTerm:
    return LexiconTerm(innocent=tuple(innocent.splitlines()), **columns)


def standing(connection: Connection) -> int:
    """Number of terms that are not retired."""
    query = select(func.count()).select_from(term).where(term.c.status != "retired")
    return connection.scalar(query) or 0


def term_steps(connection: Connection, identity: str) -> list[Step]:
    """Steps of a term, the first one first."""
    query = (
        select(entry.c.index, entry.c.at, entry.c.kind, entry.c.ref, payload.c.body)
        .join(term_step, term_step.c.index == entry.c.index)
        .join(payload, payload.c.index == entry.c.index)
        .where(term_step.c.term == identity)
        .order_by(entry.c.index)
    )
    return steps_of(connection, query)


def versions(engine: Engine, most: int) -> list[LexiconVersion]:
    """The last versions that were put in force, the newest first."""
    query = select(lexicon_version).order_by(lexicon_version.c.index.desc()).limit(most)
    with engine.connect() as connection:
        return [LexiconVersion(**row) for row in connection.execute(query).mappings()]
