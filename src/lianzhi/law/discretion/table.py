"""Discretion table 裁量基准: rows that map the facts of an item to a range of decisions.

The terms are those of a DMN decision table: inputs with their domains, rows of conditions, results,
a hit policy. Added are the legal ones: the item 事项 of a row, the resulting list 清单 and range of
the fine, the article, and days of effect.
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
    """A fact that a table uses. `domain`: its possible values."""

    name: str
    label: Words
    type: Type
    domain: Condition = ANY


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a row. Fines in yuan, exact to the fen; None where the row sets no bound."""

    list: List | None = None
    fine_from: Decimal | None = None
    fine_to: Decimal | None = None
    outputs: tuple[tuple[str, str], ...] = ()
    """Other columns by name, as written."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`result`, if every condition of `when` holds (one for each input, in their order)."""

    id: str
    place: str
    """Location in its file: `line 7`."""
    item: str | None = None
    when: tuple[Condition, ...]
    result: Result
    basis: str = ""
    """Key of a legal basis."""
    article: str = ""
    """The citation for readers."""
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
    """UNIQUE: at most one row applies. ANY: several may, if they agree. FIRST: the first that
    applies. PRIORITY: the one whose output comes first in `priority`, then the first."""
    priority: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Outputs with their values in descending priority."""
    effective_from: dt.date | None = None
    effective_until: dt.date | None = None
    inputs: tuple[TableInput, ...]
    rows: tuple[Row, ...]
    default: Result | None = None
    """Result where no row applies; None: then nothing may be decided."""

    @property
    def items(self) -> tuple[str | None, ...]:
        """The items in their order; (None,) for a table that has no items."""
        return tuple(dict.fromkeys(row.item for row in self.rows))


def fingerprint(table: Table) -> str:
    """A version for a table that states none: a digest of its contents."""
    body = msgspec.json.encode(msgspec.structs.replace(table, version=""), order="deterministic")
    return hashlib.sha256(body).hexdigest()[:12]
