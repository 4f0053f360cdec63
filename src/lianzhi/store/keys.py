"""API keys: the programs that call. Every change is an entry of the record, in one transaction.

A key is kept as SHA-256 of a 256-bit random secret: a guess at such a secret is hopeless however
fast the hash, and a fast hash keeps `/v1/check` fast. A secret can't be shown again.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Any, Literal, cast, get_args

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Engine

from lianzhi.chain.body import BodyRef, read_body
from lianzhi.record.entry import Draft
from lianzhi.store.account_marks import key_mark
from lianzhi.store.accounts_tables import api_key_table
from lianzhi.store.ledger import Ledger
from lianzhi.store.refusal import AccountError
from lianzhi.store.users import stored_body

Scope = Literal["ingest", "protect", "read", "report", "decide", "decide_for", "notices", "audit"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Scopes of an API key, none of which includes another; docs/people.md says what each opens."""

KEY_KINDS = ("key.added", "key.rotated", "key.changed", "key.revoked")

_TABLE = api_key_table.c


class ApiKey(msgspec.Struct, frozen=True):
    """An API key without its secret. Times are Unix milliseconds UTC."""

    id: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    old_until: int | None = None
    """End of validity of the secret before the last rotation."""
    body: BodyRef | None = None
    """Department, platform or squad whose program it is; None: of no body."""

    def valid_at(self, at: int) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def allows(self, scope: Scope) -> bool:
        """Whether the key has this scope."""
        return scope in self.scopes


def add_key(
    ledger: Ledger,
    label: str,
    scopes: Iterable[str],
    at: int,
    by: str,
    expires_at: int | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its token `lz_<id>_<secret>`, which is never shown again.

    Raises AccountError.
    """
    label = "".join(c for c in label if c.isprintable()).strip()
    if not 1 <= len(label) <= 100:
        raise AccountError(
            "label", f"label: {len(label)} characters; say in 1 to 100 who uses the key"
        )
    wanted = set(scopes)
    unknown = sorted(wanted.difference(SCOPES))
    if unknown or not wanted:
        raise AccountError("scopes", f"scopes: {unknown} is none; use some of {', '.join(SCOPES)}")
    if expires_at is not None and expires_at <= at:
        raise AccountError("expires", f"expires_at: {expires_at} is past; give a later time")
    name = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(12))
    ordered = tuple(scope for scope in SCOPES if scope in wanted)
    key = ApiKey(id=name, label=label, scopes=ordered, created_at=at, expires_at=expires_at)
    secret = secrets.token_urlsafe(32)
    digest = _digest(secret)
    row = {**msgspec.structs.asdict(key), "scopes": " ".join(ordered), "digest": digest}
    payload_ = {"label": label, "scopes": list(ordered), "expires_at": expires_at, "by": by}
    payload_["mark"] = key_mark(ledger.signer.seal_key, name, digest)
    with ledger.batch() as batch:
        batch.connection.execute(insert(api_key_table).values(row))
        batch.append([Draft(kind="key.added", ref=name, at=at, payload=payload_)])
    return key, _token(name, secret)


def rotate_key(
    ledger: Ledger, key_id: str, overlap_ms: int, at: int, by: str
) -> tuple[ApiKey, str]:
    """Give a key a new secret; the one before is good for `overlap_ms` more.

    Id, label, scopes and expiry stay. Raises AccountError for a key that is not in force.
    """
    secret, until = secrets.token_urlsafe(32), at + overlap_ms
    with ledger.batch() as batch:
        key = _in_force(batch.connection, key_id, at)
        change = update(api_key_table).where(_TABLE.id == key_id)
        batch.connection.execute(
            change.values(digest=_digest(secret), old_digest=_TABLE.digest, old_until=until)
        )
        mark = key_mark(ledger.signer.seal_key, key_id, _digest(secret))
        payload_ = {"label": key.label, "old_until": until, "by": by, "mark": mark}
        batch.append([Draft(kind="key.rotated", ref=key_id, at=at, payload=payload_)])
    return msgspec.structs.replace(key, old_until=until), _token(key_id, secret)


def set_key_body(ledger: Ledger, key_id: str, body: str | None, at: int, by: str) -> ApiKey:
    """Say whose program uses a key, as `KIND:NAME`; None: that of no body.

    Raises AccountError for a key that is not in force.
    """
    text = stored_body(body)
    with ledger.batch() as batch:
        key = _in_force(batch.connection, key_id, at)
        change = update(api_key_table).where(_TABLE.id == key_id)
        batch.connection.execute(change.values(body=text))
        payload_ = {"label": key.label, "change": "body", "body": text, "by": by}
        batch.append([Draft(kind="key.changed", ref=key_id, at=at, payload=payload_)])
    return msgspec.structs.replace(key, body=read_body(text) if text else None)


def revoke_key(ledger: Ledger, key_id: str, at: int, by: str) -> None:
    """End a key with all its secrets; servers notice within seconds. Raises AccountError."""
    with ledger.batch() as batch:
        key = _in_force(batch.connection, key_id)
        change = update(api_key_table).where(_TABLE.id == key_id)
        batch.connection.execute(change.values(revoked_at=at))
        payload_ = {"label": key.label, "by": by}
        batch.append([Draft(kind="key.revoked", ref=key_id, at=at, payload=payload_)])


def find_key(engine: Engine, token: str) -> ApiKey | None:
    """The key of this token, valid or not; None when there is none.

    If the token has the secret before a rotation, the key expires when that one does.
    """
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    with engine.connect() as connection:
        query = select(api_key_table).where(_TABLE.id == parts[1])
        row = connection.execute(query).mappings().first()
    if row is None:
        return None
    given, key = _digest(parts[2]), _key(row)
    if hmac.compare_digest(row["digest"], given):
        return key
    if row["old_digest"] is None or not hmac.compare_digest(row["old_digest"], given):
        return None
    ends = [at for at in (key.expires_at, key.old_until) if at is not None]
    return msgspec.structs.replace(key, expires_at=min(ends))


def list_keys(engine: Engine) -> list[ApiKey]:
    """All keys, oldest first."""
    query = select(api_key_table).order_by(_TABLE.created_at, _TABLE.id)
    with engine.connect() as connection:
        return [_key(row) for row in connection.execute(query).mappings()]


_TOKEN = re.compile(r"lz_([a-z2-7]{12})_([A-Za-z0-9_-]{43})")


def _in_force(connection: Connection, key_id: str, at: int | None = None) -> ApiKey:
    query = select(api_key_table).where(_TABLE.id == key_id, _TABLE.revoked_at.is_(None))
    row = connection.execute(query).mappings().first()
    if row is None or (at is not None and not _key(row).valid_at(at)):
        raise AccountError(
            "no_key", f"key: {key_id[:80]!r} is none in force; see `lianzhi key list`"
        )
    return _key(row)


def _token(name: str, secret: str) -> str:
    return f"lz_{name}_{secret}"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _key(row: Any) -> ApiKey:
    kept = {name: row[name] for name in ApiKey.__struct_fields__ if name not in ("scopes", "body")}
    kept["body"] = read_body(row["body"]) if row["body"] else None
    return ApiKey(scopes=cast("tuple[Scope, ...]", tuple(row["scopes"].split())), **kept)
