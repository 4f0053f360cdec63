"""What every act needs: the record, policy, the register of taxa, and the clock."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from lianzhi.chain.policy import Dated
from lianzhi.domains.biosecurity.nouns import DOMAIN
from lianzhi.domains.biosecurity.nouns.registers import Taxon
from lianzhi.domains.biosecurity.policy import Policy
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.rules.firsts import Coverage
from lianzhi.domains.biosecurity.rules.names import Index, Resolution
from lianzhi.domains.biosecurity.rules.refusal import RefusedError
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office as ChainOffice
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft, Text

#: Codes that may have been merged one into the other.
_MERGES = 5


class Register:
    """The taxa on the record."""

    def __init__(self, taxa: Iterable[Taxon]) -> None:
        self.taxa: Mapping[str, Taxon] = {taxon.id: taxon for taxon in taxa}
        names: list[tuple[str, str]] = []
        synonyms: list[tuple[str, str]] = []
        merged: dict[str, str] = {}
        for taxon in self.taxa.values():
            names += [(taxon.id, taxon.id), (taxon.name, taxon.id)]
            names += [(taxon.chinese, taxon.id)] if taxon.chinese else []
            for synonym in taxon.synonyms:
                if synonym in self.taxa:
                    merged[synonym] = taxon.id
                else:
                    synonyms.append((synonym, taxon.id))
        self._merged = merged
        self._index = Index([*names, *synonyms])

    def accepted(self, code: str) -> str:
        """Code of the taxon into which a code was merged; itself where it was not."""
        for _ in range(_MERGES):
            if code not in self._merged:
                break
            code = self._merged[code]
        return code

    def codes(self, accepted: str) -> set[str]:
        """All codes of an accepted taxon."""
        return {accepted, *(code for code in self._merged if self.accepted(code) == accepted)}

    def resolve(self, text: str) -> Resolution:
        """The accepted taxon of a code or name, or near ones to choose from."""
        match = self._index.resolve(text)
        return match._replace(code=self.accepted(match.code)) if match.code else match

    def name(self, code: str) -> str:
        """Accepted name of a code; the code where the register does not know it."""
        taxon = self.taxa.get(self.accepted(code))
        return taxon.name if taxon else code


class Office(DomainOffice):
    """Record, policy, register and clock of a deployment."""

    def __init__(
        self,
        ledger: Ledger,
        home: Path,
        now: Callable[[], int],
        chain: ChainOffice,
        policies: Dated[Policy],
    ) -> None:
        self.ledger, self.home, self.now, self.chain = ledger, home, now, chain
        self._policies = policies
        self._register: tuple[tuple[int, int], Register] = ((-1, -1), Register(()))

    def policy(self) -> Policy:
        """Policy in force now."""
        return self._policies.at(self.now())[1]

    def policy_version(self) -> str:
        """Name of the version in force now."""
        return self._policies.at(self.now())[0]

    def register(self, connection: Connection) -> Register:
        """The register of taxa; read again when an entry has changed it."""
        state = views.register_state(connection)
        if self._register[0] != state:
            self._register = (state, Register(tables.taxon.every(connection)))
        return self._register[1]

    def coverage(self, connection: Connection) -> dict[str, Coverage]:
        """What the records of each port cover."""
        ports = tables.port.every(connection)
        return {port.id: Coverage(port.region, port.since) for port in ports}

    def dated(self, day: dt.date | None) -> dt.date:
        """The day of a step, by default today. Raises RefusedError for a future day."""
        today = self.today()
        if day is not None and day > today:
            raise RefusedError("border_day", f"day is {day}, but today is {today}", day=day)
        return day or today


def draft(
    kind: str, ref: str, at: int, payload: Mapping[str, Any], words: Mapping[str, str] | None = None
) -> Draft:
    """An entry `<noun>.<step>` of this domain."""
    texts: dict[str, Text] = {name: (text, ()) for name, text in (words or {}).items()}
    return domain_draft(DOMAIN, kind, ref, at, payload, texts)
