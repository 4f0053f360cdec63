"""Sign-in with name and password, and the lock after repeated failures for a name.

Failures are counted in the database, so that a restart clears nothing; by name, existing or not, so
that answers reveal nothing, and their time only in the one try that locks a name: it adds an entry
to the record where the name exists, a few ms beside the hash of the password. After `FREE` failures
in a row a name is locked, first for `FIRST_MS`, then twice as long with each further failure,
`LONGEST_MS` at most. All is reset a day after the last failure or the end of the lock, and by a
successful sign-in.

An attacker can thus keep a name locked. That must not lock the user out: the caller admits browsers
that have signed in as them before (`known`), with limits of its own; `unlock` helps users without
such a browser.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.engine import Engine

from lianzhi.record.entry import Draft
from lianzhi.store.accounts_tables import sign_in_failure, user_table
from lianzhi.store.db import writing
from lianzhi.store.ledger import Ledger
from lianzhi.store.passwords import fits, renewed
from lianzhi.store.refusal import AccountError
from lianzhi.store.users import User, find_user, plain_name, stored_mark

FREE = 10
FIRST_MS = 15 * 60_000
LONGEST_MS = 24 * 3_600_000
_BY = "sign-in"

_FAILED = sign_in_failure.c


def lock_ms(failures: int) -> int:
    """Duration of the lock after this many failures in a row, ms."""
    over = failures - FREE
    return 0 if over < 0 else min(LONGEST_MS, FIRST_MS << min(over, 20))


def locked_until(ledger: Ledger, name: str, at: int) -> int | None:
    """End of this name's lock, Unix ms; None when it is not locked."""
    query = select(_FAILED.locked_until).where(_FAILED.name == _key(ledger, name), _locks(at))
    with ledger.engine.connect() as connection:
        until: int | None = connection.scalar(query)
    return until


def locks(ledger: Ledger, names: Iterable[str], at: int) -> dict[str, int]:
    """End of each name's lock; unlocked names are missing."""
    query = select(_FAILED.name, _FAILED.locked_until).where(_locks(at))
    with ledger.engine.connect() as connection:
        locked = {row.name: row.locked_until for row in connection.execute(query)}
    keys = {name: _key(ledger, name) for name in names}
    return {name: locked[key] for name, key in keys.items() if key in locked}


def _locks(at: int) -> ColumnElement[bool]:
    """Condition for a lock at a time; one longer than possible was set by a clock since set
    back.
    """
    return (_FAILED.locked_until > at) & (_FAILED.locked_until <= at + LONGEST_MS)


def authenticate(
    ledger: Ledger, name: str, password: str, at: int, *, known: bool = False
) -> User | None:
    """The user of this name and password; None when either is wrong or the user is disabled.

    Takes as long for a name that does not exist as for one that does. Counts failures; while the
    name is locked nothing is tried unless the browser is `known`, and nothing is counted.
    """
    if not known and locked_until(ledger, name, at) is not None:
        return None
    row = _row(ledger.engine, name)
    if not fits(password, row["password"] if row else None) or row["disabled_at"] is not None:
        _fail(ledger, name, row, at)
        return None
    fresh = renewed(password, row["password"])
    if fresh is not None:
        _rehash(ledger, row, fresh, at)
    _forget(ledger, name)
    return find_user(ledger.engine, row["id"])


def _rehash(ledger: Ledger, row: Any, fresh: str, at: int) -> None:
    """Store a new hash of the same password, with an entry that carries its mark."""
    change = update(user_table).where(user_table.c.id == row["id"])
    with ledger.batch() as batch:
        batch.connection.execute(change.values(password=fresh))
        mark = stored_mark(batch.connection, ledger.signer.seal_key, row["id"])
        rehashed = {"user": row["name"], "by": _BY, "change": "rehashed", "mark": mark}
        batch.append([Draft(kind="user.changed", ref=row["id"], at=at, payload=rehashed)])


def unlock(ledger: Ledger, name: str, at: int, by: str) -> None:
    """Reset a user's failures, which ends their lock. Raises AccountError."""
    row = _row(ledger.engine, name)
    if row is None:
        raise AccountError(
            "no_user", f"user: {name[:80]!r} does not exist; see `lianzhi user list`"
        )
    payload_ = {"user": row["name"], "by": by, "change": "unlocked"}
    with ledger.batch() as batch:
        batch.connection.execute(_clearing(ledger, name))
        batch.append([Draft(kind="user.changed", ref=row["id"], at=at, payload=payload_)])


def _fail(ledger: Ledger, name: str, row: Any, at: int) -> None:
    key = _key(ledger, name)
    with ledger.batch() as batch:
        connection = batch.connection
        _purge(connection, at)
        before = connection.scalar(select(_FAILED.failures).where(_FAILED.name == key))
        failures = (before or 0) + 1
        for_ms = lock_ms(failures)
        until = at + for_ms if for_ms else None
        values: dict[str, Any] = {"failures": failures, "failed_at": at, "locked_until": until}
        if before is None:
            connection.execute(insert(sign_in_failure).values(name=key, **values))
        else:
            connection.execute(update(sign_in_failure).where(_FAILED.name == key).values(values))
        if until is not None and row is not None:
            locked = {"user": row["name"], "by": _BY, "until": until}
            batch.append([Draft(kind="user.locked", ref=row["id"], at=at, payload=locked)])


def _purge(connection: Connection, at: int) -> None:
    """Delete failures a day old, so that guessed names do not fill the table."""
    over = _FAILED.locked_until.is_(None) | (_FAILED.locked_until < at - LONGEST_MS)
    old = delete(sign_in_failure).where(_FAILED.failed_at < at - LONGEST_MS, over)
    connection.execute(old)


def _forget(ledger: Ledger, name: str) -> None:
    query = select(_FAILED.failures).where(_FAILED.name == _key(ledger, name))
    with ledger.engine.connect() as connection:
        if connection.scalar(query) is None:
            return
    with writing(ledger.engine) as connection:
        connection.execute(_clearing(ledger, name))


def _clearing(ledger: Ledger, name: str) -> Any:
    return delete(sign_in_failure).where(_FAILED.name == _key(ledger, name))


def _row(engine: Engine, name: str) -> Any:
    try:
        which = user_table.c.name == plain_name(name)
    except AccountError:
        return None
    with engine.connect() as connection:
        return connection.execute(select(user_table).where(which)).mappings().first()


def _key(ledger: Ledger, name: str) -> bytes:
    """Keyed digest of a name; the key lies outside the database."""
    try:
        plain = plain_name(name)
    except AccountError:
        plain = name
    digest = blake2b(digest_size=32, key=ledger.signer.seal_key, person=b"sign-in")
    digest.update(plain.encode(errors="surrogatepass"))
    return digest.digest()
