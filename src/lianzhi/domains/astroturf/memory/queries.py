"""Read model of remembered groups, and of the progress of comparing findings with them.

What is remembered of a group, keyed hashes and counts, is an erasable text of an entry of its own
(`astroturf.memory.kept`) about all of its members: erasing any of them erases it. No table holds
it. The progress of comparison does not derive from the record.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    column,
    delete,
    exists,
    insert,
    select,
    table,
    update,
)

from lianzhi.chain.finding import Finding
from lianzhi.record.entry import Entry, decode

#: Kinds of entries: a memory is kept; a group is remembered, passed over (too few accounts) or
#: forgotten; another group resembles it.
KEPT, REMEMBERED, PASSED, FORGOTTEN, RETURNED = (
    "astroturf.memory.kept",
    "astroturf.group.remembered",
    "astroturf.group.passed_over",
    "astroturf.group.forgotten",
    "astroturf.group.returned",
)
#: Name of the entry's text that holds the memory.
MEMORY = "memory"
#: Entries scanned per query.
_AT_ONCE = 5000

#: Tokens resolved per query.
_TOKENS = 500

metadata = MetaData()

# The columns of the chain's tables that are read here; the store declares the tables.
entry_table = table("entry", column("index"), column("kind"), column("ref"))
payload = table("payload", column("index"), column("body"))
person = table("person", column("token"), column("account"))
vault_text = table("vault_text", column("index"), column("name"), column("body"))
vault_text_person = table("vault_text_person", column("index"), column("name"), column("token"))
measure = table("measure", column("case"), column("status"), column("undone_at"))
finding = table("finding", *map(column, ("id", "index", "kind", "at", "case")))
case = table("case", *map(column, ("id", "kind", "status", "outcome", "closed_at")))

remembered = Table(
    "astroturf_group",
    metadata,
    Column("case", Text, primary_key=True, comment="the coordination case in which it was settled"),
    Column("status", Text, nullable=False, comment="remembered, passed_over or forgotten"),
    Column("why", Text, comment="why it was forgotten"),
    Column("group", Text, comment="id of what is kept"),
    Column("kept", BigInteger, comment="entry of the record whose text that is"),
    Column("key", Text, comment="id of the key of its hashes"),
    Column("accounts", Integer, nullable=False),
    Column("closed_at", BigInteger, nullable=False, comment="which closing of the case it is of"),
    Column("at", BigInteger, nullable=False, comment="of its last step"),
    Column("expires_at", BigInteger),
    Index("astroturf_group_status", "status", "closed_at"),
)

#: Position up to which entries of a kind were compared.
compared = Table(
    "astroturf_compared",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
)


class Group(msgspec.Struct, frozen=True):
    """A row of the table of remembered groups."""

    case: str
    status: str
    why: str | None
    group: str | None
    kept: int | None
    key: str | None
    accounts: int
    closed_at: int
    at: int
    expires_at: int | None


class Remembered:
    """The projection of remembered groups."""

    tables = (remembered,)
    """The cursor table is excluded: it does not derive from the record."""

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Apply one entry to the table."""
        if entry.kind in (REMEMBERED, PASSED):
            row = {name: payload.get(name) for name in _GROUP_ENTRIES}
            row |= {"status": entry.kind.rpartition(".")[2], "why": None, "at": entry.at}
            connection.execute(delete(remembered).where(remembered.c.case == payload["case"]))
            connection.execute(insert(remembered).values(row))
        elif entry.kind == FORGOTTEN:
            change = {"status": "forgotten", "why": payload["why"], "at": entry.at}
            which = remembered.c.case == payload["case"]
            connection.execute(update(remembered).where(which).values(change))

    def clear(self, connection: Connection) -> None:
        """Empty the table before a rebuild."""
        connection.execute(delete(remembered))


_GROUP_ENTRIES = ("case", "group", "kept", "key", "accounts", "closed_at", "expires_at")


def of_case(connection: Connection, case_id: str) -> Group | None:
    """The group of a case, if any."""
    row = connection.execute(select(remembered).where(remembered.c.case == case_id)).mappings()
    return next((Group(**columns) for columns in row), None)


def _stands(of: Any) -> Any:
    ordered = measure.c.status.not_in(("shadowed", "suppressed"))
    return exists().where(measure.c.case == of, ordered, measure.c.undone_at.is_(None))


def settled(
    connection: Connection, kind: str, outcomes: tuple[str, ...], stand: bool, since: int
) -> list[tuple[str, int]]:
    """(case, time) of cases closed with an outcome since a time, whose group has no later entry;
    the oldest first. `stand`: only cases with a measure in force.
    """
    join = case.outerjoin(
        remembered,
        (remembered.c.case == case.c.id) & (remembered.c.closed_at == case.c.closed_at),
    )
    query = select(case.c.id, case.c.closed_at).select_from(join).order_by(case.c.closed_at)
    query = query.where(case.c.closed_at >= since, case.c.status == "closed", case.c.kind == kind)
    query = query.where(case.c.outcome.in_(outcomes), remembered.c.case.is_(None))
    if stand:
        query = query.where(_stands(case.c.id))
    return [(group, at) for group, at in connection.execute(query)]


class Standing(msgspec.Struct, frozen=True):
    """Present state of a remembered group's case."""

    group: Group
    closed_at: int | None
    outcome: str | None
    measures: bool
    """Whether a measure ordered in it is in force."""
    kept: bool
    """Whether the stored memory has not been erased."""


