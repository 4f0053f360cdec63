"""Vault of erasable rows: people, texts about them and copies of their events."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, bindparam, delete, insert, or_, select

from lianzhi.prepared import Prepared
from lianzhi.record.entry import SALT_SIZE, Text, commit
from lianzhi.record.mention import mentions
from lianzhi.record.ports import Erasure, Evidence
from lianzhi.store import db
from lianzhi.store.db import chunks
from lianzhi.store.tables import (
    address,
    evidence,
    payload,
    person,
    vault_text,
    vault_text_person,
)

_TEXT, _NAMES = Prepared(insert(vault_text)), Prepared(insert(vault_text_person))
_ADDRESS = Prepared(
    select(address.c.mail, address.c.language).where(address.c.token == bindparam("of"))
)


class Address(msgspec.Struct, frozen=True):
    """Contact address of a person."""

    mail: str
    language: str


class Vault:
    """Implements the `Vault` port; the methods that take a connection join its transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def tokens(
        self, accounts: Iterable[str], connection: Connection | None = None
    ) -> dict[str, str]:
        """Token of each account; 128 random bits, made when first seen."""
        if connection is None:
            with db.writing(self.engine) as own:
                return self.tokens(accounts, own)
        wanted = dict.fromkeys(accounts)
        tokens_ = _known(wanted, connection)
        fresh = {
            account: f"p_{secrets.token_hex(16)}" for account in wanted.keys() - tokens_.keys()
        }
        if fresh:
            rows = [{"token": token, "account": account} for account, token in fresh.items()]
            connection.execute(insert(person), rows)
        return tokens_ | fresh

    def known(self, accounts: Iterable[str]) -> dict[str, str]:
        """Token of each account that has one; makes none."""
        with self.engine.connect() as connection:
            return _known(accounts, connection)

    def account(self, token: str) -> str | None:
        """Account that the token stands for; None when erased or never made."""
        return self.accounts([token]).get(token)

    def accounts(self, tokens: Iterable[str]) -> dict[str, str]:
        """Account of each token; erased ones are left out."""
        accounts_: dict[str, str] = {}
        with self.engine.connect() as connection:
            for chunk in chunks(tokens):
                rows = connection.execute(select(person).where(person.c.token.in_(chunk)))
                accounts_.update((row.token, row.account) for row in rows)
        return accounts_

    def text(self, index: int, name: str) -> str | None:
        """A text of entry `index`; None when erased or never there."""
        where = (vault_text.c.index == index, vault_text.c.name == name)
        with self.engine.connect() as connection:
            body = connection.scalar(select(vault_text.c.body).where(*where))
        return None if body is None else str(body, "utf-8")

    def texts(self, index: int) -> dict[str, str]:
        """The texts of entry `index` that are left, by name."""
        query = select(vault_text.c.name, vault_text.c.body).where(vault_text.c.index == index)
        with self.engine.connect() as connection:
            return {name: str(body, "utf-8") for name, body in connection.execute(query)}

    def evidence(self, ref: str, connection: Connection | None = None) -> list[Evidence]:
        """Evidence kept for a finding or case, in the order of the event log."""
        if connection is None:
            with self.engine.connect() as own:
                return self.evidence(ref, own)
        query = select(evidence).where(evidence.c.ref == ref).order_by(evidence.c.seq)
        return [Evidence(**row) for row in connection.execute(query).mappings()]

    def keep_evidence(self, rows: Iterable[Evidence], connection: Connection | None = None) -> None:
        """Keep copies of events; one already kept for the same ref and seq is left as it is."""
        if connection is None:
            with db.writing(self.engine) as own:
                return self.keep_evidence(rows, own)
        new = {(row.ref, row.seq): row for row in rows}
        for ref in {ref for ref, _ in new}:
            kept = connection.scalars(select(evidence.c.seq).where(evidence.c.ref == ref))
            for seq in kept:
                new.pop((ref, seq), None)
        if new:
            connection.execute(insert(evidence), [msgspec.structs.asdict(r) for r in new.values()])
        return None

    def keep_texts(
        self, texts: Sequence[tuple[int, Mapping[str, Text]]], connection: Connection
    ) -> list[dict[str, str]]:
        """Store the texts of entries, (index, texts) each; returns the commitments, hex by name."""
        bodies: list[dict[str, Any]] = []
        people: list[dict[str, Any]] = []
        commitments: list[dict[str, str]] = []
        for index, named in texts:
            new_commitments: dict[str, str] = {}
            for name, (body, about) in named.items():
                salt, data = secrets.token_bytes(SALT_SIZE), body.encode()
                new_commitments[name] = commit(salt, data).hex()
                bodies.append({"index": index, "name": name, "salt": salt, "body": data})
                people += ({"index": index, "name": name, "token": t} for t in set(about))
            commitments.append(new_commitments)
        _TEXT.many(connection, bodies)
        _NAMES.many(connection, people)
        return commitments

    def address(self, token: str, connection: Connection | None = None) -> Address | None:
        """Contact address of the person of this token; None: none."""
        if connection is None:
            with self.engine.connect() as own:
                return self.address(token, own)
        row = _ADDRESS.first(connection, {"of": token})
        return None if row is None else Address(*row)

    def set_address(self, account: str, at: Address) -> None:
        """Set a person's contact address."""
        with db.writing(self.engine) as connection:
            token = self.tokens([account], connection)[account]
            connection.execute(delete(address).where(address.c.token == token))
            row = {"token": token, "mail": at.mail, "language": at.language}
            connection.execute(insert(address).values(row))

    def drop_address(self, account: str) -> bool:
        """Delete a person's contact address; False: there was none."""
        with db.writing(self.engine) as connection:
            token = _known([account], connection).get(account)
            deleted = delete(address).where(address.c.token == token)
            return connection.execute(deleted).rowcount > 0

    def erase(self, account: str, connection: Connection, aliases: Iterable[str] = ()) -> Erasure:
        """Remove the person, their address, and every text and evidence about, by or naming them.

        `aliases` are further names of theirs in texts, such as a keyed hash. The rows are gone when
        the transaction commits, their bytes after `scrub`.
        """
        token = _known([account], connection).get(account)
        named = mentions(account)
        events = _evidence_of(token, connection)
        events |= _scan(named, connection, evidence.c.ref, evidence.c.seq, evidence.c.raw)
        _delete(connection, evidence, ("ref", "seq"), events)
        texts = _texts_of(token, connection)
        also = [mentions(alias) for alias in aliases]

        def names(body: bytes) -> bool:
            return named(body) or any(alias(body) for alias in also)

        texts |= _scan(names, connection, vault_text.c.index, vault_text.c.name, vault_text.c.body)
        _delete(connection, vault_text, ("index", "name"), texts)
        suspects = _scan(named, connection, payload.c.index, payload.c.body)
        connection.execute(delete(address).where(address.c.token == token))
        connection.execute(delete(person).where(person.c.account == account))
        return Erasure(
            account=account,
            token=token,
            texts=tuple(f"{index}/{name}" for index, name in sorted(texts)),
            evidence=tuple(f"{ref}/{seq}" for ref, seq in sorted(events)),
            suspects=tuple(sorted(index for (index,) in suspects)),
        )

    def scrub(self) -> None:
        """Make erased rows unreadable in the files; raises TimeoutError while others read."""
        db.scrub(self.engine, tuple(t.name for t in (person, address, evidence, vault_text)))


