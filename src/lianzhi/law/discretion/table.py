"""Discretion table 裁量基准: rows that lead from the facts of an item to what may be decided.

The words are those of a DMN decision table: inputs with their domains, rows of conditions, results,
a hit policy. On top comes what law needs: the item 事项 that a row is about, the list 清单 and the
range of the fine that it leads to, the article that it rests on, and days of effect.
"""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Literal

import msgspec

from lianzhi.law.discretion.unary import ANY, Condition, Type
from lianzhi.law.words import Words

HitPolicy = Literal["UNIQUE", "ANY", "FIRST", "PRIORITY"]
List = Literal["no_penalty", "mitigated", "lighter", "ordinary", "heavier"]


class TableInput(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a table asks for. `domain`: the values that it may have."""

    name: str
    label: Words
    type: Type
    domain: Condition = ANY


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a row leads to. Fines in yuan, exact to the fen; None where the row sets no bound."""

    list: List | None = None
    fine_from: Decimal | None = None
    fine_to: Decimal | None = None
    outputs: tuple[tuple[str, str], ...] = ()
    """Other columns by name, as they are written."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """If every condition of `when` holds (one an input, in their order), `result`."""

    id: str
    place: str
    """Where it stands in its file: `line 7`."""
    item: str | None = None
    when: tuple[Condition, ...]
    result: Result
    basis: str = ""
    """Key of a legal basis."""
    article: str = ""
    """How a person reads the citation."""
    note: str = ""
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    """Last day of effect; None while no end is known."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A discretion table. Days are those of China and inclusive."""

    id: str
    title: Words
    version: str
    hit_policy: HitPolicy = "UNIQUE"
    """UNIQUE: one row at most applies. ANY: several may, if they say the same. FIRST: the first
    that applies. PRIORITY: the one whose output comes first in `priority`, then the first."""
    priority: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Outputs with their values, the weightiest first."""
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    inputs: tuple[TableInput, ...]
    rows: tuple[Row, ...]
    default: Result | None = None
    """What holds where no row applies; None: then nothing may be decided."""

    @property
    def items(self) -> tuple[str | None, ...]:
        """The items in their order; (None,) for a table that has no items."""
        return tuple(dict.fromkeys(row.item for row in self.rows))


def fingerprint(table: Table) -> str:
    """A version for a table that states none: changes with anything that it says."""
    said = msgspec.json.encode(msgspec.structs.replace(table, version=""), order="deterministic")
    return hashlib.sha256(said).hexdigest()[:12]
