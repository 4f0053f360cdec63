"""Signals on the record: shared and received ones.

Hashes in received signals identify people to holders of the key, so they are an erasable text of
the entry (`hashes`), and stand in no table. Recent message ids and the progress of fetching are
stored apart: neither derives from the record.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Connection,
    Engine,
    Index,
    LargeBinary,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from lianzhi.chain.signal import HASHES, STEPS, Hash, Signal, fold
from lianzhi.chain.views import Page
from lianzhi.prepared import Prepared
from lianzhi.record.entry import Entry
from lianzhi.store.db import chunks
from lianzhi.store.process_tables import measure
from lianzhi.store.tables import evidence, metadata, person, vault_text
from lianzhi.store.views import page_of
from lianzhi.store.views_tables import case

signal = Table(
    "signal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("index", BigInteger, nullable=False, comment="entry of the record that begins it"),
    Column("owner", Text, nullable=False, comment="platform; empty: ourselves"),
    Column("status", Text, nullable=False),
    Column("case", Text, comment="of our own: the case that it comes from"),
    Column("subject", Text, comment="of our own: whom it is about"),
    Column("said_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("told", BigInteger, comment="entry of what we said last of it"),
    Column("state", LargeBinary, nullable=False),
    Index("signal_said", "said_at", "id"),
    Index("signal_case", "case"),
    Index("signal_subject", "subject"),
    Index("signal_told", "told"),
    Index("signal_owner", "owner", "status", "expires_at"),
)

#: Messages accepted recently, to reject replays.
nonce = Table(
    "signal_nonce",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index("signal_nonce_at", "at"),
)

#: Position up to which each platform's statements were fetched.
fetched = Table(
    "signal_fetched",
    metadata,
    Column("peer", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
)

_OF: BindParameter[str] = bindparam("of")
_STATE = Prepared(select(signal.c.state).where(signal.c.id == _OF))
_ADD = Prepared(insert(signal))
_CHANGE = Prepared(update(signal).where(signal.c.id == _OF))


class Signals:
    """Projection of shared and received signals."""

    tables = (signal,)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Apply one entry to the table; raises IllegalStepError when it may not follow."""
        if entry.kind not in STEPS:
            return
        identity = payload["signal"]
        before = find(connection, identity)
        after = fold(before, entry.kind, entry.at, dict(payload))
        row: dict[str, Any] = {"status": after.status, "state": msgspec.json.encode(after)}
        if _ours(entry.kind, payload, after):
            row["told"] = entry.index
        if before is None:
            kept = ("id", "owner", "case", "subject", "said_at", "expires_at")
            row = {"told": None} | row | {name: getattr(after, name) for name in kept}
            _ADD.run(connection, row | {"index": entry.index})
        else:
            _CHANGE.run(connection, row | {"of": identity})

    def clear(self, connection: Connection) -> None:
        """Empty the table before a rebuild."""
        connection.execute(delete(signal))


def _ours(kind: str, payload: Mapping[str, Any], after: Signal) -> bool:
    """Whether the entry is a statement of ours to others."""
    if kind == "signal.opined":
        return not payload["platform"]
    return kind in ("signal.shared", "signal.withdrawn") and not after.owner


def find(connection: Connection, identity: str) -> Signal | None:
    """The signal of this id."""
    state = _STATE.scalar(connection, {"of": identity})
    return None if state is None else msgspec.json.decode(state, type=Signal)


def entry_of(connection: Connection, identity: str) -> int:
    """Index of the entry that begins a signal. Raises KeyError."""
    index = connection.scalar(select(signal.c.index).where(signal.c.id == identity))
    if index is None:
        raise KeyError(identity)
    return int(index)


def signals(connection: Connection, *, ours: bool | None = None, limit: int = 50) -> list[Signal]:
    """Signals by last statement, latest first; ours, others', or all."""
    query = select(signal.c.state).order_by(signal.c.said_at.desc(), signal.c.id).limit(limit)
    if ours is not None:
        query = query.where(signal.c.owner == "" if ours else signal.c.owner != "")
    return [msgspec.json.decode(state, type=Signal) for state in connection.scalars(query)]


def page(
    engine: Engine, *, ours: bool | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Signal]:
    """Signals by page, as `signals`. Raises CursorError."""
    query = select(signal.c.id, signal.c.state)
    if ours is not None:
        query = query.where(signal.c.owner == "" if ours else signal.c.owner != "")

    def form(**row: Any) -> Signal:
        return msgspec.json.decode(row["state"], type=Signal)

    keys = (signal.c.said_at, signal.c.id)
    with engine.connect() as connection:
        return page_of(connection, query, keys, form, cursor=cursor, limit=limit)


def told_since(connection: Connection, cursor: int, limit: int) -> list[tuple[int, Signal]]:
    """(entry, signal) of our statements from an entry of the record on."""
    query = select(signal.c.told, signal.c.state).where(signal.c.told >= cursor)
    rows = connection.execute(query.order_by(signal.c.told).limit(limit))
    return [(index_, msgspec.json.decode(state, type=Signal)) for index_, state in rows]


def untold(connection: Connection, at: int, peers: Collection[str]) -> list[tuple[int, Signal]]:
    """(entry, signal) of standing signals whose last statement some of these platforms lack."""
    query = select(signal.c.told, signal.c.state)
    query = query.where(signal.c.told.is_not(None), signal.c.expires_at > at)
    rows = connection.execute(query.order_by(signal.c.told))
    signals_ = ((index_, msgspec.json.decode(state, type=Signal)) for index_, state in rows)
    return [(index_, signal) for index_, signal in signals_ if set(peers) - signal.informed(index_)]