def _known(accounts: Iterable[str], connection: Connection) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for chunk in chunks(accounts):
        rows = connection.execute(select(person).where(person.c.account.in_(chunk)))
        tokens.update((row.account, row.token) for row in rows)
    return tokens


def _evidence_of(token: str | None, connection: Connection) -> set[tuple[Any, ...]]:
    if token is None:
        return set()
    either = or_(evidence.c.actor == token, evidence.c.target == token)
    return {
        tuple(r) for r in connection.execute(select(evidence.c.ref, evidence.c.seq).where(either))
    }


def _texts_of(token: str | None, connection: Connection) -> set[tuple[Any, ...]]:
    if token is None:
        return set()
    link = vault_text_person.c
    return {
        tuple(r)
        for r in connection.execute(select(link.index, link.name).where(link.token == token))
    }


def _scan(named: Any, connection: Connection, *columns: Any) -> set[tuple[Any, ...]]:
    """Keys of the rows whose last column names the account."""
    rows = connection.execute(select(*columns), execution_options={"yield_per": 1000})
    return {tuple(key) for *key, body in rows if named(body)}


def _delete(
    connection: Connection, table: Any, key: tuple[str, str], rows: set[tuple[Any, ...]]
) -> None:
    if rows:
        query = delete(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in key))
        connection.execute(
            query, [{f"key_{n}": v for n, v in zip(key, row, strict=True)} for row in rows]
        )
