"""State of the outbox's messages, for lists and pages."""

from typing import Any

import msgspec
from sqlalchemy import Engine, func, select

from lianzhi.chain.views import Page
from lianzhi.office.messages import State
from lianzhi.store.db import snapshot
from lianzhi.store.outbox import outbox
from lianzhi.store.views import page_of

_c = outbox.c


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message without its content. Times are Unix milliseconds UTC."""

    id: str
    lane: str
    number: int
    topic: str
    channel: str
    ref: str
    created_at: int
    due_at: int
    attempts: int
    state: State
    last_error: str | None
    done_at: int | None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of messages by state."""

    waiting: int
    retrying: int
    """Those that failed at least once and are tried again."""
    dead: int
    sent: int
    """Delivered since the given time."""


_LETTER = select(*(_c[name] for name in Letter.__struct_fields__))


def letters(
    engine: Engine, state: State = "dead", *, cursor: str | None = None, limit: int = 50
) -> Page[Letter]:
    """Messages in a state: waiting ones by due time, others by completion, latest first.

    Raises CursorError.
    """
    first = _c.due_at if state == "waiting" else _c.done_at
    query = _LETTER.where(_c.state == state)
    with engine.connect() as connection:
        return page_of(connection, query, (first, _c.id), Letter, cursor=cursor, limit=limit)


def dead_letters(engine: Engine, *, cursor: str | None = None, limit: int = 50) -> Page[Letter]:
    """Messages that were given up, the latest first. Raises CursorError."""
    return letters(engine, "dead", cursor=cursor, limit=limit)


def counts(engine: Engine, since: int) -> Counts:
    """Numbers of messages by state."""
    with snapshot(engine) as connection:

        def count(*which: Any) -> int:
            return connection.scalar(select(func.count()).select_from(outbox).where(*which)) or 0

        return Counts(
            waiting=count(_c.state == "waiting"),
            retrying=count(_c.head, _c.last_error.is_not(None)),
            dead=count(_c.state == "dead"),
            sent=count(_c.state == "sent", _c.done_at >= since),
        )
