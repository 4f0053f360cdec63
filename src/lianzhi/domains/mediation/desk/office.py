"""What every act needs: the record, the rules and the clock."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.mediation.queries.tables import DOMAIN
from lianzhi.domains.mediation.rules import Rules
from lianzhi.law.clock import china_day
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft, Text


class Office(msgspec.Struct, frozen=True):
    """Ledger, rules and clock of a deployment."""

    ledger: Ledger
    now: Callable[[], int]
    rules: Rules

    def today(self) -> dt.date:
        """Current day in China."""
        return china_day(self.now())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading."""
        with self.ledger.engine.connect() as connection:
            yield connection

    def draft(
        self,
        kind: str,
        identity: str,
        payload: Mapping[str, Any],
        texts: Mapping[str, Text] | None = None,
    ) -> Draft:
        """An entry `<noun>.<step>` of this domain, of today; blank texts are left out."""
        fields = {"day": self.today(), **payload}
        kept = {name: text for name, text in (texts or {}).items() if text[0].strip()}
        plain = msgspec.to_builtins(fields)
        return Draft(f"{DOMAIN}.{kind}", identity, self.now(), plain, kept)
