"""Remembered groups as the record tells them, and how far findings were compared with them.

What is remembered of a group, keyed hashes and counts, is an erasable text of an entry of its own
(`astroturf.memory.kept`), about all of its members: whoever of them is erased takes it along. No
table holds it. How far findings were compared does not derive from the record.
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

#: Entries: what is kept; that a group is remembered, is not for it had too few accounts, is again
#: forgotten; that another acts like it.
KEPT, REMEMBERED, PASSED, FORGOTTEN, RETURNED = (
    "astroturf.memory.kept",
    "astroturf.group.remembered",
    "astroturf.group.passed_over",
    "astroturf.group.forgotten",
    "astroturf.group.returned",
)
#: Text of an entry: what is remembered.
MEMORY = "memory"
#: Entries that are looked through at a time.
_AT_ONCE = 5000

#: Accounts of tokens that are looked up at a time.
_TOKENS = 500

metadata = MetaData()

# The chain's tables, as far as they are read here; the store declares them.
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

#: How far findings were compared: an entry of the record.
compared = Table(
    "astroturf_compared",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
)


class Group(msgspec.Struct, frozen=True):
    """A row of the table, column by column."""

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
    """The projection."""

    tables = (remembered,)
    """How far findings were compared is kept beside: it does not derive from the record."""

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Take one entry into the table."""
        if entry.kind in (REMEMBERED, PASSED):
            row = {name: payload.get(name) for name in _SAID}
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


_SAID = ("case", "group", "kept", "key", "accounts", "closed_at", "expires_at")


def of_case(connection: Connection, case_id: str) -> Group | None:
    """The group of a case, where there is one."""
    row = connection.execute(select(remembered).where(remembered.c.case == case_id)).mappings()
    return next((Group(**one) for one in row), None)


def _stands(of: Any) -> Any:
    """Whether anything that was ordered in a case has not been taken back."""
    ordered = measure.c.status.not_in(("shadowed", "suppressed"))
    return exists().where(measure.c.case == of, ordered, measure.c.undone_at.is_(None))


def settled(
    connection: Connection, kind: str, outcomes: tuple[str, ...], stand: bool, since: int
) -> list[tuple[str, int]]:
    """(case, when) of cases closed so since then, of whose group nothing was said since; the
    oldest first. `stand`: only where something that was ordered stands."""
    join = case.outerjoin(
        remembered,
        (remembered.c.case == case.c.id) & (remembered.c.closed_at == case.c.closed_at),
    )
    query = select(case.c.id, case.c.closed_at).select_from(join).order_by(case.c.closed_at)
    query = query.where(case.c.closed_at >= since, case.c.status == "closed", case.c.kind == kind)
    query = query.where(case.c.outcome.in_(outcomes), remembered.c.case.is_(None))
    if stand:
        query = query.where(_stands(case.c.id))
    return [(found, at) for found, at in connection.execute(query)]


class Standing(msgspec.Struct, frozen=True):
    """How the case of a remembered group stands now."""

    group: Group
    closed_at: int | None
    outcome: str | None
    measures: bool
    """Something that was ordered in it stands."""
    kept: bool
    """What is kept has not been erased."""


def standing(connection: Connection) -> list[Standing]:
    """Groups that are remembered, with their cases, the one closed first first."""
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
    """(when, with which outcome) a case is closed; nothing where it is open."""
    query = select(case.c.closed_at, case.c.outcome).where(case.c.id == case_id)
    found = connection.execute(query).first()
    return (None, None) if found is None else (found.closed_at, found.outcome)


def case_of(connection: Connection, identity: str) -> str | None:
    """The case that a finding has opened or joined, if any."""
    found = connection.scalar(select(finding.c.case).where(finding.c.id == identity))
    return None if found is None else str(found)


def findings_of(connection: Connection, case_id: str) -> list[Finding]:
    """Findings of a case as they stand on the record, the oldest first."""
    query = select(payload.c.body).join(finding, finding.c.index == payload.c.index)
    query = query.where(finding.c.case == case_id).order_by(finding.c.at, finding.c.id)
    return [msgspec.convert(decode(body), Finding) for body in connection.scalars(query)]


