"""Which facts of a case may be recorded in plain form and published.

A fact qualifies if a discretion table uses it and knows its value. Anything else may be free text
about people, which could not be erased again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lianzhi.law.discretion.axis import Axis, axis
from lianzhi.law.discretion.table import Table, TableInput
from lianzhi.law.words import Words

#: Numbers of this size or more may be telephone or identity numbers.
_TOO_LARGE = 10**10
SUBJECTS = ("unit", "person")
"""Values of the fact `subject`: kinds of party."""


class _AcceptedFact(NamedTuple):
    """A fact that a table uses."""

    items: frozenset[str | None]
    type: str
    names: frozenset[str | bool]
    """Values that the table knows: those of the domain, and those of its rows."""
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


class RecordableFacts:
    """Recordable facts of all editions of all tables of a bureau."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._accepted: dict[str, list[_AcceptedFact]] = {}
        for table in tables:
            items = frozenset(table.items)
            for k, fact in enumerate(table.inputs):
                named = {name for row in table.rows for name in row.when[k].names}
                self._add(items, fact, named)
        for fact in _ALSO:
            if fact.name not in self._accepted:
                self._add(frozenset(), fact)

    def _add(
        self, items: frozenset[str | None], fact: TableInput, stated: Iterable[str | bool] = ()
    ) -> None:
        named = frozenset(stated) | frozenset(() if fact.domain.negated else fact.domain.names)
        ask = _AcceptedFact(items, fact.type, named, axis(fact.type, [], fact.domain))
        self._accepted.setdefault(fact.name, []).append(ask)

    def may(self, item: str, name: str, value: Any) -> bool:
        """Whether a value may be recorded as a fact of an item: the item's table uses the fact, or
        else any table does, and knows the value.
        """
        if name == "subject":
            return value in SUBJECTS
        rules = self._accepted.get(name, [])
        own = [ask for ask in rules if item in ask.items]
        return any(ask.knows(value) for ask in own or rules)

    def faults(self, item: str, facts: Mapping[str, Any]) -> list[str]:
        """Names of the facts that may not be recorded."""
        return [name for name, value in facts.items() if not self.may(item, name, value)]


#: Facts that gates and monitors read, whether or not a table uses them.
_ALSO = (
    TableInput(name="amount", label=Words("涉案金额", "Amount"), type="number"),
    TableInput(name="age", label=Words("年龄", "Age"), type="integer"),
    TableInput(name="capable", label=Words("有责任能力", "Capable"), type="boolean"),
)
