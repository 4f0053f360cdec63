"""Pending links: what stands behind the links by which a platform's users report and appeal.

A link carries a random id and nothing else. The table holds a hash of that id, and what the link
says encrypted under a key that only the id yields: at rest nobody can be read out of it. What a
link says is gone once it was used, has expired, or somebody in it is erased. Not on the record.
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

    said: dict[str, Any] | None
    """What it says; None once it was used."""
    made: str | None
    """The report or appeal that came of it."""
    expires_at: int


def make(
    engine: Engine,
    key: bytes,
    purpose: str,
    said: dict[str, Any],
    accounts: Iterable[str],
    expires_at: int,
) -> str:
    """Keep what a link says; returns its random id. `key` hashes the accounts that it names."""
    identity = secrets.token_urlsafe(16)
    nonce = os.urandom(_NONCE)
    body = AESGCM(_key(identity)).encrypt(nonce, msgspec.json.encode(said), purpose.encode())
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
    said = _unsealed(identity, purpose, row.sealed) if row.sealed else None
    return Opened(said, row.made, row.expires_at)


def use(connection: Connection, identity: str, made: str) -> str | None:
    """Use a link up for what is made of it; returns None, or what came of it before.

    Joins the transaction that records what is made, so that of two taps one counts. KeyError: the
    link is gone.
    """
    digest = _digest(identity)
    row = connection.execute(select(_OF.made).where(_OF.digest == digest)).first()
    if row is None:
        raise KeyError("the link is gone")
    if row.made is not None:
        return str(row.made)
    change = {"made": made, "sealed": b"", "people": ""}
    connection.execute(update(pending_link).where(_OF.digest == digest).values(change))
    return None


def sweep(engine: Engine, now: int) -> int:
    """Drop what has expired; returns how many."""
    with engine.connect() as connection:
        query = select(_OF.digest).where(_OF.expires_at <= now).limit(1)
        if connection.execute(query).first() is None:
            return 0
    with writing(engine) as connection:
        gone = delete(pending_link).where(_OF.expires_at <= now)
        return connection.execute(gone).rowcount


def erase(engine: Engine, key: bytes, account: str) -> int:
    """Drop every link that names an account; returns how many."""
    named = _person(key, account)
    with writing(engine) as connection:
        gone = delete(pending_link).where(_OF.people.contains(named, autoescape=True))
        return connection.execute(gone).rowcount


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
    found: dict[str, Any] = msgspec.json.decode(body)
    return found
