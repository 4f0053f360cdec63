"""Audit of the accounts: the tables of users and API keys against their entries on the record.

Names, roles, bodies, labels, scopes and times are compared with the entries; password hashes,
OpenID identities and digests of secrets with the marks in them (`account_marks`), where the seal
key is given. Entries of older versions carry no mark: there, only what they state is compared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Table, select

from lianzhi.record.entry import decode
from lianzhi.store import db
from lianzhi.store.account_marks import key_mark, user_mark
from lianzhi.store.accounts_tables import api_key_table, user_table
from lianzhi.store.audit import STREAM, as_bytes, ill_formed_text, printable
from lianzhi.store.audit_tables import TableFault, TableReport
from lianzhi.store.keys import KEY_KINDS
from lianzhi.store.tables import entry, payload
from lianzhi.store.users import USER_KINDS


class _State(msgspec.Struct):
    """What the entries say of one account: columns, and marks of credentials."""

    columns: dict[str, Any]
    mark: str | None = None
    old_mark: str | None = None
    """Mark of the secret before the last rotation."""


def audit_accounts(engine: Engine, seal_key: bytes | None) -> TableReport:
    """Compare users and API keys with the record, which was verified before.

    Each fault names the user, or the label of the key.
    """
    users: dict[str, _State] = {}
    keys: dict[str, _State] = {}
    with db.snapshot(engine) as connection, ill_formed_text(connection):
        count = 0
        for kind, ref, at, body in _entries(connection):
            count += 1
            if kind in USER_KINDS:
                _fold_user(users, kind, ref, at, body)
            else:
                _fold_key(keys, kind, ref, at, body)
        user_rows, key_rows = _rows(connection, user_table), _rows(connection, api_key_table)
    faults = [
        *_faults("user", "name", users, user_rows, lambda row: _user_marks(seal_key, row)),
        *_faults("api_key", "label", keys, key_rows, lambda row: _key_marks(seal_key, row)),
    ]
    rows = len(user_rows) + len(key_rows)
    return TableReport(not faults, count, rows - len(faults), tuple(faults))


def _entries(connection: Connection) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    join = entry.join(payload, payload.c.index == entry.c.index)
    query = select(entry.c.kind, entry.c.ref, entry.c.at, payload.c.body).select_from(join)
    query = query.where(entry.c.kind.in_((*USER_KINDS, *KEY_KINDS))).order_by(entry.c.index)
    for kind, ref, at, body in connection.execute(query, execution_options=STREAM):
        yield kind, ref, at, decode(body)


def _rows(connection: Connection, table: Table) -> dict[str, dict[str, Any]]:
    rows = connection.execute(select(table)).mappings()
    return {str(row["id"]): dict(row) for row in rows}


def _fold_user(
    users: dict[str, _State], kind: str, ref: str, at: int, body: Mapping[str, Any]
) -> None:
    if kind == "user.added":
        columns = {"name": body["user"], "created_at": at, "disabled_at": None, "body": None}
        users[ref] = _State(columns)
    state = users.setdefault(ref, _State({}))
    if "roles" in body:
        state.columns["roles"] = " ".join(body["roles"])
    if body.get("change") == "body":
        state.columns["body"] = body["body"]
    if kind == "user.disabled":
        state.columns["disabled_at"] = at
    elif body.get("change") == "enabled":
        state.columns["disabled_at"] = None
    elif body.get("change") in ("password", "linked"):
        state.mark = None  # unless the entry carries a new one
    state.mark = body.get("mark", state.mark)


def _fold_key(
    keys: dict[str, _State], kind: str, ref: str, at: int, body: Mapping[str, Any]
) -> None:
    if kind == "key.added":
        columns = {"label": body["label"], "scopes": " ".join(body["scopes"]), "created_at": at}
        columns |= {"expires_at": body["expires_at"], "revoked_at": None}
        columns |= {"old_digest": None, "old_until": None, "body": None}
        keys[ref] = _State(columns, body.get("mark"))
        return
    state = keys.setdefault(ref, _State({}))
    if kind == "key.rotated":
        state.columns["old_until"] = body["old_until"]
        state.columns.pop("old_digest", None)
        state.mark, state.old_mark = body.get("mark"), state.mark
    elif kind == "key.changed":
        state.columns["body"] = body["body"]
    else:
        state.columns["revoked_at"] = at


_Marks = dict[str, str | None]
"""Columns that a mark covers -> the mark of what is stored in them."""


def _user_marks(seal_key: bytes | None, row: Mapping[str, Any]) -> _Marks:
    if seal_key is None:
        return {}
    credentials = (_text(row["password"]) or "", _text(row["issuer"]), _text(row["subject"]))
    return {"mark": user_mark(seal_key, str(row["id"]), *credentials)}


def _key_marks(seal_key: bytes | None, row: Mapping[str, Any]) -> _Marks:
    if seal_key is None:
        return {}
    name, old = str(row["id"]), row["old_digest"]
    return {
        "mark": key_mark(seal_key, name, as_bytes(row["digest"])),
        "old_mark": None if old is None else key_mark(seal_key, name, as_bytes(old)),
    }


def _text(value: object) -> str | None:
    """Stored text, safe to encode."""
    return None if value is None else str(value).encode("utf-8", "backslashreplace").decode()


#: (Table, mark) -> columns that the mark covers.
_MARKED = {
    ("user", "mark"): "password, issuer, subject",
    ("api_key", "mark"): "digest",
    ("api_key", "old_mark"): "old_digest",
}


def _faults(
    table: str,
    named_by: str,
    states: Mapping[str, _State],
    rows: Mapping[str, dict[str, Any]],
    marks_of: Callable[[Mapping[str, Any]], _Marks],
) -> Iterable[TableFault]:
    for ref in sorted(states.keys() | rows.keys()):
        state, row = states.get(ref), rows.get(ref)
        name = (state.columns if state else row or {}).get(named_by, ref)
        if row is None:
            problem = "the row is gone"
        elif state is None:
            problem = "the row is not from the record"
        else:
            wrong = [column for column, due in state.columns.items() if row[column] != due]
            for mark, have in marks_of(row).items():
                due = getattr(state, mark)
                if due is not None and have != due:
                    wrong.append(_MARKED[table, mark])
            if not wrong:
                continue
            problem = f"{', '.join(wrong)}: not as recorded"
        yield TableFault(table, printable(name), problem)
