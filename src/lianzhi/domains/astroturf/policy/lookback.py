"""What every detector that remembers and looks back is told: how far, how often, how much."""

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class Looking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of one such detector."""

    horizon_days: Positive
    every_minutes: Count
    """How often it is looked, by the clock of the events."""
    most_actions: Count
    """The newest that are remembered of each platform."""
    told: Count
    """The newest that are remembered as told."""
    tell_again: Annotated[float, msgspec.Meta(gt=1)]
    """What was told is told again once there is so many times as much of it."""
    subjects: Count
    evidence: Count
