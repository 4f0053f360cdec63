"""Ports: what the office needs of the record, the event log, the rules and the platform."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Engine

from lianzhi.chain.decision import Ground
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.chain.notice import Kind
from lianzhi.flow.log import Head
from lianzhi.record import ports
from lianzhi.record.checkpoint import Signer
from lianzhi.record.entry import Text
from lianzhi.record.ports import Evidence

#: Looks within a batch whether a request was carried out before. Takes the id that a new noun
#: would get, and returns the id of the noun that the request became; None: it is new.
Once = Callable[[Connection, str], str | None]

#: Adds spans to the evidence of findings, given the events by log position.
Marker = Callable[[Sequence[Finding], Mapping[int, Event]], list[Finding]]


class Vault(ports.Vault, Protocol):
    """The vault, as it can also be read within a transaction."""

    def evidence(self, ref: str, connection: Connection | None = None) -> list[Evidence]:
        """Evidence kept for a finding or case, in the order of the event log."""
        ...


class Batch(ports.Batch, Protocol):
    """A batch of the record that is one database transaction."""

    @property
    def connection(self) -> Connection:
        """Connection of the transaction, for queries and for rows that become durable with it."""
        ...

    @property
    def after(self) -> list[Callable[[], None]]:
        """Called once the batch is durable; must not fail."""
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo what was done within, and nothing else of the batch, where it raises."""
        ...

    def address(self, token: str) -> object | None:
        """Where the person of this vault token wants to be written to; None: nowhere."""
        ...


class Ledger(ports.Ledger, Protocol):
    """The record with the vault, the key and the database behind it."""

    @property
    def engine(self) -> Engine:
        """Opens connections to read by."""
        ...

    @property
    def size(self) -> int:
        """How many entries the record has."""
        ...

    @property
    def vault(self) -> Vault:
        """Names, texts and copies of events, all erasable."""
        ...

    @property
    def signer(self) -> Signer:
        """Signs checkpoints; its `seal_key` keys ids that nobody may guess."""
        ...

    def batch(self) -> AbstractContextManager[Batch]:
        """Open a batch; it is durable when the block ends without an exception."""
        ...

    def outage(self, error: Exception) -> str | None:
        """What keeps the record from its work for now; None when waiting would mend nothing."""
        ...


class EventLog(Protocol):
    """The event log, as far as findings rest on it."""

    @property
    def durable(self) -> Head:
        """How far the log was when it was last synced."""
        ...

    def lines(self, positions: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
        """Line and salt of each event by its position; erased ones are missing."""
        ...


class Grounds(Protocol):
    """On what decisions may rest."""

    def cite(self, key: str, acted: int, at: int) -> Ground:
        """The ground of this key for a decision at `at` about an act of `acted` (ms).

        Raises ValueError saying why it can't be cited.
        """
        ...

    def fault(self, ground: Ground) -> str:
        """Why a decision may not rest on this very version; empty: it may."""
        ...

    def words(self, ground: Ground) -> dict[str, str]:
        """Its title by language, as people read it."""
        ...


class Notify(Protocol):
    """Notifies a person, in the transaction of the batch."""

    def __call__(
        self,
        batch: Batch,
        kind: Kind,
        person: str,
        ref: str,
        params: Mapping[str, Any],
        texts: Mapping[str, Text],
        at: int,
    ) -> object:
        """Put a notice about `ref` to a person (a vault token) on the record."""
        ...


class Post(Protocol):
    """Messages to the platform, to other platforms and to people, in the batch's transaction."""

    @property
    def reachable(self) -> bool:
        """Whether there is a platform to carry measures out."""
        ...

    def measure(self, batch: Batch, payload: Mapping[str, Any], sequence: int, at: int) -> None:
        """Tell the platform of a measure: sequence 1 that it begins, 2 that it has ended."""
        ...

    def signal(
        self,
        batch: Batch,
        topic: str,
        signal: str,
        index: int,
        at: int,
        but: Collection[str] = (),
    ) -> None:
        """Tell other platforms, but some, what an entry of the record says of a signal."""
        ...

    @property
    def notify(self) -> Notify:
        """Sends a notice to a person."""
        ...


class Sample(NamedTuple):
    """Events in order of time."""

    events: list[Event]
    since: int | None
    """When the first event of the stretch happened, of whatever account; None: there is none."""


class Sampler(Protocol):
    """Reads a sample of the stored events, whole accounts at a time."""

    def __call__(self, accounts: Collection[str], since: int, until: int, others: int, /) -> Sample:
        """What these accounts did in [since, until), and about `others` events of others."""
        ...
