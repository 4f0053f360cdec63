"""Users who sign in. Every change is an entry of the record, in one transaction.

`by` is the user's name who made the change, or its other origin. Entries hold names of staff and
changes, never a password or its hash; a mark shows whether the stored hash is changed later.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Engine

from lianzhi.chain.body import BodyRef, read_body
from lianzhi.chain.roles import Permission, Role, ordered, permissions
from lianzhi.record.entry import Draft
from lianzhi.store import lookalikes
from lianzhi.store.account_marks import user_mark
from lianzhi.store.accounts_tables import user_table
from lianzhi.store.db import writing
from lianzhi.store.ledger import Ledger
from lianzhi.store.passwords import hashed
from lianzhi.store.refusal import AccountError

#: Entries about the staff; see also `store.keys` and `store.sign_in`.
USER_KINDS = ("user.added", "user.changed", "user.disabled", "user.locked")

_TABLE = user_table.c


class User(msgspec.Struct, frozen=True):
    """Someone who signs in. Times are Unix milliseconds UTC."""

    id: str
    name: str
    roles: tuple[Role, ...]
    session: int
    """Rises at sign-out and change of password; sessions with another number have ended."""
    created_at: int
    disabled_at: int | None = None
    issuer: str | None = None
    """OpenID provider that the user is linked to, if any."""
    subject: str | None = None
    """The user's permanent id at the provider."""
    has_password: bool = True
    """False: they sign in only at the provider."""
    body: BodyRef | None = None
    """Department, platform or squad for which they work; None: of no body."""

    def may(self, permission: Permission) -> bool:
        """Whether one of their roles allows this."""
        return permission in permissions(self.roles)


def add_user(
    ledger: Ledger, name: str, password: str, roles: Iterable[str], at: int, by: str
) -> User:
    """Add a user who signs in with a password. Raises AccountError."""
    plain = plain_name(name)
    return _add(ledger, _new(plain, roles, at), hashed(password, plain), by)


def add_linked_user(
    ledger: Ledger, name: str, link: tuple[str, str], roles: Iterable[str], at: int, by: str
) -> User:
    """Add a user who signs in only at an OpenID provider, as (issuer, subject).

    Raises AccountError.
    """
    issuer, subject = _link(link)
    user = _new(plain_name(name), roles, at)
    linked = msgspec.structs.replace(user, issuer=issuer, subject=subject, has_password=False)
    return _add(ledger, linked, "", by)


def set_password(ledger: Ledger, name: str, password: str, at: int, by: str) -> User:
    """Change a password, which ends all sessions of the user. Raises AccountError."""
    kept = hashed(password, plain_name(name))
    change = {"password": kept, "session": _TABLE.session + 1}
    return _change(ledger, name, change, {"change": "password"}, at, by)


def set_roles(ledger: Ledger, name: str, roles: Iterable[str], at: int, by: str) -> User:
    """Give a user these roles and no others, effective at once.

    Raises AccountError, also for one's own roles and for those of the last administrator.
    """
    given = _roles(roles)
    payload = {"change": "roles", "roles": list(given)}
    return _change(ledger, name, {"roles": " ".join(given)}, payload, at, by)


def set_user_body(ledger: Ledger, name: str, body: str | None, at: int, by: str) -> User:
    """Say for which body a user works, as `KIND:NAME`; None: for none. Counts at once.

    Raises AccountError, also for one's own body.
    """
    text = stored_body(body)
    return _change(ledger, name, {"body": text}, {"change": "body", "body": text}, at, by)


def stored_body(body: str | None) -> str | None:
    """A body as tables and entries hold it. Raises AccountError."""
    try:
        return None if body is None else str(read_body(body))
    except ValueError as error:
        raise AccountError("body", str(error)) from None


