"""Services of a node that tests imitate: what the web application asks of each."""

from typing import Protocol

from lianzhi.documents.notice import Sender
from lianzhi.domains.monitor import Bucket
from lianzhi.jobs.figures import Figures
from lianzhi.jobs.forms import Pulse, Receipt
from lianzhi.jobs.trial import Trial
from lianzhi.office.wordings import Wording


class IntakePort(Protocol):
    """Intake of events."""

    def submit(
        self, body: bytes, origin: str, first_line: int = 1, *, strict: bool = False
    ) -> Receipt:
        """Accept a batch of NDJSON; blocks until it is durable. Thread-safe.

        `strict`: rows with fields that no event has go to quarantine.
        """
        ...


class JudgePort(Protocol):
    """Runs the detectors."""

    @property
    def trouble(self) -> str | None:
        """What keeps it from judging, in words that name nobody; None: nothing does."""
        ...


class FiguresPort(Protocol):
    """How the node is, in figures. Thread-safe."""

    def read(self) -> Figures:
        """The figures now."""
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
