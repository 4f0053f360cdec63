"""Units of count and multipliers, as data: `units.toml`."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from lianzhi.law.words import Words

Dimension = Literal["count", "money", "length", "share", "point", "any"]
Hedge = Literal["", "about", "over", "under"]


class Unit(msgspec.Struct, frozen=True):
    """What is counted. Two numbers may be compared where their `group` is the same."""

    group: str
    dimension: Dimension
    additive: bool
    """Whether those of two periods add up to those of both."""
    title: Words | None = None
    """What it is called; None: nothing is printed."""

    @property
    def known(self) -> bool:
        """Whether anything is known of it: not where none is printed."""
        return self.dimension != "any" or self.title is not None


NONE = Unit("", "any", True)
"""No unit is printed."""


class Units(msgspec.Struct, frozen=True):
    """Multipliers, hedges and named units."""

    multipliers: dict[str, int]
    hedges: dict[Hedge, tuple[str, ...]]
    named: dict[str, Unit]

    def unit(self, text: str) -> Unit:
        """The unit of this name; one that no table knows is a unit of its own."""
        name = folded(text).strip(" .。")
        if not name:
            return NONE
        return self.named.get(name) or Unit(name, "count", False, Words(text.strip(), text.strip()))


def folded(text: str) -> str:
    """Full width to half width, small letters, single spaces: how names are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    group: str
    dimension: Dimension
    additive: bool
    zh: str
    en: str
    aliases: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    multipliers: dict[str, int]
    hedges: dict[Hedge, tuple[str, ...]]
    unit: tuple[_Row, ...]


@cache
def units() -> Units:
    """The shipped tables."""
    text = files(__package__).joinpath("units.toml").read_text("utf-8")
    data = msgspec.convert(tomllib.loads(text), _File)
    named: dict[str, Unit] = {}
    for row in data.unit:
        title = Words(row.zh, row.en) if row.en else None
        unit = Unit(row.group, row.dimension, row.additive, title)
        if row.group == "plain":
            unit = NONE
        named.update((folded(alias), unit) for alias in row.aliases)
    return Units(data.multipliers, data.hedges, named)
