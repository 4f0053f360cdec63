"""Policy of detectors that look back: horizon, interval and limits."""

from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class LookbackPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of one lookback detector."""

    horizon_days: Positive
    every_minutes: Count
    """Interval between looks in event time."""
    most_actions: Count
    """Number of the newest actions kept for each platform."""
    told: Count
    """Number of the newest alerts kept."""
    tell_again: Annotated[float, msgspec.Meta(gt=1)]
    """Growth factor from which an alert is raised again."""
    subjects: Count
    evidence: Count
