"""A sample of stored events: all events of some accounts, and a share of the others', by account.

Whole accounts are included or not, by a hash of their names, so that shares of accounts are
unbiased. Reads typed columns of sealed segments, and frames that are not sealed yet.
"""

from collections.abc import Collection, Iterable
from typing import Any

import duckdb
import pyarrow as pa

from lianzhi.chain.event import Event
from lianzhi.flow.intake import decode_many
from lianzhi.flow.log import Frame
from lianzhi.office.ports import Sample
from lianzhi.store import sealed
from lianzhi.store.events import EventStore
from lianzhi.store.query import MEMORY_LIMIT

#: Fields of an event that are read, by column name.
_FIELDS = tuple(name for name in sealed.TYPED if name != "in_reply_to")
_SCHEMA = pa.schema([("seq", pa.int64()), *((name, sealed.TYPED[name]) for name in _FIELDS)])
_UNSEALED = """
SELECT * FROM unsealed WHERE time >= $since AND time < $until
"""
_SEALED = """
SELECT seq, id, source, kind, time, actor, target, object, text, "group", actor_created
FROM read_parquet($files) WHERE time >= $since AND time < $until AND actor IS NOT NULL
"""
_COUNT = "SELECT count(*), min(time) FROM seen"
#: The requested accounts first, then a sample; the newest if there are too many.
_SAMPLE = """
SELECT seen.* FROM seen LEFT JOIN (SELECT unnest($actors) AS actor) AS asked USING (actor)
WHERE asked.actor IS NOT NULL OR hash(seen.actor) % $parts = 0
ORDER BY asked.actor IS NOT NULL DESC, time DESC, seq DESC LIMIT $most
"""


def sample(
    store: EventStore, actors: Collection[str], since: int, until: int, others: int
) -> Sample:
    """All events of these accounts in [since, until), and about `others` events of other accounts.

    The former are limited to the same number. Erased events are missing.
    """
    closed, active = store.log.parts()
    frames = (frame for segment in active for frame in store.log.frames_of(segment))
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1}) as database:
        database.register("unsealed", _table(frames, since, until))
        window: dict[str, Any] = {"since": since, "until": until}
        parts = [_UNSEALED]
        if closed:
            window["files"] = [str(path) for path in closed]
            parts.append(_SEALED)
        seen = f"WITH seen AS ({' UNION ALL '.join(parts)}) "
        total, first = database.execute(seen + _COUNT, window).fetchone() or (0, None)
        params = {
            "actors": sorted(set(actors)),
            "parts": max(1, -(-total // others)),
            "most": 2 * others,
        }
        rows = database.execute(seen + _SAMPLE, window | params).fetchall()
    events = [_event(*row) for row in rows]
    return Sample(sorted(events, key=lambda event: (event.time, event.seq)), first)


def _table(frames: Iterable[Frame], since: int, until: int) -> pa.Table:
    """Events of unsealed frames, as columns."""
    columns: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    for frame in frames:
        kept = [n for n, line in enumerate(frame.lines) if line is not None]
        events = decode_many([line for line in frame.lines if line is not None])
        for place, event in zip(kept, events, strict=True):
            if since <= event.time < until:
                columns["seq"].append(frame.first + place)
                for name in _FIELDS:
                    columns[name].append(getattr(event, name))
    return pa.table(columns, schema=_SCHEMA)


def _event(seq: int, *fields: Any) -> Event:
    return Event(seq=seq, **dict(zip(_FIELDS, fields, strict=True)))
