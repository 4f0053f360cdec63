"""What the web application needs of a running node; `jobs.node.Node` provides it."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from sqlalchemy.engine import Engine

from lianzhi.chain.case import Outcome
from lianzhi.chain.event import Event
from lianzhi.chain.protection import Terms, Verdict
from lianzhi.documents.notice import Sender
from lianzhi.domains.domain import Domain
from lianzhi.domains.monitor import Bucket, Forming, Second
from lianzhi.flow.quarantine import Quarantine
from lianzhi.jobs.forms import Pulse, Receipt
from lianzhi.jobs.lexicons import Lexicons, Wording
from lianzhi.jobs.trial import Trial
from lianzhi.office.complaints import Complaint
from lianzhi.office.conclusions import Conclusion
from lianzhi.office.ports import Once
from lianzhi.office.proceedings import Proceedings
from lianzhi.office.signals import Signals
from lianzhi.office.views import Act
from lianzhi.store.ledger import Ledger

__all__ = ["Bucket", "Forming", "Node", "NodePort", "Pulse", "Receipt", "Second"]


class NodePort(Protocol):
    """A running node: intake, detectors, record, protections."""

    home: Path
    engine: Engine
    ledger: Ledger
    proceedings: Proceedings
    lexicons: Lexicons
    signals: Signals
    domains: tuple[Domain, ...]
    """The domains that are opened."""
    desks: dict[str, Any]
    """Desks of those that have one, by name."""

    @property
    def sender(self) -> Sender:
        """Who speaks in its notices."""
        ...

    def submit(self, body: bytes, origin: str) -> Receipt:
        """Accept a batch of NDJSON; blocks until it is durable. Thread-safe."""
        ...

    def trouble(self) -> str | None:
        """What keeps the detectors from judging, in words that name nobody; None: nothing does."""
        ...

    def try_out(self, wording: Wording, since: int = 0, identity: str = "") -> Trial:
        """What a term would do: a new one, or the one of this id, tried on stored comments.

        Raises LexiconError.
        """
        ...

    def pulse(self) -> Pulse:
        """The live picture."""
        ...

    def timeline(self, account: str, since: int, until: int, width: int) -> list[Bucket]:
        """Arrivals at a person by interval, from the event log."""
        ...

    def expected_per_hour(self, account: str) -> float | None:
        """The person's own baseline of strangers an hour; None when unknown."""
        ...

    def events(self, seqs: Sequence[int]) -> dict[int, Event]:
        """Events by position in the log; erased ones are missing."""
        ...

    def check(
        self, channel: str, actor: str, target: str, at: int, actor_created: int | None
    ) -> Verdict:
        """Whether an interaction passes the target's protection. Never blocks on I/O."""
        ...

    def grant(self, account: str, terms: Terms, by: str, case: str | None, at: int) -> str:
        """Grant a protection; returns its id when it is on the record. KeyError: no such case."""
        ...

    def lift(self, protection: str, by: str, at: int) -> None:
        """End a protection early. Raises KeyError when there is none."""
        ...

    def close_case(self, case: str, outcome: Outcome, reason: str, by: str, at: int) -> None:
        """Close a case; raises IllegalStepError when its status forbids it."""
        ...

    def reopen_case(self, case: str, reason: str, by: str, at: int) -> None:
        """Reopen a closed case."""
        ...

    def note_case(self, case: str, text: str, by: str, at: int) -> None:
        """Add a note; its text is kept in the vault."""
        ...

    def assign_case(self, case: str, user: str, by: str, at: int) -> None:
        """Give a case to a user."""
        ...

    def revisit_case(self, case: str, rebound: bool, words: str, by: str, at: int) -> None:
        """Hold the follow-up visit of a closed case; where the harm is back, reopen it."""
        ...

    def report(self, complaint: Complaint, by: str, once: Once | None = None) -> str:
        """Take a report; returns its id. ValueError: there is no such class of harm."""
        ...

    def acts(self, about: str, actors: Collection[str]) -> list[Act]:
        """What these accounts did to a person lately, newest first."""
        ...

    def conclude(self, conclusion: Conclusion, by: str) -> str:
        """Put on the record what a person concluded from reports; returns the case."""
        ...

    def quarantine(self) -> Quarantine:
        """Rows that could not be accepted."""
        ...

    def now(self) -> int:
        """The node's clock, Unix milliseconds UTC."""
        ...


async def node_of(request: Request) -> NodePort:
    """The node that this application serves."""
    node: NodePort = request.app.state.node
    return node


Node = Annotated[NodePort, Depends(node_of)]