def link_user(ledger: Ledger, name: str, link: tuple[str, str], at: int, by: str) -> User:
    """Let a user sign in at an OpenID provider, as (issuer, subject). Raises AccountError."""
    issuer, subject = _link(link)
    change = {"issuer": issuer, "subject": subject}
    return _change(ledger, name, change, {"change": "linked", "issuer": issuer}, at, by)


def disable_user(ledger: Ledger, name: str, at: int, by: str) -> User:
    """Disable a user at once. Raises AccountError, also for oneself and the last admin."""
    change = {"disabled_at": at, "session": _TABLE.session + 1}
    return _change(ledger, name, change, {}, at, by)


def enable_user(ledger: Ledger, name: str, at: int, by: str) -> User:
    """Enable a disabled user. Raises AccountError."""
    return _change(ledger, name, {"disabled_at": None}, {"change": "enabled"}, at, by)


def end_sessions(engine: Engine, user_id: str) -> None:
    """End all sessions of a user."""
    change = update(user_table).where(_TABLE.id == user_id)
    with writing(engine) as connection:
        connection.execute(change.values(session=_TABLE.session + 1))


def find_user(engine: Engine, user_id: str) -> User | None:
    """The user of this id, unless disabled."""
    with engine.connect() as connection:
        return _user_where(connection, (_TABLE.id == user_id) & _TABLE.disabled_at.is_(None))


def find_named(engine: Engine, name: str) -> User | None:
    """The user of this name, however it is typed, disabled or not."""
    try:
        plain = plain_name(name)
    except AccountError:
        return None
    with engine.connect() as connection:
        return _user_where(connection, _TABLE.name == plain)


def find_linked(engine: Engine, issuer: str, subject: str) -> User | None:
    """The user linked to an OpenID identity, disabled or not."""
    with engine.connect() as connection:
        return _user_where(connection, (_TABLE.issuer == issuer) & (_TABLE.subject == subject))


def list_users(engine: Engine) -> list[User]:
    """Every user, by name."""
    with engine.connect() as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(_TABLE.name)).mappings().all()
    return [_user(row) for row in rows]


def plain_name(name: str) -> str:
    """A name as stored: width and case folded, so that no two differ only in these.

    Raises AccountError.
    """
    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    if not 1 <= len(plain) <= 64 or not plain.isprintable():
        raise AccountError(
            "name", f"name: {name[:80]!r} can't be used; use 1 to 64 printable characters"
        )
    return plain


#: All columns of a user but the password's hash.
_COLUMNS = (
    *(column for column in _TABLE if column.name != "password"),
    (_TABLE.password != "").label("has_password"),
)


def _user(row: Any) -> User:
    body = read_body(row["body"]) if row["body"] else None
    roles = tuple(row["roles"].split())
    fields = {"roles": roles, "has_password": bool(row["has_password"]), "body": body}
    return User(**{**row, **fields})


def _refuse_lookalikes(connection: Connection, name: str) -> None:
    """Refuse a new name that could be taken for another. Raises AccountError."""
    if lookalikes.shows_nothing(name):
        fault = f"name: {ascii(name)[:80]} has characters that show nothing; leave them out"
        raise AccountError("name_blank", fault)
    if mixed := lookalikes.scripts(name):
        fault = f"name: {ascii(name)[:80]} mixes {', '.join(mixed)}; use the letters of one script"
        raise AccountError("name_scripts", fault)
    alike = lookalikes.skeleton(name)
    for other in connection.scalars(select(_TABLE.name)):
        if lookalikes.skeleton(other) == alike:
            fault = f"name: {ascii(name)[:80]} looks like {other!r}, who exists; choose another"
            raise AccountError("name_alike", fault)


def _new(name: str, roles: Iterable[str], at: int) -> User:
    if ":" in name:  # `by` on the record must distinguish users from keys and shells
        raise AccountError("name", f"name: {name!r} holds a colon; leave it out")
    return User(secrets.token_hex(8), name, _roles(roles), session=0, created_at=at)


