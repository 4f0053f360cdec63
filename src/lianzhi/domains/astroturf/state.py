"""What the detector remembers: the newest actions of each platform, and the groups it has told of.

Plain structs, so that a snapshot is one call and erasing is easy.
"""

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
    owner: str = ""
    """Whose the object is, where the platform says at whom the act was aimed."""


class Told(msgspec.Struct, array_like=True):
    """A group as it was when it was told of."""

    about: str
    """What the first finding was about: so are all later ones, that they join one case."""
    members: list[str]
    joint: int
    """Objects on which it had acted together."""
    stage: Stage
    at: int


class Watched(msgspec.Struct, array_like=True):
    """One platform."""

    next: int
    """Event time of the next look."""
    acts: list[Act] = []
    """In the order of events."""
    looked: int = 0
    """Event time of the last look."""
    fresh: bool = False
    """Something was done since the last look."""
    told: list[Told] = []


class State(msgspec.Struct):
    """One partition."""

    version: int = 1
    sources: dict[str, Watched] = {}
