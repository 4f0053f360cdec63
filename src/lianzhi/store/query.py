"""Questions over the event log: DuckDB on sealed segments, and the frames not sealed yet.

The text of a query is common-subset SQL with parameters; file names never come from users.
"""

from pathlib import Path

import duckdb

from lianzhi.chain.event import CONTACT_KINDS, Event
from lianzhi.flow.intake import decode
from lianzhi.store.events import EventStore

MEMORY_LIMIT = "512MB"

_AT_PERSON = """
SELECT time, actor, text FROM read_parquet($files)
WHERE target = $target AND time >= $since AND time < $until AND list_contains($kinds, kind)
"""

Message = tuple[int, str, str | None]
"""(time, actor, text)"""


def at_person(store: EventStore, account: str, since: int, until: int) -> list[Message]:
    """Messages aimed at a person in [since, until), in time order; erased ones are missing."""
    closed, active = store.log.parts()
    found = _sealed(closed, account, since, until)
    needle = account.encode()
    for segment in active:
        for frame in store.log.frames_of(segment):
            for line in frame.lines:
                if line is not None and (needle in line or b"\\" in line):
                    event = decode(line)
                    if _meant(event, account, since, until):
                        found.append((event.time, event.actor, event.text))
    return sorted(found, key=lambda message: message[:2])


def _sealed(files: list[Path], account: str, since: int, until: int) -> list[Message]:
    if not files:
        return []
    parameters = {
        "files": [str(path) for path in files],
        "target": account,
        "since": since,
        "until": until,
        "kinds": sorted(CONTACT_KINDS),
    }
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": 1}) as database:
        rows: list[Message] = database.execute(_AT_PERSON, parameters).fetchall()
    return rows


def _meant(event: Event, account: str, since: int, until: int) -> bool:
    return event.target == account and since <= event.time < until and event.kind in CONTACT_KINDS
