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
    MetaData,
    Table,
    Text,
    column,
    delete,
    exists,
    insert,
    select,
    table,
)

from lianzhi.chain.finding import Finding
from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun
from lianzhi.kit.noun_tables import NounProjection, NounTable
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

#: Position up to which entries of a kind were compared.
compared = Table(
    "astroturf_compared",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group of a closed case, as its entries tell it."""

    case: str
    """The coordination case in which it was settled."""
    status: str
    """`remembered`, `passed_over` or `forgotten`."""
    why: str | None = None
    """Why it was forgotten."""
    group: str | None = None
    """Id of what is kept."""
    kept: int | None = None
    """Entry of the record whose text that is."""
    key: str | None = None
    """Id of the key of its hashes."""
    accounts: int
    closed_at: int
    """Which closing of the case it is of."""
    at: int
    """Of its last step."""
    expires_at: int | None = None


_STATUSES = frozenset({"remembered", "passed_over", "forgotten"})
_STEPS: Steps = {
    "group.remembered": (_STATUSES | {START}, "remembered"),
    "group.passed_over": (_STATUSES | {START}, "passed_over"),
    "group.forgotten": (_STATUSES, "forgotten"),
}


def _step_of(kind: str, payload: Mapping[str, Any]) -> str:
    return kind.rpartition(".")[2] if kind in _STEPS else ""  # that it returned is of another case


def _fold(before: Group | None, entry: Entry, payload: Mapping[str, Any]) -> Group:
    status = next_status(_STEPS, entry.kind, before.status if before else START)
    if before is None or status != "forgotten":
        return msgspec.convert({**payload, "status": status, "at": entry.at}, Group)
    return msgspec.structs.replace(before, status=status, why=payload["why"], at=entry.at)


GROUP = Noun(
    "group",
    Group,
    _STEPS,
    _fold,
    columns=("status", "kept", "closed_at"),
    indexes=(("status", "closed_at"),),
    identity=lambda payload: str(payload["case"]),
    step_of=_step_of,
)
groups = NounTable("astroturf", GROUP, metadata)
remembered = groups.table


def of_case(connection: Connection, case_id: str) -> Group | None:
    """The group of a case, if any."""
    return groups.get(connection, case_id)


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
        (remembered.c.id == case.c.id) & (remembered.c.closed_at == case.c.closed_at),
    )
    query = select(case.c.id, case.c.closed_at).select_from(join).order_by(case.c.closed_at)
    query = query.where(case.c.closed_at >= since, case.c.status == "closed", case.c.kind == kind)
    query = query.where(case.c.outcome.in_(outcomes), remembered.c.id.is_(None))
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
    more = (case.c.closed_at, case.c.outcome, _stands(remembered.c.id), kept)
    query = select(remembered.c.state, *more).join(case, case.c.id == remembered.c.id)
    query = query.where(remembered.c.status == "remembered")
    query = query.order_by(remembered.c.closed_at, remembered.c.id)
    return [
        Standing(groups.decode(state), *rest[:2], *map(bool, rest[2:]))
        for state, *rest in map(tuple, connection.execute(query))
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


def projections() -> list[NounProjection]:
    """New instances of the domain's projections."""
    return [NounProjection("astroturf", [groups])]  # how far findings were compared is no fold
