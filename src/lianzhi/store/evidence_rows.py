"""Rows for the evidence of a case, all read in one transaction of the caller.

Short lists (one row for a finding or a step) are returned whole; long ones are read in chunks.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection, select, tuple_

from lianzhi.chain.finding import Evidence
from lianzhi.record.entry import ERASED, Entry
from lianzhi.record.ports import Evidence as Copy
from lianzhi.record.verify import Row
from lianzhi.store.audit import STREAM
from lianzhi.store.db import chunks
from lianzhi.store.process_tables import appeal
from lianzhi.store.tables import checkpoint, entry, evidence, payload, person, vault_text
from lianzhi.store.views_tables import case_step, finding


class FindingEvidence(msgspec.Struct, frozen=True):
    """Evidence listed in a finding's payload."""

    id: str
    evidence: tuple[Evidence, ...] = ()
    kept: dict[str, str] = {}
    """Log position -> leaf of each stored copy."""


class ErasurePayload(msgspec.Struct, frozen=True):
    """Texts and copies removed by an erasure."""

    erased: tuple[str, ...] = ()
    """Texts, as `<entry index>/<name>`."""
    copies: tuple[str, ...] = ()
    """Copies, as `<finding>/<log position>`."""


def newest_note(connection: Connection) -> str:
    """The newest signed checkpoint; raises LookupError while the log is empty."""
    query = select(checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)
    note = connection.scalar(query)
    if note is None:
        raise LookupError("the record is empty: it has no checkpoint yet")
    return str(note)


def steps(connection: Connection, case: str) -> list[int]:
    """Entries that are steps of a case, in order; empty: no such case.

    Excludes contests by reporters, and appeals of those who reported or were harmed: a pack must
    not reveal who complained.
    """
    query = select(case_step.c.index).where(
        case_step.c.case == case, case_step.c.kind != "report.contested"
    )
    of = select(appeal.c.index, appeal.c.answer_index)
    others = connection.execute(of.where(appeal.c.case == case, appeal.c.party != "affected"))
    hidden = {index for row in others for index in row}
    bodies = connection.scalars(query.order_by(case_step.c.index))
    return [index for index in bodies if index not in hidden]


def findings(connection: Connection, case: str) -> list[int]:
    """Entries of the findings of a case, in order."""
    query = select(finding.c.index).where(finding.c.case == case)
    return list(connection.scalars(query.order_by(finding.c.index)))


def finding_evidence(
    connection: Connection, indices: Iterable[int]
) -> Iterator[tuple[int, FindingEvidence]]:
    """(entry, evidence) of the findings at these entries, in this order."""
    for chunk in chunks(indices):
        query = select(payload.c.index, payload.c.body).where(payload.c.index.in_(chunk))
        bodies = {index: body for index, body in connection.execute(query)}  # noqa: C416
        for index in chunk:
            yield index, msgspec.json.decode(bodies[index], type=FindingEvidence)


def erasures(connection: Connection) -> Iterator[tuple[int, ErasurePayload]]:
    """Every erasure with its entry."""
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(entry.c.index, payload.c.body).select_from(join).where(entry.c.kind == ERASED)
    for index, body in connection.execute(query.order_by(entry.c.index), execution_options=STREAM):
        yield index, msgspec.json.decode(body, type=ErasurePayload)


def entries(connection: Connection, indices: Iterable[int]) -> Iterator[Row]:
    """Entries with their payloads and remaining texts, in this order."""
    for chunk in chunks(indices):
        query = select(vault_text).where(vault_text.c.index.in_(chunk))
        texts: dict[int, list[tuple[str, bytes, bytes]]] = {}
        for index, name, salt, body in connection.execute(query):
            texts.setdefault(index, []).append((name, salt, body))
        join = entry.join(payload, entry.c.index == payload.c.index)
        statement = select(entry, payload.c.salt, payload.c.body).select_from(join)
        rows = {
            row[0]: row for row in connection.execute(statement.where(entry.c.index.in_(chunk)))
        }
        for index in chunk:
            _, at, kind, ref, commitment, leaf, seal, salt, body = rows[index]
            whole = Entry(index, at, kind, ref, commitment)
            yield Row(whole, leaf, seal, salt, body, tuple(texts.get(index, ())))


def copies(
    connection: Connection, wanted: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Copy]:
    """Copies of events by (finding, log position); erased ones are missing."""
    copies_: dict[tuple[str, int], Copy] = {}
    for chunk in chunks(wanted):
        query = select(evidence).where(tuple_(evidence.c.ref, evidence.c.seq).in_(chunk))
        for row in connection.execute(query).mappings():
            copies_[row["ref"], row["seq"]] = Copy(**row)
    return copies_


def accounts(connection: Connection, tokens: Iterable[str]) -> dict[str, str]:
    """Token -> account; erased ones are missing."""
    accounts_: dict[str, str] = {}
    for chunk in chunks(dict.fromkeys(tokens)):
        rows = connection.execute(select(person).where(person.c.token.in_(chunk)))
        accounts_.update((row.token, row.account) for row in rows)
    return accounts_