def accounts_of(connection: Connection, tokens: set[str]) -> dict[str, str]:
    """Account of each token; erased ones are missing."""
    found: dict[str, str] = {}
    asked = sorted(tokens)
    for start in range(0, len(asked), _TOKENS):
        some = person.c.token.in_(asked[start : start + _TOKENS])
        query = select(person.c.token, person.c.account).where(some)
        found |= {row.token: row.account for row in connection.execute(query)}
    return found


def memories(connection: Connection) -> dict[int, bytes]:
    """What is kept of all remembered groups, by entry."""
    query = select(remembered.c.kept, vault_text.c.body).join(
        remembered, remembered.c.kept == vault_text.c.index
    )
    query = query.where(vault_text.c.name == MEMORY, remembered.c.status == "remembered")
    return {row.kept: row.body for row in connection.execute(query)}


def members(connection: Connection) -> dict[int, set[str]]:
    """Members (vault tokens) of all remembered groups, by entry of what is kept."""
    query = select(vault_text_person.c.index, vault_text_person.c.token).join(
        remembered, remembered.c.kept == vault_text_person.c.index
    )
    found: dict[int, set[str]] = {}
    for index, token in connection.execute(query.where(vault_text_person.c.name == MEMORY)):
        found.setdefault(index, set()).add(token)
    return found


def drop(connection: Connection, index: int) -> list[str]:
    """Remove what an entry keeps; returns what is gone, as an erasure tells it."""
    which = (vault_text.c.index == index) & (vault_text.c.name == MEMORY)
    gone = connection.execute(delete(vault_text).where(which)).rowcount
    return [f"{index}/{MEMORY}"] if gone else []


def cursor(connection: Connection, kind: str) -> int:
    """From which entry on findings of a kind are still to be compared."""
    found = connection.scalar(select(compared.c.cursor).where(compared.c.kind == kind))
    return 0 if found is None else int(found)


def set_cursor(connection: Connection, kind: str, index: int) -> None:
    """Remember how far findings were compared."""
    connection.execute(delete(compared).where(compared.c.kind == kind))
    connection.execute(insert(compared).values(kind=kind, cursor=index))


def to_compare(connection: Connection, kind: str, index: int) -> tuple[int, tuple[int, str] | None]:
    """From which entry on to look next time, and (entry, id) of the next finding of a kind from
    an entry on, if there is one.

    Some thousands of entries at a time; nothing is left to look at where `index` comes back.
    """
    step = select(entry_table.c.index, entry_table.c.kind, entry_table.c.ref)
    step = step.where(entry_table.c.index >= index).order_by(entry_table.c.index).limit(_AT_ONCE)
    rows = [(place, made, ref) for place, made, ref in connection.execute(step)]
    ours: dict[str, int] = {}
    refs = [ref for _, made, ref in rows if made == "finding.made"]
    for start in range(0, len(refs), _TOKENS):
        some = finding.c.id.in_(refs[start : start + _TOKENS])
        query = select(finding.c.id, finding.c.index).where(some, finding.c.kind == kind)
        ours |= {row.id: row.index for row in connection.execute(query)}
    for place, _, ref in rows:
        if ours.get(ref) == place:
            return place + 1, (place, ref)
    return (rows[-1][0] + 1 if rows else index), None


def latest_groups(connection: Connection, kind: str, before: int, most: int) -> list[Finding]:
    """The last findings of a kind up to an entry, each of another case, the newest first."""
    query = select(payload.c.body, finding.c.case).join(finding, finding.c.index == payload.c.index)
    query = query.where(finding.c.kind == kind, finding.c.index <= before)
    query = query.order_by(finding.c.index.desc()).limit(2 * most)
    found: dict[str, Finding] = {}
    for body, case_id in connection.execute(query):
        said = msgspec.convert(decode(body), Finding)
        found.setdefault(case_id or said.id, said)
    return list(found.values())[:most]


def projections() -> list[Remembered]:
    """A fresh set of the domain's projections."""
    return [Remembered()]
