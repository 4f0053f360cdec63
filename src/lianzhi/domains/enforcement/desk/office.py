"""Office: what every act needs: the record, the rules of the day, and look-ups in the tables."""

import datetime as dt
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Table, and_, or_, select

from lianzhi.domains.enforcement.nouns.onchain import DOMAIN, PREFIX
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook.facts import Known
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.law.clock import china_day
from lianzhi.office.actor import Actor
from lianzhi.office.office import Office as ChainOffice
from lianzhi.office.ports import Batch, Ledger
from lianzhi.office.refusal import Refusal
from lianzhi.record.entry import Draft, Text

T = TypeVar("T")


class RefusedError(Refusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""

    def __init__(self, rule: str, message: str, **params: object) -> None:
        super().__init__(rule, message)
        self.params = params


class Office(msgspec.Struct, frozen=True):
    """The means of one deployment."""

    ledger: Ledger
    home: Path
    now: Callable[[], int]
    rules: Rulebook
    chain: ChainOffice
    """The office that all domains share."""

    @property
    def keys(self) -> Path:
        """Where secrets lie: beside the deployment's own, so that a backup without keys has none of
        them."""
        return self.home / "keys" / "enforcement"

    def today(self) -> dt.date:
        """The day in China."""
        return china_day(self.now())

    def dated(self, day: dt.date | None) -> dt.date:
        """The day of a step, today unless told. Raises RefusedError for one that is to come."""
        today = self.today()
        if day is not None and day > today:
            raise RefusedError("future", f"day is {day}, but today is {today}", day=day)
        return day or today

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction of the record."""
        with self.ledger.batch() as batch:
            yield batch

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read by."""
        with self.ledger.engine.connect() as connection:
            yield connection

    def one(self, connection: Connection, table: Table, form: type[T], identity: str) -> T:
        """A noun whole. KeyError: there is none."""
        state = connection.scalar(select(table.c.state).where(table.c.id == identity))
        if state is None:
            raise KeyError(identity)
        return msgspec.json.decode(state, type=form)

    def penalty(self, connection: Connection, identity: str) -> Penalty:
        """A case file. KeyError: there is none."""
        return self.one(connection, tables.penalty, Penalty, identity)

    def officers(self, connection: Connection, names: Iterable[str]) -> dict[str, Officer]:
        """Officers and observers of these names, as far as there are any."""
        query = select(tables.officer.c.state).where(tables.officer.c.id.in_([*names]))
        officers = (msgspec.json.decode(row, type=Officer) for row in connection.scalars(query))
        return {officer.id: officer for officer in officers}

    def observing(self, connection: Connection, names: Collection[str]) -> None:
        """Raise RefusedError unless all of these are in the register of observers: the record
        keeps them plainly, so they must be user names and nothing else."""
        known = self.officers(connection, names)
        for name in sorted(names):
            if name not in known or not known[name].observer:
                raise RefusedError(
                    "observer",
                    f"observers: {name!r:.80} is no registered observer; import the register first",
                    name=name[:80],
                )

    def visited(self, connection: Connection, identity: str, party: str) -> str:
        """An inspection of a party, by its id; empty for none. The record keeps it plainly.

        `party`: a vault token. Raises RefusedError where there is no such inspection of the party.
        """
        column = tables.inspection.c
        query = select(column.id).where(column.id == identity, column.enterprise == party)
        if identity and connection.scalar(query) is None:
            raise RefusedError(
                "inspection", f"inspection is {identity!r:.80}: none of this party; leave it empty"
            )
        return identity

    def officer_named(self, name: str) -> str:
        """User name of the officer of this user name or display name; else the name as given."""
        plain = _letters(name)
        with self.reading() as connection:
            for row in connection.scalars(select(tables.officer.c.state)):
                officer = msgspec.json.decode(row, type=Officer)
                if plain in (_letters(officer.id), _letters(officer.name)):
                    return officer.id
        return name.strip()

    def enterprise(self, connection: Connection, identity: str) -> Enterprise:
        """A registered enterprise by its token. KeyError: there is none."""
        return self.one(connection, tables.enterprise, Enterprise, identity)

    def token(self, account: str) -> str:
        """The token of a known enterprise or person. KeyError: nobody of this id is known."""
        return str(self.ledger.vault.known([account])[account])

    def party(self, account: str) -> str:
        """The token of a party. Raises RefusedError where nobody of this id is known."""
        try:
            return self.token(account)
        except KeyError:
            raise RefusedError(
                "enterprise", f"enterprise is {account!r:.80}: not registered"
            ) from None

    def known(self, connection: Connection, penalty: Penalty, hands: Iterable[str]) -> Known:
        """What gates need to know beside a file."""
        people = self.officers(connection, hands)
        return Known(
            certified={name: officer.until for name, officer in people.items()},
            related=frozenset(penalty.recused),
            fined_before=self._fined_before(connection, penalty),
            observers=frozenset(name for name, officer in people.items() if officer.observer),
        )

    def same_act(self, connection: Connection, party: str, identity: str) -> str:
        """The first file about the act of a file of this party; empty for none.

        Raises RefusedError for a file that is not the party's, or that there is not.
        """
        if not identity:
            return ""
        try:
            other = self.penalty(connection, identity)
        except KeyError:
            other = None
        if other is None or other.party != party:
            raise RefusedError(
                "same_act", f"same_act_as is {identity!r}: no file of this party", file=identity
            )
        return other.act

    def _fined_before(self, connection: Connection, penalty: Penalty) -> bool:
        """Whether the party was fined for the very act: the same item on the same day, or a file
        that a person marked as being about the same act."""
        column = tables.penalty.c
        condition = and_(
            column.party == penalty.party,
            column.id != penalty.id,
            column.fine > 0,
            or_(column.decided.is_not(None), column.closed.is_not(None)),
        )
        others = connection.scalars(select(column.state).where(condition))
        for other in (msgspec.json.decode(row, type=Penalty) for row in others):
            if other.overturned and not other.fine:
                continue
            if (other.item, other.act_day) == (
                penalty.item,
                penalty.act_day,
            ) or other.act == penalty.act:
                return True
        return False


def _letters(name: str) -> str:
    """A name by which it is compared: no blanks, no width, no case."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def desk_actor(by: str) -> Actor:
    """A person of the bureau, at the desk where cases of its parties are decided."""
    return Actor(by, may_severe=True, desk=DOMAIN)


def new_id() -> str:
    """An id that names nobody."""
    return secrets.token_hex(10)


def draft(
    kind: str, ref: str, at: int, payload: dict[str, Any], texts: dict[str, Text] | None = None
) -> Draft:
    """An entry of a noun of this domain, `<noun>.<step>`; days become text, empty texts are left
    out."""
    plain = {name: _plain(value) for name, value in payload.items()}
    kept = {name: text for name, text in (texts or {}).items() if text[0].strip()}
    return Draft(kind=PREFIX + kind, ref=ref, at=at, payload=plain, texts=kept)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