def of_case(connection: Connection, case_id: str) -> list[Signal]:
    """Our standing signals from a case."""
    return _standing_ours(connection, signal.c.case == case_id)


def about(connection: Connection, subject: str) -> list[Signal]:
    """Our standing signals about a person, a vault token."""
    return _standing_ours(connection, signal.c.subject == subject)


def _standing_ours(connection: Connection, which: Any) -> list[Signal]:
    query = select(signal.c.state).where(which, signal.c.owner == "")
    query = query.where(signal.c.status == "standing").order_by(signal.c.index)
    return [msgspec.json.decode(state, type=Signal) for state in connection.scalars(query)]


def standing_measures(connection: Connection, case_id: str) -> set[str]:
    """Vault tokens of people with a measure in force from a case."""
    query = select(measure.c.subject).where(
        measure.c.case == case_id,
        measure.c.status.not_in(("shadowed", "suppressed")),
        measure.c.undone_at.is_(None),
        measure.c.subject.is_not(None),
        # A measure on an object is not one against its owner.
        measure.c.item.is_(None) | measure.c.item.not_like("p~_%", escape="~"),
    )
    return set(connection.scalars(query))


def reviews_of(connection: Connection, token: str) -> set[str]:
    """Cases in which a person, a vault token, was reviewed because of others' signals."""
    query = select(case.c.id).where(case.c.kind == "signal.received", case.c.about == token)
    return set(connection.scalars(query))


def received(connection: Connection, at: int) -> list[tuple[Signal, tuple[Hash, ...]]]:
    """Signals of others in force at a time, with their unerased hashes."""
    query = (
        select(signal.c.state, vault_text.c.body)
        .join(
            vault_text,
            (vault_text.c.index == signal.c.index) & (vault_text.c.name == HASHES),
        )
        .where(signal.c.owner != "", signal.c.status == "standing", signal.c.expires_at > at)
        .order_by(signal.c.index)
    )
    return [
        (
            msgspec.json.decode(state, type=Signal),
            msgspec.json.decode(body, type=tuple[Hash, ...]),
        )
        for state, body in connection.execute(query)
    ]


def over(connection: Connection, at: int) -> list[int]:
    """Entries of others' ended or withdrawn signals whose hashes are still stored."""
    ended = (signal.c.status != "standing") | (signal.c.expires_at <= at)
    query = select(signal.c.index).join(
        vault_text, (vault_text.c.index == signal.c.index) & (vault_text.c.name == HASHES)
    )
    indices = connection.scalars(query.where(signal.c.owner != "", ended).order_by(signal.c.index))
    return list(indices)


def drop_hashes(connection: Connection, entries: Sequence[int]) -> list[str]:
    """Delete the hashes of these entries; returns what an erasure reports as deleted."""
    for chunk in chunks(entries):
        which = (vault_text.c.name == HASHES) & vault_text.c.index.in_(chunk)
        connection.execute(delete(vault_text).where(which))
    return [f"{index}/{HASHES}" for index in entries]


def newest_received(connection: Connection) -> int:
    """Entry of the last received signal; -1 if there is none."""
    newest = select(func.max(signal.c.index)).where(signal.c.owner != "")
    index_ = connection.scalar(newest)
    return -1 if index_ is None else int(index_)


def people_after(connection: Connection, token: str, limit: int) -> list[tuple[str, str]]:
    """(token, account) of people in the vault, in the order of tokens, in chunks."""
    query = select(person.c.token, person.c.account).where(person.c.token > token)
    rows = connection.execute(query.order_by(person.c.token).limit(limit))
    return [(row.token, row.account) for row in rows]


def copies_after(
    connection: Connection, place: tuple[str, int], limit: int
) -> Iterator[tuple[tuple[str, int], str, bytes]]:
    """((finding, position), actor's token, event) of copies in the vault, in chunks."""
    c = evidence.c
    later = (c.ref > place[0]) | ((c.ref == place[0]) & (c.seq > place[1]))
    query = select(c.ref, c.seq, c.actor, c.raw).where(later).order_by(c.ref, c.seq).limit(limit)
    for ref, seq, actor, raw in connection.execute(query):
        yield (ref, seq), actor, raw


def take_once(connection: Connection, peer: str, identity: str, at: int, keep_ms: int) -> bool:
    """Store a message id of a platform; False if it is known. Deletes old ids."""
    connection.execute(delete(nonce).where(nonce.c.at < at - keep_ms))
    query = select(nonce.c.at).where(nonce.c.peer == peer, nonce.c.id == identity)
    if connection.scalar(query) is not None:
        return False
    connection.execute(insert(nonce).values(peer=peer, id=identity, at=at))
    return True


def cursor_of(connection: Connection, peer: str) -> int:
    """Entry of a platform's record from which its statements are still to be fetched."""
    stored = connection.scalar(select(fetched.c.cursor).where(fetched.c.peer == peer))
    return 0 if stored is None else int(stored)


def set_cursor(connection: Connection, peer: str, cursor: int) -> None:
    """Store the progress of fetching a platform's statements."""
    connection.execute(delete(fetched).where(fetched.c.peer == peer))
    connection.execute(insert(fetched).values(peer=peer, cursor=cursor))
