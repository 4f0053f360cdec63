"""Drafts: what a phone sends until it is told that it came. Ids follow from it: it counts once."""

import hashlib
import uuid

import msgspec
from sqlalchemy import Connection, select

from lianzhi.domains.enforcement import tables
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.visit import Visit


def derived(draft_id: str, by: str, part: str = "") -> str:
    """The id of what a draft, or a part of it, becomes. Raises RefusedError for no UUID."""
    try:
        plain = uuid.UUID(draft_id).hex
    except ValueError:
        raise RefusedError("draft", f"draft is {draft_id[:80]!r}; give a UUID") from None
    return hashlib.blake2b("\n".join((by, plain, part)).encode(), digest_size=10).hexdigest()


def held(connection: Connection, identity: str) -> Visit | None:
    """The visit of this id, once it is on the record."""
    column = tables.inspection.c
    state = connection.scalar(select(column.state).where(column.id == identity))
    return None if state is None else msgspec.json.decode(state, type=Visit)
