"""Restored: records that a deployment was restored from an archive.

What happened between the backup and the restore is gone from here, and people, keys and messages
stand as they stood: whoever reads the record has to know. The restore leaves a note in the home;
the node's first start puts it on the record.
"""

from pathlib import Path

import msgspec
from sqlalchemy import select

from lianzhi.files import replace
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import Ledger
from lianzhi.store.tables import entry

NOTE = "restored.json"
KIND = "record.restored"


class Note(msgspec.Struct, frozen=True):
    """From what, and when."""

    at: int
    """When it was restored, Unix milliseconds UTC."""
    backup_at: int
    """When the backup was begun."""
    entries: int
    """Entries of the record in it."""


def leave(home: Path, note: Note) -> None:
    """Note in a home that it was restored."""
    replace(home / NOTE, msgspec.json.encode(note))


def record(home: Path, ledger: Ledger) -> None:
    """Put on the record what was noted, once."""
    path = home / NOTE
    if not path.exists():
        return
    note = msgspec.json.decode(path.read_bytes(), type=Note)
    with ledger.batch() as batch:
        same = select(entry.c.index).where(entry.c.kind == KIND, entry.c.at == note.at)
        if batch.connection.scalar(same.limit(1)) is None:
            batch.append([Draft(KIND, "record", note.at, msgspec.to_builtins(note))])
    path.unlink()
