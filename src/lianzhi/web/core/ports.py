"""What the web application needs of a running node; `jobs.node.Node` provides it."""

from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from sqlalchemy.engine import Engine

from lianzhi.documents.notice import Sender
from lianzhi.domains.domain import Domain
from lianzhi.domains.monitor import Bucket
from lianzhi.flow.quarantine import Quarantine
from lianzhi.jobs.forms import Pulse, Receipt
from lianzhi.jobs.lexicons import Lexicons, Wording
from lianzhi.jobs.trial import Trial
from lianzhi.office.casework import Casework
from lianzhi.office.conclusions import Conclusions
from lianzhi.office.guard import Guard
from lianzhi.office.proceedings import Proceedings
from lianzhi.office.protections import Protections
from lianzhi.office.reports import Reports
from lianzhi.office.signals import Signals
from lianzhi.store.ledger import Ledger


class RecordPort(Protocol):
    """The record: what signing in, links and looks need."""

    engine: Engine
    ledger: Ledger

    def now(self) -> int:
        """The node's clock, Unix milliseconds UTC."""
        ...


class OfficePort(RecordPort, Protocol):
    """The record, and what people may do on it after a finding."""

    proceedings: Proceedings


class IntakePort(Protocol):
    """Takes events."""

    def submit(self, body: bytes, origin: str) -> Receipt:
        """Accept a batch of NDJSON; blocks until it is durable. Thread-safe."""
        ...


class JudgePort(Protocol):
    """Runs the detectors."""

    @property
    def trouble(self) -> str | None:
        """What keeps it from judging, in words that name nobody; None: nothing does."""
        ...


class LivePort(Protocol):
    """What is going on right now. Thread-safe."""

    def pulse(self) -> Pulse:
        """The live picture."""
        ...

    def timeline(self, account: str, since: int, until: int, width: int) -> list[Bucket]:
        """Arrivals at a person by interval, from the event log."""
        ...

    def expected_per_hour(self, account: str) -> float | None:
        """The person's own baseline of strangers an hour; None when unknown."""
        ...

    def try_out(self, wording: Wording, since: int = 0, identity: str = "") -> Trial:
        """What a term would do: a new one, or the one of this id, tried on stored comments.

        Raises LexiconError.
        """
        ...


class PostPort(Protocol):
    """What goes out to people."""

    @property
    def sender(self) -> Sender:
        """Who speaks in the notices."""
        ...


class NodePort(OfficePort, Protocol):
    """A running node with its services. Those that a test has to imitate are ports of their own."""

    home: Path
    domains: tuple[Domain, ...]
    """The domains that are opened."""
    desks: dict[str, Any]
    """Desks of those that have one, by name."""
    lexicons: Lexicons
    guard: Guard
    casework: Casework
    protections: Protections
    reports: Reports
    conclusions: Conclusions
    signals: Signals

    @property
    def intake(self) -> IntakePort:
        """Takes events."""
        ...

    @property
    def judge(self) -> JudgePort:
        """Runs the detectors."""
        ...

    @property
    def live(self) -> LivePort:
        """What is going on right now."""
        ...

    @property
    def post(self) -> PostPort:
        """What goes out to people."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """Rows that could not be accepted."""
        ...


async def node_of(request: Request) -> NodePort:
    """The node that this application serves."""
    node: NodePort = request.app.state.node
    return node


Node = Annotated[NodePort, Depends(node_of)]
