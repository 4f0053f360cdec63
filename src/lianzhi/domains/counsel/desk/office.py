"""What every act needs: the record, the rules and the clock."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lianzhi.domains.counsel.queries.tables import DOMAIN
from lianzhi.domains.counsel.rules import Rules
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft, Text


class Office(DomainOffice, msgspec.Struct, frozen=True):
    """Ledger, rules and clock of a deployment."""

    ledger: Ledger
    now: Callable[[], int]
    rules: Rules

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
