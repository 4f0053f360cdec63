"""Durable length of the event log, stored where it survives the log: in the database.

A node updates one sealed row about every second, and each finding states it on the record. Both are
written after the log was synced, so that a crash can only leave them behind it. A log that no
longer reaches them has lost acknowledged events. An operator who has to continue without them
records that (`give_up`).
"""

from collections.abc import Sequence
from hmac import digest
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, insert, inspect, select, update

from lianzhi.flow.log import Acknowledged, Head
from lianzhi.record.entry import Draft
from lianzhi.store import db
from lianzhi.store.audit import ill_formed_text
from lianzhi.store.ledger import Ledger, RecordError
from lianzhi.store.roots import LOST_KIND, Lost, given_up, roots
from lianzhi.store.tables import entry, log_head, payload

_WRONG = "what table log_head says of where the event log was {}: restore the database from a copy"


class _LogPayload(msgspec.Struct):
    after: int
    chain: str


class _FindingPayload(msgspec.Struct):
    """The log's head in a finding's payload; None in those of older versions."""

    log: _LogPayload | None = None


def keep(ledger: Ledger, head: Head) -> None:
    """Update the row; the log must be durable up to there."""
    with ledger.batch() as batch:
        _keep(batch.connection, ledger.signer.seal_key, head)


def _keep(connection: Connection, key: bytes, head: Head) -> None:
    row = {"after": head.after, "chain": head.chain, "seal": _seal(key, head)}
    if not connection.execute(update(log_head), row).rowcount:
        connection.execute(insert(log_head), row | {"one": 1})


def give_up(ledger: Ledger, lost: Sequence[Lost], head: Head, at: int) -> None:
    """Record which acknowledged events are lost; the log will continue from `head`."""
    drafts = [
        Draft(kind=LOST_KIND, ref=f"event-{gap.first}", at=at, payload=msgspec.structs.asdict(gap))
        for gap in lost
    ]
    with ledger.batch() as batch:
        batch.append(drafts)
        _keep(batch.connection, ledger.signer.seal_key, head)


def acknowledged(engine: Engine, seal_key: bytes | None) -> Acknowledged:
    """What the log must reach; without the key the row's seal is not checked.

    Raises RecordError when the row was edited, or is missing though the record shows there was one.
    """
    with db.snapshot(engine) as connection, ill_formed_text(connection):
        heads, rows = on_record(connection), _rows(connection)
        lost, sealed = given_up(connection), roots(connection)
    for after, chain, seal in rows:
        whole = isinstance(after, int) and isinstance(chain, bytes)
        if not whole or (seal_key is not None and seal != _seal(seal_key, Head(after, chain))):
            raise RecordError(_WRONG.format("was edited"))
    if heads and not rows:
        raise RecordError(_WRONG.format("is gone"))
    heads += [Head(after, chain) for after, chain, _ in rows]
    left = tuple(head for head in heads if not _within(head, lost))
    lost_ranges = {gap.first: gap.after for gap in lost}
    return Acknowledged(left, lost_ranges, frozenset(root.first for root in sealed))


def promised(ledger: Ledger) -> list[Head]:
    """All remaining heads, even if the row was edited or is missing."""
    try:
        return list(acknowledged(ledger.engine, ledger.signer.seal_key).heads)
    except RecordError:
        with ledger.engine.connect() as connection:
            lost = given_up(connection)
            return [head for head in on_record(connection) if not _within(head, lost)]


def _within(head: Head, lost: Sequence[Lost]) -> bool:
    return any(gap.ends(head.after) for gap in lost)


def on_record(connection: Connection) -> list[Head]:
    """Head stated by the newest finding on the record."""
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(payload.c.body).select_from(join).where(entry.c.kind == "finding.made")
    body = connection.scalar(query.order_by(entry.c.index.desc()).limit(1))
    payload_ = (
        _FindingPayload() if body is None else msgspec.json.decode(body, type=_FindingPayload)
    )
    return (
        []
        if payload_.log is None
        else [Head(payload_.log.after, bytes.fromhex(payload_.log.chain))]
    )


def _rows(connection: Connection) -> list[Any]:
    if not inspect(connection).has_table(log_head.name):  # no node of this version has run here
        return []
    query = select(log_head.c.after, log_head.c.chain, log_head.c.seal)
    return list(connection.execute(query))


def _seal(key: bytes, head: Head) -> bytes:
    """HMAC-SHA256; its input is longer than an entry's, so that the seals cannot be confused."""
    text = b"lianzhi-log-head/1\n%d\n%s\n" % (head.after, head.chain.hex().encode())
    return digest(key, text, "sha256")
