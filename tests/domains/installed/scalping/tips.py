"""Tips: what the box office notes about sellers, on the record; the list is folded from it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, delete, insert, select

from lianzhi.domains.domain import Means
from lianzhi.record.entry import Draft, Entry

NOTED = "scalping.tip.noted"
tip = Table(
    "scalping_tip",
    MetaData(),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("account", Text, nullable=False, comment="vault token"),
)


class Tips:
    """Implements `record.ports.Projection`: the table, brought along with every entry."""

    tables = (tip,)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        if entry.kind == NOTED:
            row = {"index": entry.index, "at": entry.at, "account": payload["account"]}
            connection.execute(insert(tip).values(row))

    def clear(self, connection: Connection) -> None:
        connection.execute(delete(tip))


def projections() -> list[Tips]:
    return [Tips()]


class Desk:
    """What the box office does."""

    def __init__(self, means: Means) -> None:
        self.ledger, self._now = means.ledger, means.now

    def note(self, accounts: list[str], by: str) -> None:
        """Note sellers, all of them or none."""
        with self.ledger.batch() as batch:
            tokens = batch.tokens(accounts)
            notes = [{"account": tokens[account], "by": by} for account in accounts]
            batch.append([Draft(NOTED, each["account"], self._now(), each) for each in notes])

    def tips(self) -> list[tuple[int, str | None]]:
        """When each tip was noted and about whom (None: erased), newest first."""
        with self.ledger.engine.connect() as connection:
            rows = connection.execute(select(tip).order_by(tip.c.index.desc())).all()
        return [(row.at, self.ledger.vault.account(row.account)) for row in rows]
