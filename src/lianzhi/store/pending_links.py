"""Pending links by which a platform's users report and appeal.

A link carries only a random id. The table holds a hash of that id, and the link's content encrypted
under a key derived from the id, so that stored data reveal nobody. The content is deleted once the
link was used, has expired, or a person in it is erased. Not on the record.
"""

import os
import secrets
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    LargeBinary,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from lianzhi.store.db import writing
from lianzhi.store.tables import metadata

pending_link = Table(
    "pending_link",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="hash of the link's random id"),
    Column("purpose", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="what it says; empty once it was used"),
    Column("people", Text, nullable=False, comment="keyed hashes of the accounts that it names"),
    Column("made", Text, comment="the report or appeal that came of it"),
    Column("expires_at", BigInteger, nullable=False),
    Index("pending_link_expires", "expires_at"),
)
_OF = pending_link.c
_NONCE = 12


class Opened(msgspec.Struct, frozen=True):
    """A link that has not expired."""

    content: dict[str, Any] | None
    """Its content; None once it was used."""
    result: str | None
    """Id of the report or appeal made from it."""
    expires_at: int


def make(
    engine: Engine,
    key: bytes,
    purpose: str,
    content: dict[str, Any],
    accounts: Iterable[str],
    expires_at: int,
) -> str:
    """Store a link's content; returns its random id. `key` hashes the accounts that it names."""
    identity = secrets.token_urlsafe(16)
    nonce = os.urandom(_NONCE)
    body = AESGCM(_key(identity)).encrypt(nonce, msgspec.json.encode(content), purpose.encode())
    row = {
        "digest": _digest(identity),
        "purpose": purpose,
        "sealed": nonce + body,
        "people": " ".join(sorted({_person(key, account) for account in accounts})),
        "expires_at": expires_at,
    }
    with writing(engine) as connection:
        connection.execute(insert(pending_link), row)
    return identity


def look(engine: Engine, purpose: str, identity: str, now: int) -> Opened | None:
    """The link of this id and purpose; None where there is none, or it has expired."""
    query = select(pending_link).where(
        _OF.digest == _digest(identity), _OF.purpose == purpose, _OF.expires_at > now
    )
    with engine.connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    content = _unsealed(identity, purpose, row.sealed) if row.sealed else None
    return Opened(content, row.made, row.expires_at)


def use(connection: Connection, identity: str, used: str) -> str | None:
    """Mark a link as used for `used`; returns None, or the id of an earlier use.

    Joins the transaction that records the result, so that only one of two submissions counts.
    Raises KeyError where the link is gone.
    """
    digest = _digest(identity)
    row = connection.execute(select(_OF.made).where(_OF.digest == digest)).first()
    if row is None:
        raise KeyError("the link is gone")
    if row.made is not None:
        return str(row.made)
    change = {"made": used, "sealed": b"", "people": ""}
    connection.execute(update(pending_link).where(_OF.digest == digest).values(change))
    return None


def sweep(engine: Engine, now: int) -> int:
    """Delete expired links; returns their number."""
    with engine.connect() as connection:
        query = select(_OF.digest).where(_OF.expires_at <= now).limit(1)
        if connection.execute(query).first() is None:
            return 0
    with writing(engine) as connection:
        expired = delete(pending_link).where(_OF.expires_at <= now)
        return connection.execute(expired).rowcount


def erase(engine: Engine, key: bytes, account: str) -> int:
    """Delete every link that names an account; returns their number."""
    named = _person(key, account)
    with writing(engine) as connection:
        naming = delete(pending_link).where(_OF.people.contains(named, autoescape=True))
        return connection.execute(naming).rowcount


def _digest(identity: str) -> bytes:
    return blake2b(identity.encode(), digest_size=32, person=b"lianzhi link id").digest()


def _key(identity: str) -> bytes:
    return blake2b(identity.encode(), digest_size=32, person=b"lianzhi link key").digest()


def _person(key: bytes, account: str) -> str:
    return blake2b(
        account.encode(), digest_size=16, key=key, person=b"lianzhi link who"
    ).hexdigest()


def _unsealed(identity: str, purpose: str, sealed: bytes) -> dict[str, Any] | None:
    try:
        body = AESGCM(_key(identity)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag:
        return None
    content: dict[str, Any] = msgspec.json.decode(body)
    return content
