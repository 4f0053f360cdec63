"""What detectors that look back remember: the newest acts on each platform, and what was told.

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
        """What is left of it when an account is erased; `named` tells whether bytes name it."""
        return None if self.actor == subject or named(self.object.encode()) else self


class OnThing(Act, array_like=True, gc=False):
    """An action on something of which the platform may tell whose it is."""

    owner: str | None = None
    """At whom the platform says that the act was aimed."""

    def without(self, subject: str, named: Callable[[bytes], bool]) -> Self | None:
        """As any; an owner's name alone goes."""
        if self.owner == subject:
            self.owner = None
        return Act.without(self, subject, named)


class Said(OnThing, array_like=True, gc=False):
    """A text about a thing."""

    text: str = ""

    def without(self, subject: str, named: Callable[[bytes], bool]) -> Self | None:
        """As any; a text that names the account goes, too."""
        return None if named(self.text.encode()) else OnThing.without(self, subject, named)


class Rated(OnThing, array_like=True, gc=False):
    """A rating of a thing."""

    rating: float = 0.0


class Told(msgspec.Struct, array_like=True):
    """A group, an item or a family as it was when it was told of."""

    about: str
    """What the first finding was about: so are all later ones, that they join one case."""
    members: list[str]
    joint: int
    """How much there was: objects acted on together, ratings that count less, texts."""
    stage: Stage
    at: int


A = TypeVar("A", bound=Act)


class Watched(msgspec.Struct, Generic[A], array_like=True):
    """One platform."""

    next: int
    """Event time of the next look."""
    acts: list[A] = []
    """In the order of events."""
    looked: int = 0
    """Event time of the last look."""
    fresh: bool = False
    """Something was done since the last look."""
    told: list[Told] = []


class State(msgspec.Struct, Generic[A]):
    """One partition."""

    version: int = 1
    sources: dict[str, Watched[A]] = {}
