"""Outbox: messages to the outside, stored in the transaction of the entries they report.

Messages of one lane are delivered in the order of their numbers: of the waiting ones only the
lane's first, its `head`, is ever due. Finishing it makes the next one the head. A message is
delivered at least once with a constant id, so that a receiver can apply it once. Times are Unix
milliseconds UTC. Functions that take a connection join its transaction.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    text,
    update,
)

from lianzhi.office.messages import Channel, Message, State
from lianzhi.prepared import Prepared
from lianzhi.record.entry import decode, encode
from lianzhi.store import db
from lianzhi.store.tables import metadata

#: Most characters kept of an error.
ERROR_CHARS = 200

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("person", Text, comment="vault token"),
    Column("ref", Text, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="JSON; people as vault tokens"),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False, comment="while leased, when the lease ends"),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("head", Boolean, nullable=False, comment="waits and is the first of its lane"),
    Column("lease_until", BigInteger),
    Column("lease_by", Text),
    Column("last_error", Text),
    Column("done_at", BigInteger),
)
_c = outbox.c
#: A literal, no parameter: a partial index serves only queries that repeat its condition.
_WAITS = _c.state == literal_column("'waiting'")
_HEAD = text("head = 1")
"""Literal condition for SQLite's queries, which has no truth values."""

# Only heads of lanes are claimed, so the index does not grow with the messages sent.
Index(*("outbox_due", _c.channel, _c.due_at, _c.id), sqlite_where=_HEAD, postgresql_where=_c.head)
Index("outbox_head", _c.lane, unique=True, sqlite_where=_HEAD, postgresql_where=_c.head)
Index(*("outbox_lane", _c.lane, _c.number, _c.id), sqlite_where=_WAITS, postgresql_where=_WAITS)
Index("outbox_done", _c.state, _c.done_at, _c.id)


_OF: BindParameter[str] = bindparam("of")
_THERE = Prepared(select(_c.id).where(_c.id == _OF))
_PUT = Prepared(insert(outbox))
_FIRST = Prepared(select(_c.id).where(_c.lane == _OF, _WAITS).order_by(_c.number, _c.id).limit(1))
_OLD_HEAD = Prepared(select(_c.id).where(_c.lane == _OF, _c.head))
_SET_HEAD = Prepared(update(outbox).where(_c.id == _OF))


def put(connection: Connection, messages: Sequence[Message]) -> int:
    """Store new messages; returns their number."""
    new = {message.id: message for message in messages}
    for known in [
        identity for identity in new if _THERE.first(connection, {"of": identity}) is not None
    ]:
        del new[known]
    _PUT.many(connection, map(_row, new.values()))
    for lane in dict.fromkeys(message.lane for message in new.values()):
        _advance(connection, lane)
    return len(new)


def claim(
    engine: Engine,
    by: str,
    now: int,
    limit: int,
    lease_ms: int,
    *,
    channel: Channel,
    in_progress: Collection[str] = (),
) -> list[Message]:
    """Lease up to `limit` messages that are due, the longest due first.

    They are given to nobody else for `lease_ms`. `in_progress` are those still being sent here,
    which must not be given again if the clock jumps past their lease.
    """
    due = (
        select(outbox)
        .where(_c.head, _c.channel == channel, _c.due_at <= now)
        .order_by(_c.due_at, _c.id)
        .limit(limit)
    )
    if in_progress:
        due = due.where(_c.id.not_in(in_progress))
    with engine.connect() as connection:
        if connection.execute(due.with_only_columns(_c.id).limit(1)).first() is None:
            return []  # most polls find nothing and need no lock
    with db.writing(engine) as connection:
        rows = connection.execute(due.with_for_update(skip_locked=True)).mappings().all()
        lease = {"lease_until": now + lease_ms, "due_at": now + lease_ms, "lease_by": by}
        claimed = update(outbox).where(_c.id.in_([row["id"] for row in rows]))
        connection.execute(claimed.values(**lease, attempts=_c.attempts + 1))
    return [_message(dict(row), attempts=row["attempts"] + 1) for row in rows]


def sent(connection: Connection, message: Message, now: int) -> bool:
    """Mark a message delivered, whoever leased it; False if it already was."""
    return _finish(connection, message.lane, _c.id == message.id, "sent", now, but="sent") > 0


def failed(connection: Connection, message: Message, due_at: int, error: str) -> bool:
    """Return a claimed message for another attempt at `due_at`; False: another holds it."""
    change = {"due_at": due_at, "lease_until": None, "lease_by": None, "last_error": shown(error)}
    return connection.execute(_claimed(message).values(**change)).rowcount > 0


def bury(connection: Connection, message: Message, now: int, error: str) -> bool:
    """Give up a claimed message: a dead letter, which only `revive` sends again."""
    return _end_claimed(connection, message, "dead", now, error)


