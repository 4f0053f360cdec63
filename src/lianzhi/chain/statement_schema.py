"""What a statement of reasons may say: `statement.toml` as typed data, read once."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import Words


class Applies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a field applies: while the field `to` holds one of `values`, or anything at all."""

    to: str
    values: tuple[str, ...] = ()
    required: bool = False
    """Whether it must be filled in wherever it applies."""


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a measure restricts, in the words of the schema; without a field, nothing."""

    field: str = ""
    value: str = ""
    final: bool = False
    """It never ends by itself, so it takes no end date."""
    other: Words | None = None
    """What is said beside a value that stands for everything else."""


class Schema(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields, allowed values and rules of one version of the database's schema."""

    schema: dt.date
    """The day since which it applies."""
    limits: dict[str, int]
    """Free text -> most code points."""
    days: dict[str, tuple[dt.date, dt.date]]
    """Date -> first and last day allowed."""
    applies: dict[str, Applies]
    measures: dict[str, Restriction]
    fields: dict[str, Words]
    """Every field and what it is called."""
    values: dict[str, dict[str, Words]]
    """Field -> allowed value -> what it means."""
    codes: dict[str, str]
    """Field -> allowed codes, separated by blanks."""
    words: dict[str, Words]

    def allowed(self, field: str) -> tuple[str, ...] | None:
        """Values that a field may hold, in the order of the schema; None for free ones."""
        if field in self.codes:
            return tuple(self.codes[field].split())
        known = self.values.get("category" if field == "category_addition" else field)
        return None if known is None else tuple(known)


@cache
def schema() -> Schema:
    """The schema that applies now."""
    text = files("lianzhi.chain").joinpath("statement.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Schema)
