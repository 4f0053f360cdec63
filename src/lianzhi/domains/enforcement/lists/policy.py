"""Policy of merging: typed form of `policy/merging/YYYY-MM-DD.toml`."""

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import PolicyError
from lianzhi.law.words import Words


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a building."""

    key: str
    name: Words


class Merging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When two lines are merged, and in which order a list is walked."""

    likeness: Annotated[float, msgspec.Meta(gt=0, le=1)]
    telling: tuple[str, ...]
    places: tuple[Place, ...]

    def rank(self, place: str) -> int:
        """Position of a place in the walk; unnamed places come last."""
        keys = [each.key for each in self.places]
        return keys.index(place) if place in keys else len(keys)


def merging(day: dt.date, folder: Path | None = None) -> Merging:
    """The policy of a day, shipped or from an operator's folder. Raises PolicyError."""
    source = folder or Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "merging"
    dated_policy = dated.on(dated.read(Merging, source), day)
    if dated_policy is None:
        raise PolicyError(f"{source}: no version is in force on {day}; add a file of that day")
    return dated_policy[1]
