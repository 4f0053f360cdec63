"""State of lookback detectors: the newest acts on each platform, and the alerts raised so far.

Plain structs, so that a snapshot is one call and erasing is easy.
"""

from collections.abc import Callable
from typing import Generic, Self, TypeVar

import msgspec

from lianzhi.chain.finding import Stage


class Act(msgspec.Struct, array_like=True, gc=False):
    """One action on one object."""

    time: int
    actor: str
    object: str
    event: str
    """Id of the event."""
    seq: int

    def without(self, subject: str, named: Callable[[bytes], bool]) -> Self | None:
        """The act after an account is erased, or None; `named` tells whether bytes name it."""
        return None if self.actor == subject or named(self.object.encode()) else self


class OwnedAct(Act, array_like=True, gc=False):
    """An action on something whose owner the platform may name."""

    owner: str | None = None
    """The account at which the platform says the act was aimed."""

    def without(self, subject: str, named: Callable[[bytes], bool]) -> Self | None:
        """As for any act; where the owner is erased, only that name is dropped."""
        if self.owner == subject:
            self.owner = None
        return Act.without(self, subject, named)


class TextAct(OwnedAct, array_like=True, gc=False):
    """An act with a text about an object."""

    text: str = ""

    def without(self, subject: str, named: Callable[[bytes], bool]) -> Self | None:
        """As for any act; a text that names the account is also dropped."""
        return None if named(self.text.encode()) else OwnedAct.without(self, subject, named)


class RatingAct(OwnedAct, array_like=True, gc=False):
    """An act that rates an object."""

    rating: float = 0.0


class Alert(msgspec.Struct, array_like=True):
    """State of a group, item or family when a finding was last made of it."""

    about: str
    """What the first finding was about; later ones keep it, so that they join one case."""
    members: list[str]
    joint: int
    """Size: objects acted on together, ratings that count less, or accounts with texts."""
    stage: Stage
    at: int


A = TypeVar("A", bound=Act)


class Watched(msgspec.Struct, Generic[A], array_like=True):
    """State of one platform."""

    next: int
    """Event time of the next look."""
    acts: list[A] = []
    """In the order of events."""
    looked: int = 0
    """Event time of the last look."""
    fresh: bool = False
    """Whether there were acts since the last look."""
    alerts: list[Alert] = []


class State(msgspec.Struct, Generic[A]):
    """State of one partition, by platform."""

    version: int = 1
    sources: dict[str, Watched[A]] = {}