def drop(connection: Connection, message: Message, now: int, why: str) -> bool:
    """Cancel a claimed message that has no recipient any more."""
    return _end_claimed(connection, message, "cancelled", now, why)


def cancel(connection: Connection, lane: str, now: int) -> int:
    """Cancel all waiting messages of a lane; returns their number.

    A message being sent may still arrive, and is then marked sent.
    """
    return _finish(connection, lane, (_c.lane == lane) & _WAITS, "cancelled", now)


def revive(connection: Connection, message_id: str, now: int) -> bool:
    """Requeue a dead letter from its first attempt; False if it is none.

    It goes before the waiting messages of its lane, and after those sent since.
    """
    lane = connection.scalar(select(_c.lane).where(_c.id == message_id, _c.state == "dead"))
    if lane is None:
        return False
    again = {"state": "waiting", "due_at": now, "attempts": 0, "done_at": None}
    connection.execute(update(outbox).where(_c.id == message_id).values(**again))
    _advance(connection, lane)
    return True


def find(connection: Connection, message_id: str) -> Message | None:
    """A message by its id; None if there is none."""
    query = select(outbox).where(_c.id == message_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else _message(dict(row))


def state_of(connection: Connection, message_id: str) -> State | None:
    """State of a message; None if there is none, or it was purged."""
    state: State | None = connection.scalar(select(_c.state).where(_c.id == message_id))
    return state


def recover(engine: Engine, by: str, now: int, latest: int) -> None:
    """At a start: release what the previous process of the name `by` held.

    Also makes messages due that are postponed beyond `latest`, which only a clock that has since
    been set back can have done.
    """
    late = (_c.attempts > 0) & (_c.due_at > latest)
    with db.writing(engine) as connection:
        connection.execute(
            update(outbox)
            .where(_c.head, (_c.lease_by == by) | late)
            .values(due_at=now, lease_until=None, lease_by=None)
        )


def set_back(engine: Engine, now: int, by_ms: int) -> None:
    """Adjust postponements after the clock was set back by `by_ms`."""
    off = update(outbox).where(_c.head, _c.attempts > 0, _c.due_at > now)
    with db.writing(engine) as connection:
        connection.execute(off.values(due_at=_c.due_at - by_ms))


def purge(engine: Engine, before: int, limit: int = 1000) -> int:
    """Remove up to `limit` messages sent or cancelled before a time; returns their number."""
    deleted = 0
    with db.writing(engine) as connection:
        for state in ("sent", "cancelled"):
            old = select(_c.id).where(_c.state == state, _c.done_at < before)
            old = old.order_by(_c.done_at).limit(limit - deleted)
            deleted += connection.execute(delete(outbox).where(_c.id.in_(old))).rowcount
    return deleted


def shown(error: str) -> str:
    """An error message on one line, truncated."""
    return " ".join("".join(c if c.isprintable() else " " for c in error).split())[:ERROR_CHARS]


def _advance(connection: Connection, lane: str) -> None:
    """Make the first waiting message the head of its lane, and no other."""
    head = _FIRST.scalar(connection, {"of": lane})
    before = _OLD_HEAD.scalar(connection, {"of": lane})
    if head == before:
        return
    if before is not None:
        _SET_HEAD.run(connection, {"of": before, "head": False})
    if head is not None:
        _SET_HEAD.run(connection, {"of": head, "head": True})


def _finish(
    connection: Connection, lane: str, which: Any, state: State, now: int, *, but: str = ""
) -> int:
    change: dict[str, Any] = {"state": state, "head": False, "done_at": now}
    change |= {"lease_until": None, "lease_by": None}
    if state == "sent":
        change["last_error"] = None
    done = update(outbox).where(which, _c.state != but).values(**change)
    count = connection.execute(done).rowcount
    if count:
        _advance(connection, lane)
    return count


def _claimed(message: Message) -> Update:
    """Update of a message's row, unless it was claimed again or finished since."""
    return update(outbox).where(_c.id == message.id, _WAITS, _c.attempts == message.attempts)


def _end_claimed(
    connection: Connection, message: Message, state: State, now: int, why: str
) -> bool:
    change = {"last_error": shown(why), "lease_until": None}
    if connection.execute(_claimed(message).values(**change)).rowcount == 0:
        return False
    return _finish(connection, message.lane, _c.id == message.id, state, now) > 0


def _row(message: Message) -> dict[str, Any]:
    row = msgspec.structs.asdict(message)
    due = message.created_at if message.due_at is None else message.due_at
    more = {"body": encode(message.body), "due_at": due, "state": "waiting", "head": False}
    return row | more


_FIELDS = frozenset(Message.__struct_fields__)


def _message(row: dict[str, Any], **more: Any) -> Message:
    kept = {name: value for name, value in row.items() if name in _FIELDS}
    return Message(**{**kept, "body": decode(row["body"]), **more})
