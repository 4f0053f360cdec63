"""What every act needs: the record, policy, the lists and the clock."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from lianzhi.chain.policy import Dated
from lianzhi.domains.dissemination.nouns import DOMAIN
from lianzhi.domains.dissemination.policy import Policy
from lianzhi.domains.dissemination.queries import tables
from lianzhi.domains.dissemination.rules.refusal import RefusedError
from lianzhi.domains.dissemination.sources.files import list_folder, write_list
from lianzhi.domains.dissemination.sources.lists import (
    LIST_KINDS,
    ListKind,
    OutletRow,
    SourceRow,
    ValidRows,
)
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office as ChainOffice
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft, Text


class Office(DomainOffice):
    """Record, policy, lists and clock of a deployment."""

    def __init__(
        self,
        ledger: Ledger,
        home: Path,
        now: Callable[[], int],
        chain: ChainOffice,
        policies: Dated[Policy],
        lexicons: Path | None = None,
    ) -> None:
        self.ledger, self.home, self.now, self.chain = ledger, home, now, chain
        self._policies, self.lexicons = policies, lexicons

    def policy(self) -> Policy:
        """Policy in force now."""
        return self._policies.at(self.now())[1]

    def policy_version(self) -> str:
        """Name of the version in force now."""
        return self._policies.at(self.now())[0]

    def dated(self, day: dt.date | None) -> dt.date:
        """The day of a step, by default today. Raises RefusedError for a future day."""
        today = self.today()
        if day is not None and day > today:
            raise RefusedError("listed_day", f"day is {day}, but today is {today}", day=day)
        return day or today

    def list_rows(self, connection: Connection, kind: ListKind) -> list[SourceRow | OutletRow]:
        """The rows of a list of the record, one for each time of validity."""
        form = OutletRow if kind == "outlets" else SourceRow
        rows: list[SourceRow | OutletRow] = []
        for noun in tables.LISTS[kind].every(connection):
            for span in noun.spans:
                more: dict[str, Any] = {"scopes": span.scopes} if form is OutletRow else {}
                more |= {"valid_from": span.valid_from, "valid_until": span.valid_until}
                rows.append(form(name=noun.name, aliases=noun.aliases, **more))
        return rows

    def refresh_files(self) -> None:
        """Give the stream the lists as the record has them now."""
        with self.reading() as connection:
            for kind in LIST_KINDS:
                write_list(list_folder(self.home), kind, self.list_rows(connection, kind))

    def lists(self, connection: Connection) -> tuple[ValidRows, ValidRows]:
        """Sources and outlets of the record."""
        sources, outlets = (ValidRows(self.list_rows(connection, kind)) for kind in LIST_KINDS)
        return sources, outlets


def draft(
    kind: str, ref: str, at: int, payload: Mapping[str, Any], words: Mapping[str, str] | None = None
) -> Draft:
    """An entry `<noun>.<step>` of this domain."""
    texts: dict[str, Text] = {name: (text, ()) for name, text in (words or {}).items()}
    return domain_draft(DOMAIN, kind, ref, at, payload, texts)
