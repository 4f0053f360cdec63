"""Notices from the record, and queries about them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Connection,
    Engine,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from lianzhi.chain.notice import DELIVERED, NOTICE_MADE, READ, SERVED, Kind, Way
from lianzhi.chain.views import Page
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry, decode
from lianzhi.store.db import snapshot
from lianzhi.store.tables import metadata, payload, person, vault_text
from lianzhi.store.views import page_of

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("index", BigInteger, nullable=False, comment="entry of the record that holds it whole"),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("delivered", Text, nullable=False, comment="channels, separated by spaces"),
    Column("read_at", BigInteger),
    Column("served_on", Text, comment="day, YYYY-MM-DD"),
    Column("service", Text, comment="the way in which it was served"),
    Index("notice_person", "person", "made_at", "id"),
)


_OF: BindParameter[str] = bindparam("of")
_IS_MADE = Prepared(select(notice.c.id).where(notice.c.id == _OF))
_BY_ID = Prepared(select(notice.c.delivered, notice.c.read_at).where(notice.c.id == _OF))
_MAKE = Prepared(insert(notice))
_CHANGE = Prepared(update(notice).where(notice.c.id == _OF))


class Notices:
    """Projection of notices: recipient, delivery, and when they were read."""

    tables = (notice,)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Apply one entry to the table; repeated notices, deliveries and reads change nothing."""
        if entry.kind not in (NOTICE_MADE, DELIVERED, READ, SERVED):
            return
        identity = {"of": payload["notice"]}
        existing = _BY_ID.first(connection, identity)
        if entry.kind == NOTICE_MADE and existing is None:
            row = {name: payload[name] for name in ("person", "kind", "ref")}
            row |= {"id": payload["notice"], "index": entry.index, "made_at": entry.at}
            _MAKE.run(connection, row | {"delivered": ""})
        elif entry.kind == DELIVERED and existing is not None:
            channels = sorted({*existing[0].split(), payload["channel"]})
            _CHANGE.run(connection, identity | {"delivered": " ".join(channels)})
        elif entry.kind == READ and existing is not None and existing[1] is None:
            _CHANGE.run(connection, identity | {"read_at": entry.at})
        elif entry.kind == SERVED and existing is not None:
            service = {"served_on": payload["day"], "service": payload["way"]}
            _CHANGE.run(connection, identity | service)

    def clear(self, connection: Connection) -> None:
        """Empty the table before a rebuild."""
        connection.execute(delete(notice))


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A notice with its data before rendering. Times are Unix milliseconds UTC."""

    id: str
    person: str
    """Vault token."""
    account: str | None
    """None where the person has been erased."""
    kind: Kind
    ref: str
    made_at: int
    delivered: tuple[str, ...]
    read_at: int | None
    served_on: str | None
    """Day on which it was served, `YYYY-MM-DD`."""
    service: Way | None
    """The way in which it was served."""
    params: dict[str, Any]
    texts: dict[str, str | None]
    """Free texts by name; None where erased."""
    objects: dict[str, str] = {}
    """Names of the objects that its parameters refer to by token; erased ones are missing."""


_NOTICE = (
    select(notice, person.c.account, payload.c.body)
    .join(payload, payload.c.index == notice.c.index)
    .outerjoin(person, person.c.token == notice.c.person)
)


def notices(
    engine: Engine, account: str, *, cursor: str | None = None, limit: int = 50
) -> Page[NoticeRow]:
    """Notices to an account or token, newest first. Raises CursorError."""
    query = _NOTICE.where((person.c.account == account) | (notice.c.person == account))
    keys = (notice.c.made_at, notice.c.id)
    with snapshot(engine) as connection:

        def form(**row: Any) -> NoticeRow:
            return _read(connection, row)

        return page_of(connection, query, keys, form, cursor=cursor, limit=limit)


def notice_by_id(engine: Engine, notice_id: str) -> NoticeRow | None:
    """One notice; None when there is none."""
    with snapshot(engine) as connection:
        row = connection.execute(_NOTICE.where(notice.c.id == notice_id)).mappings().first()
        return None if row is None else _read(connection, dict(row))


def is_made(connection: Connection, notice_id: str) -> bool:
    """Whether the notice is on the record."""
    return _IS_MADE.scalar(connection, {"of": notice_id}) is not None


def newest(connection: Connection, kind: Kind, person: str, ref: str) -> str | None:
    """The last notice of this kind to a person about `ref`, told anew ones (`ref/2`) included."""
    query = (
        select(notice.c.id)
        .where(notice.c.person == person, notice.c.kind == kind)
        .where((notice.c.ref == ref) | notice.c.ref.startswith(f"{ref}/", autoescape=True))
        .order_by(notice.c.index.desc())
        .limit(1)
    )
    latest: str | None = connection.scalar(query)
    return latest


def is_read(connection: Connection, notice_id: str) -> bool | None:
    """Whether the notice has been opened; None when there is none."""
    row = connection.execute(select(notice.c.read_at).where(notice.c.id == notice_id)).first()
    return None if row is None else row.read_at is not None


def _read(connection: Connection, row: dict[str, Any]) -> NoticeRow:
    index, payload = row.pop("index"), decode(row.pop("body"))
    texts: dict[str, str | None] = dict.fromkeys(payload.get("texts", {}))
    kept = select(vault_text.c.name, vault_text.c.body).where(vault_text.c.index == index)
    texts.update({name: str(body, "utf-8") for name, body in connection.execute(kept)})
    channels, params = tuple(row.pop("delivered").split()), payload["params"]
    objects = _object_names(connection, params)
    return NoticeRow(**row, delivered=channels, params=params, texts=texts, objects=objects)


def _object_names(connection: Connection, params: Mapping[str, Any]) -> dict[str, str]:
    params_ = [params, *params.get("measures", ())]
    tokens = {param["thing"] for param in params_ if param.get("thing")}
    if not tokens:
        return {}
    query = select(person.c.token, person.c.account).where(person.c.token.in_(tokens))
    return {row.token: row.account for row in connection.execute(query)}
