"""How far the event log was durable, kept where it survives the log: in the database.

A node brings one sealed row along about every second, and each finding says it on the record. Both
are written after the log was synced, so that a crash can only leave them behind it. A log that does
not lead past them any more has lost, or been robbed of, events that were acknowledged. An operator
who has to go on without them puts that on the record (`give_up`).
"""

from hmac import digest
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, insert, inspect, select, update

from lianzhi.flow.log import Acknowledged, Head
from lianzhi.record.entry import Draft
from lianzhi.store import db
from lianzhi.store.audit import ill_formed_text
from lianzhi.store.ledger import Ledger, RecordError
from lianzhi.store.tables import entry, log_head, payload

LOST_KIND = "events.lost"
_WRONG = "what table log_head says of where the event log was {}: restore the database from a copy"


class _Said(msgspec.Struct):
    after: int
    chain: str


class _Lost(msgspec.Struct):
    first: int
    after: int


class _Made(msgspec.Struct):
    """What a finding's payload says of the log; nothing, where an older version wrote it."""

    log: _Said | None = None


def said(head: Head) -> dict[str, Any]:
    """What a finding's payload has under `log`."""
    return {"after": head.after, "chain": head.chain.hex()}


def keep(ledger: Ledger, head: Head) -> None:
    """Bring the row along; the log must be durable up to there."""
    row = {"after": head.after, "chain": head.chain, "seal": _seal(ledger.signer.seal_key, head)}
    with ledger.batch() as batch:
        if not batch.connection.execute(update(log_head), row).rowcount:
            batch.connection.execute(insert(log_head), row | {"one": 1})


def give_up(ledger: Ledger, head: Head, after: int, at: int) -> None:
    """Put on the record that what was acknowledged from `head` up to `after` is gone."""
    payload = {"first": head.after, "after": after, "chain": head.chain.hex()}
    ledger.append([Draft(kind=LOST_KIND, ref=f"event-{head.after}", at=at, payload=payload)])
    keep(ledger, Head(after, head.chain))


def acknowledged(engine: Engine, seal_key: bytes | None) -> Acknowledged:
    """What the log must lead past; without the key the row's seal is not looked at.

    Raises RecordError when the row was edited, or is gone though the record shows there was one.
    """
    with db.snapshot(engine) as connection, ill_formed_text(connection):
        heads, rows = on_record(connection), _rows(connection)
        lost = given_up(connection)
    for after, chain, seal in rows:
        whole = isinstance(after, int) and isinstance(chain, bytes)
        if not whole or (seal_key is not None and seal != _seal(seal_key, Head(after, chain))):
            raise RecordError(_WRONG.format("was edited"))
    if heads and not rows:
        raise RecordError(_WRONG.format("is gone"))
    heads += [Head(after, chain) for after, chain, _ in rows]
    return Acknowledged(tuple(head for head in heads if not _within(head, lost)), lost)


def given_up(connection: Connection) -> dict[int, int]:
    """Positions that were given up, as in `Acknowledged`."""
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(payload.c.body).select_from(join).where(entry.c.kind == LOST_KIND)
    told = [msgspec.json.decode(body, type=_Lost) for body in connection.scalars(query)]
    return {one.first: one.after for one in told}


def _within(head: Head, lost: dict[int, int]) -> bool:
    return any(first < head.after <= after for first, after in lost.items())


def on_record(connection: Connection) -> list[Head]:
    """Head that the newest finding on the record tells of."""
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(payload.c.body).select_from(join).where(entry.c.kind == "finding.made")
    body = connection.scalar(query.order_by(entry.c.index.desc()).limit(1))
    made = _Made() if body is None else msgspec.json.decode(body, type=_Made)
    return [] if made.log is None else [Head(made.log.after, bytes.fromhex(made.log.chain))]


def _rows(connection: Connection) -> list[Any]:
    if not inspect(connection).has_table(log_head.name):  # no node of this version ran here yet
        return []
    query = select(log_head.c.after, log_head.c.chain, log_head.c.seal)
    return list(connection.execute(query))


def _seal(key: bytes, head: Head) -> bytes:
    """HMAC-SHA256; its text is longer than what seals an entry, so neither passes for the other."""
    text = b"lianzhi-log-head/1\n%d\n%s\n" % (head.after, head.chain.hex().encode())
    return digest(key, text, "sha256")
