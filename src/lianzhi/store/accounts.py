"""Accounts: the people who sign in and the API keys that programs use.

Passwords are stored as argon2id hashes (RFC 9106), API keys as SHA-256 of a 256-bit random secret:
a guess at such a secret is hopeless however fast the hash, and a fast hash keeps `/v1/check` fast.
Neither secret can be shown again.
"""

import functools
import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import Any, Literal, cast, get_args

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from lianzhi.store.db import writing
from lianzhi.store.tables import metadata

Role = Literal["viewer", "reviewer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Each may do all that those before it may."""

Scope = Literal["ingest", "protect", "read", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What an API key is for; `admin` stands for all of them."""

MIN_PASSWORD = 10
MAX_PASSWORD = 1024

user_table = Table(
    "user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("session", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

#: `scopes` are separated by spaces.
api_key_table = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
)


class AccountError(ValueError):
    """A user or key can't be made or changed so; the message names field, value and mend."""


class User(msgspec.Struct, frozen=True):
    """Someone who signs in. Times are Unix milliseconds UTC."""

    id: str
    name: str
    role: Role
    session: int
    """Rises at sign-out and change of password; sessions that carry another number are over."""
    created_at: int
    disabled_at: int | None = None


class ApiKey(msgspec.Struct, frozen=True):
    """What is known of an API key besides its secret. Times are Unix milliseconds UTC."""

    id: str
    label: str
    scopes: tuple[Scope, ...]
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None

    def valid_at(self, at: int) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def allows(self, scope: Scope) -> bool:
        """Whether the key is good for this."""
        return scope in self.scopes or "admin" in self.scopes


_hasher = PasswordHasher()
_TOKEN = re.compile(r"lz_([a-z2-7]{12})_([A-Za-z0-9_-]{43})")
_USER = [c for c in user_table.c if c.name != "password"]
_KEY = [c for c in api_key_table.c if c.name != "digest"]


def add_user(engine: Engine, name: str, password: str, role: Role, at: int) -> User:
    """Add someone who may sign in. Raises AccountError."""
    name = _plain_name(name)
    if role not in ROLES:
        raise AccountError(f"role: {role!r} is none; use one of {', '.join(ROLES)}")
    user = User(id=secrets.token_hex(8), name=name, role=role, session=0, created_at=at)
    row = {**msgspec.structs.asdict(user), "password": _hash(password)}
    try:
        with writing(engine) as connection:
            connection.execute(insert(user_table).values(row))
    except IntegrityError:
        raise AccountError(f"name: {name!r} is taken; choose another") from None
    return user


def set_password(engine: Engine, name: str, password: str) -> None:
    """Change a password, which ends all sessions of the user. Raises AccountError."""
    change = {"password": _hash(password), "session": user_table.c.session + 1}
    _change_user(engine, user_table.c.name == _plain_name(name), name, change)


def disable_user(engine: Engine, name: str, at: int) -> None:
    """Shut a user out, at once. Raises AccountError."""
    change = {"disabled_at": at, "session": user_table.c.session + 1}
    _change_user(engine, user_table.c.name == _plain_name(name), name, change)


def end_sessions(engine: Engine, user_id: str) -> None:
    """Sign a user out everywhere."""
    _change_user(engine, user_table.c.id == user_id, user_id, {"session": user_table.c.session + 1})


def find_user(engine: Engine, user_id: str) -> User | None:
    """The user of this id, unless disabled."""
    query = select(*_USER).where(user_table.c.id == user_id, user_table.c.disabled_at.is_(None))
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    return User(**row) if row else None


def list_users(engine: Engine) -> list[User]:
    """Everyone, by name."""
    with engine.connect() as connection:
        rows = connection.execute(select(*_USER).order_by(user_table.c.name)).mappings().all()
    return [User(**row) for row in rows]


def authenticate(engine: Engine, name: str, password: str) -> User | None:
    """The user of this name and password; None when either is wrong or the user is disabled.

    Takes as long for a name that does not exist as for one that does.
    """
    try:
        query = select(user_table).where(user_table.c.name == _plain_name(name))
    except AccountError:
        query = select(user_table).where(user_table.c.id == "")
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    try:
        _hasher.verify(row["password"] if row else _nobody(), password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    if row is None or row["disabled_at"] is not None:
        return None
    return User(**{key: value for key, value in row.items() if key != "password"})


def add_key(
    engine: Engine, label: str, scopes: tuple[Scope, ...], at: int, expires_at: int | None = None
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its token `lz_<id>_<secret>`, which is never shown again.

    Raises AccountError.
    """
    label = "".join(c for c in label if c.isprintable()).strip()
    if not 1 <= len(label) <= 100:
        raise AccountError(f"label: {len(label)} characters; say in 1 to 100 who uses the key")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise AccountError(f"scopes: {unknown} is none; use some of {', '.join(SCOPES)}")
    if expires_at is not None and expires_at <= at:
        raise AccountError(f"expires_at: {expires_at} is past; give a later time")
    name = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(12))
    secret = secrets.token_urlsafe(32)
    ordered = tuple(scope for scope in SCOPES if scope in scopes)
    key = ApiKey(id=name, label=label, scopes=ordered, created_at=at, expires_at=expires_at)
    row = {**msgspec.structs.asdict(key), "scopes": " ".join(ordered), "digest": _digest(secret)}
    with writing(engine) as connection:
        connection.execute(insert(api_key_table).values(row))
    return key, f"lz_{name}_{secret}"


def find_key(engine: Engine, token: str) -> ApiKey | None:
    """The key of this token, valid or not; None when there is none."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    query = select(api_key_table).where(api_key_table.c.id == parts[1])
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    if row is None or not hmac.compare_digest(row["digest"], _digest(parts[2])):
        return None
    return _key({name: value for name, value in row.items() if name != "digest"})


def list_keys(engine: Engine) -> list[ApiKey]:
    """All keys, oldest first."""
    query = select(*_KEY).order_by(api_key_table.c.created_at, api_key_table.c.id)
    with engine.connect() as connection:
        return [_key(dict(row)) for row in connection.execute(query).mappings()]


def revoke_key(engine: Engine, key_id: str, at: int) -> None:
    """End a key; servers notice within seconds. Raises AccountError."""
    change = update(api_key_table).where(
        api_key_table.c.id == key_id, api_key_table.c.revoked_at.is_(None)
    )
    with writing(engine) as connection:
        if connection.execute(change.values(revoked_at=at)).rowcount == 0:
            raise AccountError(f"key: {key_id!r} is none in force; see `lianzhi key list`")


def _plain_name(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    if not 1 <= len(plain) <= 64 or not plain.isprintable():
        raise AccountError(f"name: {name[:80]!r} can't be used; use 1 to 64 printable characters")
    return plain


def _hash(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(
            f"password: {len(password)} characters; use {MIN_PASSWORD} to {MAX_PASSWORD}"
        )
    return _hasher.hash(password)


@functools.cache
def _nobody() -> str:
    """A hash that no password fits, made once with the parameters of real ones."""
    return _hasher.hash(secrets.token_hex(32))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _change_user(engine: Engine, which: Any, name: str, change: dict[str, Any]) -> None:
    with writing(engine) as connection:
        done = connection.execute(update(user_table).where(which).values(change))
        if done.rowcount == 0:
            raise AccountError(f"user: {name[:80]!r} does not exist; see `lianzhi user list`")


def _key(row: dict[str, Any]) -> ApiKey:
    scopes = cast("tuple[Scope, ...]", tuple(row.pop("scopes").split()))
    return ApiKey(scopes=scopes, **row)
