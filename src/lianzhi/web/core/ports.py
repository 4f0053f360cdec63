"""What the web application needs of a running node; `jobs.node.Node` provides it."""

from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request
from sqlalchemy.engine import Engine

from lianzhi.domains.domain import Domain
from lianzhi.flow.quarantine import Quarantine
from lianzhi.jobs.counts import Counts
from lianzhi.office.campaigns import Campaigns
from lianzhi.office.casework import Casework
from lianzhi.office.conclusions import Conclusions
from lianzhi.office.guard import Guard
from lianzhi.office.lexicons import Lexicons
from lianzhi.office.proceedings import Proceedings
from lianzhi.office.protections import Protections
from lianzhi.office.reports import Reports
from lianzhi.office.signals import Signals
from lianzhi.store.ledger import Ledger
from lianzhi.web.core.service_ports import FiguresPort, IntakePort, JudgePort, LivePort, PostPort


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
    campaigns: Campaigns
    protections: Protections
    reports: Reports
    conclusions: Conclusions
    signals: Signals
    counts: Counts
    """What the node has done since it was opened."""

    @property
    def intake(self) -> IntakePort:
        """Intake of events."""
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
    def figures(self) -> FiguresPort:
        """How the node is, in figures."""
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
