"""Sayable: which facts of a case may stand plainly on the record, and be published.

A fact is what a discretion table asks for, with a value that the table knows. Anything else may be
free text about people, which nobody could erase again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lianzhi.law.discretion.axis import Axis, axis
from lianzhi.law.discretion.table import Table, TableInput
from lianzhi.law.words import Words

#: Numbers from here on may be those of a telephone or an identity card.
_TOO_LARGE = 10**10
SUBJECTS = ("unit", "person")
"""What a party may be, as the fact `subject` says."""


class _Ask(NamedTuple):
    """A fact that a table asks for."""

    items: frozenset[str | None]
    type: str
    names: frozenset[str | bool]
    """Words that the table knows: those of the domain, and those of its rows."""
    axis: Axis

    def knows(self, value: Any) -> bool:
        if self.type == "string":
            return value in self.names if isinstance(value, str) else False
        if self.type == "date" and isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                return False
        large = isinstance(value, int | float) and not abs(value) < _TOO_LARGE
        return not large and self.axis.place(value) >= 0


class Sayable:
    """See module; made of all editions of all tables of a bureau."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._asks: dict[str, list[_Ask]] = {}
        for table in tables:
            items = frozenset(table.items)
            for k, one in enumerate(table.inputs):
                said = {name for row in table.rows for name in row.when[k].names}
                self._add(items, one, said)
        for one in _ALSO:
            if one.name not in self._asks:
                self._add(frozenset(), one)

    def _add(
        self, items: frozenset[str | None], one: TableInput, said: Iterable[str | bool] = ()
    ) -> None:
        named = frozenset(said) | frozenset(() if one.domain.negated else one.domain.names)
        ask = _Ask(items, one.type, named, axis(one.type, [], one.domain))
        self._asks.setdefault(one.name, []).append(ask)

    def may(self, item: str, name: str, value: Any) -> bool:
        """Whether this may be said as a fact of an item: the item's table asks for it, or else
        any table, and knows the value."""
        if name == "subject":
            return value in SUBJECTS
        asks = self._asks.get(name, [])
        own = [ask for ask in asks if item in ask.items]
        return any(ask.knows(value) for ask in own or asks)

    def faults(self, item: str, facts: Mapping[str, Any]) -> list[str]:
        """The names of facts that may not be said."""
        return [name for name, value in facts.items() if not self.may(item, name, value)]


#: Facts that gates and monitors look at, whether a table asks for them or not.
_ALSO = (
    TableInput(name="amount", label=Words("涉案金额", "Amount"), type="number"),
    TableInput(name="age", label=Words("年龄", "Age"), type="integer"),
    TableInput(name="capable", label=Words("有责任能力", "Capable"), type="boolean"),
)