def _add(ledger: Ledger, user: User, password: str, by: str) -> User:
    row = {**msgspec.structs.asdict(user), "password": password, "roles": " ".join(user.roles)}
    row.pop("has_password")
    mark = user_mark(ledger.signer.seal_key, user.id, password, user.issuer, user.subject)
    payload = {"user": user.name, "roles": list(user.roles), "by": by, "mark": mark}
    with ledger.batch() as batch:
        if _user_where(batch.connection, _TABLE.name == user.name) is not None:
            raise AccountError("name_taken", f"name: {user.name!r} is taken; choose another")
        _refuse_lookalikes(batch.connection, user.name)
        if user.issuer is not None:
            _refuse_taken(batch.connection, user)
        batch.connection.execute(insert(user_table).values(row))
        batch.append([Draft(kind="user.added", ref=user.id, at=user.created_at, payload=payload)])
    return user


def _change(
    ledger: Ledger, name: str, change: dict[str, Any], recorded: dict[str, Any], at: int, by: str
) -> User:
    """Change a user and record it; a change that would leave no administrator is refused."""
    plain = plain_name(name)
    disables = change.get("disabled_at") is not None
    with ledger.batch() as batch:
        connection = batch.connection
        before = _user_where(connection, _TABLE.name == plain)
        if before is None:
            raise AccountError(
                "no_user", f"user: {name[:80]!r} does not exist; see `lianzhi user list`"
            )
        if by == before.name and (disables or "roles" in change):
            raise AccountError("own_roles", "roles: not one's own; ask another administrator")
        if by == before.name and "body" in change:
            raise AccountError("own_body", "body: not one's own; ask another administrator")
        if "subject" in change:
            _refuse_taken(connection, msgspec.structs.replace(before, **change))
        connection.execute(update(user_table).where(_TABLE.id == before.id).values(change))
        after = _user_where(connection, _TABLE.id == before.id) or before
        if _in_charge(before) and not (_in_charge(after) or _anybody_in_charge(connection)):
            raise AccountError(
                "last_admin", f"roles: {before.name!r} is the last administrator; make another"
            )
        mark = stored_mark(connection, ledger.signer.seal_key, after.id)
        payload = {"user": after.name, "by": by, **recorded, "mark": mark}
        kind = "user.disabled" if disables else "user.changed"
        batch.append([Draft(kind=kind, ref=after.id, at=at, payload=payload)])
    return after


def stored_mark(connection: Connection, seal_key: bytes, user_id: str) -> str:
    """Mark of the credentials of this user as they are stored."""
    columns = (_TABLE.id, _TABLE.password, _TABLE.issuer, _TABLE.subject)
    return user_mark(
        seal_key, *connection.execute(select(*columns).where(columns[0] == user_id)).one()
    )


def _user_where(connection: Connection, which: Any) -> User | None:
    row = connection.execute(select(*_COLUMNS).where(which)).mappings().first()
    return _user(row) if row else None


def _in_charge(user: User) -> bool:
    return user.may("people") and user.disabled_at is None


def _anybody_in_charge(connection: Connection) -> bool:
    rows = connection.execute(select(*_COLUMNS)).mappings()
    return any(_in_charge(_user(row)) for row in rows)


def _refuse_taken(connection: Connection, user: User) -> None:
    same = (_TABLE.issuer == user.issuer) & (_TABLE.subject == user.subject)
    if _user_where(connection, same & (_TABLE.id != user.id)) is not None:
        raise AccountError("link", f"subject: {user.subject!r} belongs to another user already")


def _roles(roles: Iterable[str]) -> tuple[Role, ...]:
    try:
        return ordered(roles)
    except ValueError as error:
        raise AccountError("roles", str(error)) from None


def _link(link: tuple[str, str]) -> tuple[str, str]:
    if not all(1 <= len(part) <= 255 and part.isprintable() for part in link):
        raise AccountError("link", "link: give issuer and subject, 1 to 255 characters each")
    return link
