"""What every act needs: the record, the rules and the clock."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lianzhi.domains.mediation.queries.tables import DOMAIN
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.rules import Rules
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office as ChainOffice
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft, Text


class Office(DomainOffice, msgspec.Struct, frozen=True):
    """Ledger, rules and clock of a deployment."""

    ledger: Ledger
    now: Callable[[], int]
    rules: Rules
    chain: ChainOffice
    """Office shared by all domains."""

    def dated(self, day: dt.date | None, since: dt.date | None = None) -> dt.date:
        """The day of a step, by default today. Raises RefusedError for a day to come, or before
        `since`."""
        today = self.today()
        if day is not None and (day > today or (since is not None and day < since)):
            message = f"day is {day}; give one from {since or 'the start'} to {today}"
            raise RefusedError("mediation_day", message, day=day, since=since or "…", today=today)
        return day or today

    def draft(
        self,
        kind: str,
        identity: str,
        payload: Mapping[str, Any],
        texts: Mapping[str, Text] | None = None,
    ) -> Draft:
        """An entry `<noun>.<step>` of this domain, of today; blank texts are left out."""
        fields = {"day": self.today(), **payload}
        return domain_draft(DOMAIN, kind, identity, self.now(), fields, texts)
