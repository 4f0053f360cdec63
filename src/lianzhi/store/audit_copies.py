"""Audit of the copies of events that findings rest on, and of the names behind their people."""

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
"""Where (evidence or vault), position of the event in the log, what is wrong."""


class _Made(msgspec.Struct):
    """What a finding's payload says of its copies; nothing, where an older version wrote it."""

    id: str
    kept: dict[str, str] | None = None
    """Leaf by log position."""


class _Gone(msgspec.Struct):
    copies: tuple[str, ...] = ()
    """Erased ones, as `<finding>/<log position>`."""


def audit_copies(engine: Engine) -> Iterator[Fault]:
    """What is wrong with the copies, by themselves and by the record, which was verified before."""
    with db.snapshot(engine) as connection, ill_formed_text(connection):
        yield from _untrue(connection)
        yield from _unaccounted(connection)
        yield from _invented(connection)


def _untrue(connection: Connection) -> Iterator[Fault]:
    """Copies that do not fit their own leaf, and people whom the vault names otherwise."""
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
        for said, account in zip((event.actor, event.target), named, strict=True):
            if account != said:
                what = "has lost the name of somebody" if account is None else "names another"
                yield "vault", seq, f"the vault {what} in the event"


def _event(leaf: Any, salt: bytes, raw: bytes) -> Event | None:
    if log.leaf(salt, raw).hex() != leaf:
        return None
    try:
        return decode(raw)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return None


def _unaccounted(connection: Connection) -> Iterator[Fault]:
    """Copies that findings speak of and that are gone without an erasure, and the reverse."""
    bodies = _bodies(connection, ERASED)
    erased = {name for body in bodies for name in msgspec.json.decode(body, type=_Gone).copies}
    for made in _chunks(connection):
        due = {
            (ref, int(seq)): leaf
            for ref, kept in made.items()
            for seq, leaf in kept.items()
            if f"{ref}/{seq}" not in erased
        }
        query = select(evidence.c.ref, evidence.c.seq, evidence.c.leaf)
        rows = connection.execute(query.where(evidence.c.ref.in_(made)))
        found = {(ref, seq): leaf for ref, seq, leaf in rows}
        for ref, seq in sorted(due.keys() | found.keys(), key=str):
            have, should = found.get((ref, seq)), due.get((ref, seq))
            if have is None:
                yield "evidence", seq, f"the copy for finding {ref} is gone, and nobody was erased"
            elif should is None:
                yield "evidence", seq, f"finding {ref} has no such copy, or it was erased"
            elif have != should:
                yield "evidence", seq, f"the copy is not the one that finding {ref} rests on"


def _invented(connection: Connection) -> Iterator[Fault]:
    """Copies for findings that there are not."""
    made = (entry.c.ref == evidence.c.ref) & (entry.c.kind == "finding.made")
    join = evidence.outerjoin(entry, made)
    query = select(evidence.c.ref, evidence.c.seq).select_from(join).where(entry.c.index.is_(None))
    for ref, seq in connection.execute(query, execution_options=STREAM):
        yield "evidence", seq, f"there is no finding {ref}"


def _chunks(connection: Connection) -> Iterator[dict[str, dict[str, str]]]:
    """Findings that say which copies were kept, some at a time."""
    chunk: dict[str, dict[str, str]] = {}
    for body in _bodies(connection, "finding.made"):
        made = msgspec.json.decode(body, type=_Made)
        if made.kept is not None:
            chunk[made.id] = chunk.get(made.id, {}) | made.kept
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def _bodies(connection: Connection, kind: str) -> Iterator[Any]:
    """Payloads of all entries of a kind, in order."""
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(payload.c.body).select_from(join).where(entry.c.kind == kind)
    return iter(connection.scalars(query.order_by(entry.c.index), execution_options=STREAM))
