"""Thresholds of recurring causes and of the notes that answer them."""

from typing import Annotated

import msgspec

Days = Annotated[int, msgspec.Meta(ge=28, le=1100)]


class PreventionPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of the thresholds; the TOML file explains the fields."""

    least: Annotated[int, msgspec.Meta(ge=2, le=100)]
    false_discovery: Annotated[float, msgspec.Meta(gt=0, le=0.5)]
    window: Days
    follow_up: Days
