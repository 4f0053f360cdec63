"""What every act needs: the record, the rules of the day, and look-ups in the tables."""

import datetime as dt
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.enforcement.nouns.case_entries import DOMAIN
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook.facts import Known
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.office.actor import Actor
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office as ChainOffice
from lianzhi.office.ports import Batch, Ledger
from lianzhi.office.refusal import Refusal
from lianzhi.record.entry import Draft, Text


class RefusedError(Refusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""

    def __init__(self, rule: str, message: str, **params: object) -> None:
        super().__init__(rule, message)
        self.params = params


class Office(DomainOffice, msgspec.Struct, frozen=True):
    """Ledger, rulebook and clock of a deployment, with look-ups of its nouns."""

    ledger: Ledger
    home: Path
    now: Callable[[], int]
    rules: Rulebook
    chain: ChainOffice
    """Office shared by all domains."""

    @property
    def keys(self) -> Path:
        """Folder of secrets, among the deployment's keys, which backups may omit."""
        return self.home / "keys" / "enforcement"

    def dated(self, day: dt.date | None) -> dt.date:
        """The day of a step, by default today. Raises RefusedError for a future day."""
        today = self.today()
        if day is not None and day > today:
            raise RefusedError("future", f"day is {day}, but today is {today}", day=day)
        return day or today

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction of the record."""
        with self.ledger.batch() as batch:
            yield batch

    def penalty(self, connection: Connection, identity: str) -> Penalty:
        """A case file by id. Raises KeyError for an unknown id."""
        return tables.penalty.load(connection, identity)

    def officers(self, connection: Connection, names: Iterable[str]) -> dict[str, Officer]:
        """Registered officers and observers among these user names."""
        known = tables.officer.every(connection, tables.officer.c.id.in_([*names]))
        return {officer.id: officer for officer in known}

    def check_observers(self, connection: Connection, names: Collection[str]) -> None:
        """Raise RefusedError unless all of these are registered observers: the record stores them
        in plain text, so they must be user names."""
        known = self.officers(connection, names)
        for name in sorted(names):
            if name not in known or not known[name].observer:
                raise RefusedError(
                    "observer",
                    f"observers: {name!r:.80} is no registered observer; import the register first",
                    name=name[:80],
                )

    def inspection_of(self, connection: Connection, identity: str, party: str) -> str:
        """The id of an inspection of a party (a vault token), or empty for none.

        Raises RefusedError if the party has no such inspection.
        """
        visit = tables.inspection.get(connection, identity) if identity else None
        if identity and (visit is None or visit.enterprise != party):
            raise RefusedError(
                "inspection", f"inspection is {identity!r:.80}: none of this party; leave it empty"
            )
        return identity

    def officer_named(self, name: str) -> str:
        """User name of the officer with this user name or display name; else the given name."""
        plain = _letters(name)
        with self.reading() as connection:
            for officer in tables.officer.every(connection):
                if plain in (_letters(officer.id), _letters(officer.name)):
                    return officer.id
        return name.strip()

    def enterprise(self, connection: Connection, token: str) -> Enterprise:
        """A registered enterprise by its token. Raises KeyError for an unknown one."""
        return tables.enterprise.load(connection, token)

    def token(self, account: str) -> str:
        """The token of an enterprise or person. Raises KeyError for an unknown id."""
        return str(self.ledger.vault.known([account])[account])

    def party(self, account: str) -> str:
        """The token of a party. Raises RefusedError for an unknown id."""
        try:
            return self.token(account)
        except KeyError:
            raise RefusedError(
                "enterprise", f"enterprise is {account!r:.80}: not registered"
            ) from None

    def known(self, connection: Connection, penalty: Penalty, hands: Iterable[str]) -> Known:
        """What the gates need beside the file itself."""
        people = self.officers(connection, hands)
        return Known(
            certified={name: officer.until for name, officer in people.items()},
            related=frozenset(penalty.recused),
            fined_before=self._fined_before(connection, penalty),
            observers=frozenset(name for name, officer in people.items() if officer.observer),
        )

    def same_act(self, connection: Connection, party: str, identity: str) -> str:
        """The first file about the same act as file `identity` of the party; empty for none.

        Raises RefusedError if the party has no such file.
        """
        if not identity:
            return ""
        other = tables.penalty.get(connection, identity)
        if other is None or other.party != party:
            raise RefusedError(
                "same_act", f"same_act_as is {identity!r}: no file of this party", file=identity
            )
        return other.act

    def _fined_before(self, connection: Connection, penalty: Penalty) -> bool:
        """Whether the party was fined for this act: the same item on the same day, or a file that
        is marked as being about the same act."""
        column = tables.penalty.c
        ended = column.decided.is_not(None) | column.closed.is_not(None)
        of_party = (column.party == penalty.party) & (column.id != penalty.id)
        for other in tables.penalty.every(connection, of_party, column.fine > 0, ended):
            if other.overturned and not other.fine:
                continue
            if (other.item, other.act_day) == (
                penalty.item,
                penalty.act_day,
            ) or other.act == penalty.act:
                return True
        return False


def _letters(name: str) -> str:
    """A name for comparison, without blanks, width and case."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def desk_actor(by: str) -> Actor:
    """A person of the bureau as an actor of the chain, at the desk of this domain."""
    return Actor(by, may_severe=True, desk=DOMAIN)


def new_id() -> str:
    """A random id of 20 hexadecimal digits."""
    return secrets.token_hex(10)


def draft(
    kind: str, ref: str, at: int, payload: dict[str, Any], texts: dict[str, Text] | None = None
) -> Draft:
    """An entry `<noun>.<step>` of this domain; days become text, blank texts are left out."""
    return domain_draft(DOMAIN, kind, ref, at, payload, texts)
