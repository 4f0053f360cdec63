"""Sizes of what a deployment stores. Imports no SQLAlchemy: `lianzhi status` is to be quick."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

FirstRow = Callable[[str], Sequence[Any]]
"""Runs a query and gives its first row."""

_ENTRIES = 'SELECT coalesce(max("index") + 1, 0) FROM entry'
_WAITING = "SELECT count(*), min(created_at) FROM outbox WHERE state = 'waiting'"
_DEAD = "SELECT count(*) FROM outbox WHERE state = 'dead'"
_BYTES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


class StoredFigures(NamedTuple):
    """Figures of the database. Times are Unix milliseconds UTC."""

    record_entries: int
    database_bytes: int
    """Record with payloads, vault and projections, as they lie in the database's files."""
    outbox_waiting: int
    outbox_oldest_at: int | None
    """When the oldest message that waits was made; None: none waits."""
    outbox_dead: int
    """Messages that were given up."""


def read(first_row: FirstRow, dialect: str) -> StoredFigures:
    """Read the figures; `dialect` is `sqlite` or `postgresql`."""
    (entries,) = first_row(_ENTRIES)
    (size,) = first_row(_BYTES[dialect])
    waiting, oldest_at = first_row(_WAITING)
    (dead,) = first_row(_DEAD)
    return StoredFigures(entries, size, waiting, oldest_at, dead)


def event_log_bytes(home: Path) -> int:
    """Bytes of the files of the event log under a home."""
    total = 0
    for path in (home / "events").rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # sealed or erased meanwhile
            continue
    return total


def modified_at(path: Path) -> int | None:
    """When a file was last written, Unix milliseconds UTC; None: there is none."""
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except FileNotFoundError:
        return None
