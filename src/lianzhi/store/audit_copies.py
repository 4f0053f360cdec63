"""Audit of the copies of events behind findings, and of the accounts behind their tokens."""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select

from lianzhi.chain.event import Event
from lianzhi.flow import log
from lianzhi.flow.intake import decode
from lianzhi.record.entry import ERASED
from lianzhi.store import db
from lianzhi.store.audit import STREAM, as_bytes, ill_formed_text
from lianzhi.store.tables import entry, evidence, payload, person

_CHUNK = 500

Fault = tuple[str, int, str]
"""Table (evidence or vault), position of the event in the log, fault."""


class _FindingPayload(msgspec.Struct):
    """Copies listed in a finding's payload; None in those of older versions."""

    id: str
    kept: dict[str, str] | None = None
    """Log position -> leaf."""


class _ErasurePayload(msgspec.Struct):
    copies: tuple[str, ...] = ()
    """Erased copies, as `<finding>/<log position>`."""


def audit_copies(engine: Engine) -> Iterator[Fault]:
    """Faults of the copies, by themselves and against the record, which was verified before."""
    with db.snapshot(engine) as connection, ill_formed_text(connection):
        yield from _untrue(connection)
        yield from _unaccounted(connection)
        yield from _invented(connection)


def _untrue(connection: Connection) -> Iterator[Fault]:
    """Copies that do not match their leaf, and people named otherwise by the vault."""
    actor, target = person.alias(), person.alias()
    query = (
        select(evidence.c.seq, evidence.c.leaf, evidence.c.salt, evidence.c.raw)
        .add_columns(actor.c.account, target.c.account)
        .outerjoin(actor, actor.c.token == evidence.c.actor)
        .outerjoin(target, target.c.token == evidence.c.target)
    )
    for seq, leaf, salt, raw, *named in connection.execute(query, execution_options=STREAM):
        event = _event(leaf, as_bytes(salt), as_bytes(raw))
        if event is None:
            yield "evidence", seq, "the copy is not the event it stands for"
            continue
        for stated, account in zip((event.actor, event.target), named, strict=True):
            if account != stated:
                problem = "has lost the name of somebody" if account is None else "names another"
                yield "vault", seq, f"the vault {problem} in the event"


def _event(leaf: Any, salt: bytes, raw: bytes) -> Event | None:
    if log.leaf(salt, raw).hex() != leaf:
        return None
    try:
        return decode(raw)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return None


def _unaccounted(connection: Connection) -> Iterator[Fault]:
    """Copies listed by findings that are missing without an erasure, and the reverse."""
    bodies = _bodies(connection, ERASED)
    erased = {
        name for body in bodies for name in msgspec.json.decode(body, type=_ErasurePayload).copies
    }
    for chunk in _chunks(connection):
        due = {
            (ref, int(seq)): leaf
            for ref, kept in chunk.items()
            for seq, leaf in kept.items()
            if f"{ref}/{seq}" not in erased
        }
        query = select(evidence.c.ref, evidence.c.seq, evidence.c.leaf)
        rows = connection.execute(query.where(evidence.c.ref.in_(chunk)))
        leaves = {(ref, seq): leaf for ref, seq, leaf in rows}
        for ref, seq in sorted(due.keys() | leaves.keys(), key=str):
            have, should = leaves.get((ref, seq)), due.get((ref, seq))
            if have is None:
                yield "evidence", seq, f"the copy for finding {ref} is gone, and nobody was erased"
            elif should is None:
                yield "evidence", seq, f"finding {ref} has no such copy, or it was erased"
            elif have != should:
                yield "evidence", seq, f"the copy is not the one that finding {ref} rests on"


def _invented(connection: Connection) -> Iterator[Fault]:
    """Copies for findings that do not exist."""
    is_made = (entry.c.ref == evidence.c.ref) & (entry.c.kind == "finding.made")
    join = evidence.outerjoin(entry, is_made)
    query = select(evidence.c.ref, evidence.c.seq).select_from(join).where(entry.c.index.is_(None))
    for ref, seq in connection.execute(query, execution_options=STREAM):
        yield "evidence", seq, f"there is no finding {ref}"


def _chunks(connection: Connection) -> Iterator[dict[str, dict[str, str]]]:
    """Copies listed by findings, in chunks: finding -> log position -> leaf."""
    chunk: dict[str, dict[str, str]] = {}
    for body in _bodies(connection, "finding.made"):
        payload = msgspec.json.decode(body, type=_FindingPayload)
        if payload.kept is not None:
            chunk[payload.id] = chunk.get(payload.id, {}) | payload.kept
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def _bodies(connection: Connection, kind: str) -> Iterator[Any]:
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(payload.c.body).select_from(join).where(entry.c.kind == kind)
    return iter(connection.scalars(query.order_by(entry.c.index), execution_options=STREAM))
