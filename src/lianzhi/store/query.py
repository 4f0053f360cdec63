"""Queries over the event log: DuckDB on sealed segments, and frames not yet sealed.

Query texts are common-subset SQL with parameters; file names never come from users.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from lianzhi.chain.event import CONTACT_KINDS, Event
from lianzhi.flow.intake import decode
from lianzhi.office.views import Act
from lianzhi.store.events import EventStore
from lianzhi.store.segments import Active

MEMORY_LIMIT = "512MB"
#: Most sealed segments searched for the newest events: millions of events.
LAST_SEGMENTS = 32

_AT_PERSON = """
SELECT time, actor, text FROM read_parquet($files)
WHERE target = $target AND time >= $since AND time < $until AND list_contains($kinds, kind)
"""

_ACTS_AT = """
SELECT seq, time, actor, kind, text FROM read_parquet($files)
WHERE target = $target AND time >= $since AND time < $until AND list_contains($kinds, kind)
AND list_contains($actors, actor)
"""

Message = tuple[int, str, str | None]
"""(time, actor, text)"""


def acts_at(
    store: EventStore, account: str, actors: Collection[str], since: int, until: int, most: int
) -> list[Act]:
    """The last `most` messages of these accounts at a person in [since, until), newest first."""
    closed, active = store.log.parts()
    more = {"actors": sorted(actors)}
    acts = [Act(*row) for row in _sealed(_ACTS_AT, closed, account, since, until, more)]
    needle = account.encode()
    for segment in active:
        for frame in store.log.frames_of(segment):
            for seq, line in enumerate(frame.lines, frame.first):
                if line is not None and (needle in line or b"\\" in line):
                    event = decode(line)
                    if event.actor in actors and _aimed_at(event, account, since, until):
                        acts.append(Act(seq, event.time, event.actor, event.kind, event.text))
    return sorted(acts, key=lambda act: (act.at, act.seq), reverse=True)[:most]


def at_person(store: EventStore, account: str, since: int, until: int) -> list[Message]:
    """Messages aimed at a person in [since, until), in time order; erased ones are missing."""
    closed, active = store.log.parts()
    messages: list[Message] = _sealed(_AT_PERSON, closed, account, since, until, {})
    needle = account.encode()
    for segment in active:
        for frame in store.log.frames_of(segment):
            for line in frame.lines:
                if line is not None and (needle in line or b"\\" in line):
                    event = decode(line)
                    if _aimed_at(event, account, since, until):
                        messages.append((event.time, event.actor, event.text))
    return sorted(messages, key=lambda message: message[:2])


_NEWEST = """
SELECT seq, time, text FROM read_parquet($file)
WHERE text IS NOT NULL AND time >= $since AND list_contains($kinds, kind)
ORDER BY seq DESC LIMIT $most
"""


def newest(store: EventStore, since: int, most: int) -> list[Event]:
    """The last `most` messages with a text since a time, newest first, without their people.

    No further back than `LAST_SEGMENTS`.
    """
    closed, active = store.log.parts()
    events: list[Event] = []
    for segment in reversed(active):
        if len(events) < most:
            events_ = [
                event
                for event in _open_messages(store, segment)
                if event.text and event.time >= since
            ]
            events += events_[: -(most - len(events)) - 1 : -1]
    if len(events) < most and closed:
        with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1}) as database:
            for path in reversed(closed[-LAST_SEGMENTS:]):
                wanted = {"file": str(path), "since": since, "kinds": sorted(CONTACT_KINDS)}
                wanted |= {"most": most - len(events)}
                for seq, time, text in database.execute(_NEWEST, wanted).fetchall():
                    events.append(_message(seq, time, text))
                if len(events) >= most:
                    break
    return events


def _open_messages(store: EventStore, segment: Active) -> list[Event]:
    """Messages of an unsealed segment, in log order."""
    return [
        _message(seq, event.time, event.text)
        for frame in store.log.frames_of(segment)
        for seq, line in enumerate(frame.lines, frame.first)
        if line is not None
        for event in (decode(line),)
        if event.kind in CONTACT_KINDS
    ]


def _message(seq: int, time: int, text: str | None) -> Event:
    event = Event(id="-", source="-", kind="comment", time=time, actor="-", text=text)
    event.seq = seq
    return event


def _sealed(
    query: str, files: list[Path], account: str, since: int, until: int, more: Mapping[str, Any]
) -> list[Any]:
    if not files:
        return []
    parameters = {
        "files": [str(path) for path in files],
        "target": account,
        "since": since,
        "until": until,
        "kinds": sorted(CONTACT_KINDS),
        **more,
    }
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1}) as database:
        return list(database.execute(query, parameters).fetchall())


def _aimed_at(event: Event, account: str, since: int, until: int) -> bool:
    return event.target == account and since <= event.time < until and event.kind in CONTACT_KINDS
