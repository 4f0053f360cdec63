"""What a deployment gives a desk, where only the record, a folder and a clock are there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lianzhi.domains.domain import Means
from lianzhi.domains.policies import Policies
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.office.messages import Channel, Message
from lianzhi.office.notices import Notifier
from lianzhi.office.outgoing import Outgoing
from lianzhi.office.ports import Batch, Ledger, Sample
from lianzhi.store.office_queries import QUERIES


class Quiet:
    """Notices go on the record, and nothing goes out. Implements `office.outgoing.Mailroom`."""

    channels: frozenset[Channel] = frozenset()

    def __init__(self) -> None:
        self.notify = Notifier(self.channels, QUERIES.notices, QUERIES.outbox).notify

    def put(self, batch: Batch, messages: Sequence[Message]) -> int:
        """Nothing is sent."""
        return 0

    def federation(self) -> None:
        """There are no other platforms."""


def bare_means(ledger: Ledger, home: Path, now: Callable[[], int]) -> Means:
    """Means without a platform and without events."""
    policies, post = Policies(), Outgoing(Quiet(), QUERIES.notices)
    proceedings = open_proceedings(home, ledger, policies.case, post, policies.reporting())
    return Means(ledger, home, now, proceedings.office, lambda *asked: Sample([], None))