def standing(connection: Connection) -> list[Standing]:
    """Remembered groups with their cases, in order of closing."""
    kept = exists().where(vault_text.c.index == remembered.c.kept, vault_text.c.name == MEMORY)
    more = (case.c.closed_at, case.c.outcome, _stands(remembered.c.case), kept)
    query = select(*remembered.c, *more).join(case, case.c.id == remembered.c.case)
    query = query.where(remembered.c.status == "remembered")
    query = query.order_by(remembered.c.closed_at, remembered.c.case)
    width = len(remembered.c)
    return [
        Standing(Group(*row[:width]), row[width], row[width + 1], bool(row[-2]), bool(row[-1]))
        for row in map(tuple, connection.execute(query))
    ]


def closing(connection: Connection, case_id: str) -> tuple[int | None, str | None]:
    """(time, outcome) of a case's closing; both None where it is open."""
    query = select(case.c.closed_at, case.c.outcome).where(case.c.id == case_id)
    row = connection.execute(query).first()
    return (None, None) if row is None else (row.closed_at, row.outcome)


def case_of(connection: Connection, identity: str) -> str | None:
    """The case that a finding opened or joined, if any."""
    case = connection.scalar(select(finding.c.case).where(finding.c.id == identity))
    return None if case is None else str(case)


def findings_of(connection: Connection, case_id: str) -> list[Finding]:
    """Findings of a case as recorded, the oldest first."""
    query = select(payload.c.body).join(finding, finding.c.index == payload.c.index)
    query = query.where(finding.c.case == case_id).order_by(finding.c.at, finding.c.id)
    return [msgspec.convert(decode(body), Finding) for body in connection.scalars(query)]


def accounts_of(connection: Connection, tokens: set[str]) -> dict[str, str]:
    """Token -> account; erased tokens are missing."""
    accounts: dict[str, str] = {}
    tokens_ = sorted(tokens)
    for start in range(0, len(tokens_), _TOKENS):
        in_chunk = person.c.token.in_(tokens_[start : start + _TOKENS])
        query = select(person.c.token, person.c.account).where(in_chunk)
        accounts |= {row.token: row.account for row in connection.execute(query)}
    return accounts


def memories(connection: Connection) -> dict[int, bytes]:
    """Stored memory of all remembered groups, by entry."""
    query = select(remembered.c.kept, vault_text.c.body).join(
        remembered, remembered.c.kept == vault_text.c.index
    )
    query = query.where(vault_text.c.name == MEMORY, remembered.c.status == "remembered")
    return {row.kept: row.body for row in connection.execute(query)}


def members(connection: Connection) -> dict[int, set[str]]:
    """Members (vault tokens) of all remembered groups, by entry of their stored memory."""
    query = select(vault_text_person.c.index, vault_text_person.c.token).join(
        remembered, remembered.c.kept == vault_text_person.c.index
    )
    accounts: dict[int, set[str]] = {}
    for index, token in connection.execute(query.where(vault_text_person.c.name == MEMORY)):
        accounts.setdefault(index, set()).add(token)
    return accounts


def drop(connection: Connection, index: int) -> list[str]:
    """Delete the stored memory of an entry; returns what an erasure reports as deleted."""
    which = (vault_text.c.index == index) & (vault_text.c.name == MEMORY)
    deleted = connection.execute(delete(vault_text).where(which)).rowcount
    return [f"{index}/{MEMORY}"] if deleted else []


def cursor(connection: Connection, kind: str) -> int:
    """The entry from which findings of a kind are still to be compared."""
    stored = connection.scalar(select(compared.c.cursor).where(compared.c.kind == kind))
    return 0 if stored is None else int(stored)


def set_cursor(connection: Connection, kind: str, index: int) -> None:
    """Store the progress of comparison."""
    connection.execute(delete(compared).where(compared.c.kind == kind))
    connection.execute(insert(compared).values(kind=kind, cursor=index))


def to_compare(connection: Connection, kind: str, index: int) -> tuple[int, tuple[int, str] | None]:
    """The entry to continue from, and (entry, id) of the next finding of a kind, if any.

    Reads a few thousand entries at a time; the end is reached where `index` is returned unchanged.
    """
    step = select(entry_table.c.index, entry_table.c.kind, entry_table.c.ref)
    step = step.where(entry_table.c.index >= index).order_by(entry_table.c.index).limit(_AT_ONCE)
    rows = [(place, kind_, ref) for place, kind_, ref in connection.execute(step)]
    ours: dict[str, int] = {}
    refs = [ref for _, kind_, ref in rows if kind_ == "finding.made"]
    for start in range(0, len(refs), _TOKENS):
        in_chunk = finding.c.id.in_(refs[start : start + _TOKENS])
        query = select(finding.c.id, finding.c.index).where(in_chunk, finding.c.kind == kind)
        ours |= {row.id: row.index for row in connection.execute(query)}
    for place, _, ref in rows:
        if ours.get(ref) == place:
            return place + 1, (place, ref)
    return (rows[-1][0] + 1 if rows else index), None


def latest_groups(connection: Connection, kind: str, before: int, most: int) -> list[Finding]:
    """The last findings of a kind up to an entry, one per case, the newest first."""
    query = select(payload.c.body, finding.c.case).join(finding, finding.c.index == payload.c.index)
    query = query.where(finding.c.kind == kind, finding.c.index <= before)
    query = query.order_by(finding.c.index.desc()).limit(2 * most)
    groups: dict[str, Finding] = {}
    for body, case_id in connection.execute(query):
        finding_ = msgspec.convert(decode(body), Finding)
        groups.setdefault(case_id or finding_.id, finding_)
    return list(groups.values())[:most]


def projections() -> list[Remembered]:
    """New instances of the domain's projections."""
    return [Remembered()]
