"""A register: rows that people note about accounts, each an entry of the record.

Its table is folded from the entries. An account stands in both as a vault token, so that erasure
reaches it; what else a row says must name nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, delete, insert, select

from lianzhi.record.entry import Draft, Entry


class Register:
    """Implements `record.ports.Projection` for the rows of a noun, in `<domain>_<noun>`.

    `row`: a struct with the field `account`, and `at` for when a row was noted (ms).
    """

    def __init__(self, domain: str, noun: str, row: type[msgspec.Struct]) -> None:
        self.kind, self.row = f"{domain}.{noun}.noted", row
        index = Column("index", BigInteger, primary_key=True, autoincrement=False)
        fields = Column("fields", Text, nullable=False, comment="JSON; the account is a token")
        self.table = Table(f"{domain}_{noun}", MetaData(), index, fields)
        self.tables = (self.table,)

    def apply(self, connection: Connection, entry: Entry, payload: Mapping[str, Any]) -> None:
        """Take one entry into the table."""
        if entry.kind == self.kind:
            fields = msgspec.json.encode(payload["row"]).decode()
            connection.execute(insert(self.table).values(index=entry.index, fields=fields))

    def clear(self, connection: Connection) -> None:
        """Empty the table before a rebuild."""
        connection.execute(delete(self.table))


class RegisterDesk:
    """Notes and lists the rows of a register. `means` is what a domain's desk is opened with."""

    def __init__(self, register: Register, means: Any) -> None:
        self._register, self._ledger, self._now = register, means.ledger, means.now

    def note(self, rows: Sequence[Any], by: str) -> None:
        """Note rows, all of them or none."""
        at, kind = self._now(), self._register.kind
        with self._ledger.batch() as batch:
            tokens = batch.tokens([row.account for row in rows])
            for row in rows:
                token = tokens[row.account]
                fields = msgspec.to_builtins(row) | {"account": token, "at": at}
                batch.append([Draft(kind, token, at, {"row": fields, "by": by})])

    def rows(self) -> list[Any]:
        """All rows, the newest first; the account is empty where it was erased."""
        table = self._register.table
        with self._ledger.engine.connect() as connection:
            query = select(table.c.fields).order_by(table.c.index.desc())
            rows = [msgspec.json.decode(fields) for fields in connection.scalars(query)]
        accounts = self._ledger.vault.accounts([row["account"] for row in rows])
        named = [row | {"account": accounts.get(row["account"], "")} for row in rows]
        return [msgspec.convert(row, self._register.row) for row in named]
