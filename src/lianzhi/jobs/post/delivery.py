"""Delivery: ports of channels, their outcomes, and listeners for outcomes."""

from typing import Protocol

import msgspec

from lianzhi.office.messages import Channel as Name
from lianzhi.office.messages import Message
from lianzhi.office.ports import Batch

MOST_ATTEMPTS = 16
"""With the waits below: dead after two and a half days."""
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 6 * 3_600_000
GROWTH = 5
#: Waits are spread by as much of themselves, so that what failed together does not come together.
SPREAD = 0.2


class Delivered(msgspec.Struct, frozen=True):
    """The other side has taken it."""


class Failed(msgspec.Struct, frozen=True):
    """It did not work, and may later. The error names no person and no secret."""

    error: str
    after_ms: int = 0
    """How long the other side asks to be left alone."""


class Refused(msgspec.Struct, frozen=True):
    """The other side will never take it."""

    error: str


class Moot(msgspec.Struct, frozen=True):
    """There is nobody left whom it could go to."""

    why: str


Outcome = Delivered | Failed | Refused | Moot


class MootError(Exception):
    """Raised where a message is composed: there is nobody left whom it could go to."""


class Channel(Protocol):
    """A way out of the house. Thread-safe."""

    name: Name
    at_once: int
    """How many messages it carries at the same time."""

    def deliver(self, message: Message, at: int) -> Outcome:
        """Carry a message to the other side; returns within `LEASE_MS`. Raises MootError."""
        ...

    def cut(self) -> None:
        """End what is under way, and carry nothing more."""
        ...


class Listener(Protocol):
    """Wants to know what became of messages on a topic.

    Called in the batch that marks the message, so that record and outbox agree; what it raises
    undoes both, and the message is tried again.
    """

    def on_sent(self, batch: Batch, message: Message, at: int) -> None:
        """The message was delivered; called once for each."""
        ...

    def on_dead(self, batch: Batch, message: Message, at: int, error: str) -> None:
        """The message was given up; called again should it be revived and die again."""
        ...


def wait_ms(attempts: int, asked_ms: int, chance: float) -> int:
    """How long to wait after so many attempts, in milliseconds; `chance` is in [0, 1).

    At least as long as the other side asks, but never longer than `LONGEST_WAIT_MS` and its spread.
    """
    grown = FIRST_WAIT_MS * GROWTH ** min(attempts - 1, 20)
    wait = min(max(grown, asked_ms), LONGEST_WAIT_MS)
    return int(wait * (1 + SPREAD * chance))
