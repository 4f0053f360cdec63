"""A compiled table: indexed by item, with conditions cut into cells and prepared outcomes.

For each input and cell there is the set of rows that hold there, as bits of an int: the rows that
apply are the AND of one set for each input, and the lowest bit has precedence. Each item is
compiled on first use, separately for each period in which the same rows are in effect.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence

from lianzhi.law.discretion.axis import bits
from lianzhi.law.discretion.outcome import (
    BY_DEFAULT,
    Cited,
    Facts,
    MissingFactError,
    NoRowError,
    NotInForceError,
    Outcome,
    OutsideDomainError,
    RefusedError,
    SeveralRowsError,
    UnknownItemError,
)
from lianzhi.law.discretion.space import Space
from lianzhi.law.discretion.table import Result, Table

_Query = tuple[Facts, str | None, dt.date | None]


class Compiled:
    """A table ready to decide; thread-safe."""

    def __init__(self, table: Table) -> None:
        self.table = table
        of: dict[str | None, list[int]] = {}
        for n, row in enumerate(table.rows):
            of.setdefault(row.item, []).append(n)
        self._timeless: dict[str | None, Group] = {}
        self._items = {item: _Item(table, item, rows) for item, rows in of.items()}

    def decide(self, facts: Facts, item: str | None = None, day: dt.date | None = None) -> Outcome:
        """The outcome for facts on a day; facts that no row uses are ignored.

        Raises a RefusedError: NoRowError, SeveralRowsError, MissingFactError (a fact is absent or
        None though a row that may apply needs it), OutsideDomainError, UnknownItemError,
        NotInForceError. The day is needed where anything in the table has days of effect.
        """
        group = self._timeless.get(item) or self.group(item, day, facts)
        return group.decide(facts, day)

    def group(
        self, item: str | None, day: dt.date | None = None, facts: Facts | None = None
    ) -> "Group":
        """The rows of an item in effect on a day. Raises a RefusedError that carries `facts`."""
        entry = self._items.get(item)
        if entry is None:
            raise self._unknown(facts or {}, item, day)
        if entry.cuts:
            return entry.at(day, facts or {})
        return self._timeless.setdefault(item, entry.always())

    def _unknown(self, facts: Facts, item: str | None, day: dt.date | None) -> RefusedError:
        known = [each for each in self._items if each is not None]
        reason = f"it knows no item {item!r}; " + (
            f"it has {', '.join(known[:5])}{' and more' * (len(known) > 5)}"
            if known
            else "give none: it has no items"
        )
        return UnknownItemError(reason, self.table.id, facts, None, day)


class _Item:
    """The rows of an item, separately for each period between two `cuts` (ordinals)."""

    def __init__(self, table: Table, item: str | None, rows: list[int]) -> None:
        self._table, self._item, self._rows = table, item, rows
        periods = [(table.effective_from, table.effective_until)]
        periods += [(table.rows[n].effective_from, table.rows[n].effective_until) for n in rows]
        firsts = {first.toordinal() for first, _ in periods if first}
        self.cuts = sorted(firsts | {last.toordinal() + 1 for _, last in periods if last})
        self._groups: dict[int, Group] = {}

    def always(self) -> "Group":
        """The group of an item without days of effect."""
        return Group(self._table, self._item, self._rows)

    def at(self, day: dt.date | None, facts: Facts) -> "Group":
        """The group in effect on a day."""
        if day is None:
            reason = "the day is not given, and rows have days of effect; give the day of the act"
            raise MissingFactError(reason, "day", self._table.id, facts, self._item, day)
        ordinal = day.toordinal()
        stretch = bisect_right(self.cuts, ordinal)
        group = self._groups.get(stretch)
        if group is None:
            first, last = self._table.effective_from, self._table.effective_until
            if not _within(day, first, last):
                reason = f"it is in force from {first or 'ever'} until {last or 'further notice'}"
                raise NotInForceError(reason, self._table.id, facts, self._item, day)
            rows = self._table.rows
            in_force = [
                n for n in self._rows
                if _within(day, rows[n].effective_from, rows[n].effective_until)
            ]  # fmt: skip
            group = self._groups.setdefault(stretch, Group(self._table, self._item, in_force))
        return group


def _within(day: dt.date, first: dt.date | None, last: dt.date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


class Group:
    """Rows that compete for a decision: `rows` by index in the table, in order of precedence."""

    def __init__(self, table: Table, item: str | None, rows: Sequence[int]) -> None:
        self.table, self.item = table, item
        space = Space(table, rows)
        self.rows, self.names, self.axes = space.rows, space.names, space.axes
        self.inputs = [table.inputs[k] for k in space.inputs]
        self.masks = [space.holding(k) for k in range(len(space.axes))]
        self.indifferent = [space.indifferent(k) for k in range(len(space.axes))]
        self._steps = [
            (k, name, along.place, masks)
            for k, (name, along, masks) in enumerate(
                zip(self.names, self.axes, self.masks, strict=True)
            )
        ]
        self.places = {table.rows[n].id: n for n in self.rows}
        self.all = (1 << len(self.rows)) - 1
        self._outcomes: dict[int, Outcome] = {}

    def decide(self, facts: Facts, day: dt.date | None) -> Outcome:
        """As `Compiled.decide`, from the cells."""
        query: _Query = (facts, self.item, day)
        alive, missing = self.all, []
        for k, name, place, masks in self._steps:
            value = facts.get(name)
            if value is None:
                missing.append(k)
                continue
            cell = place(value)
            if cell < 0:
                fact = self.inputs[k]
                allowed = f"{fact.type} within {fact.domain.text}"
                raise OutsideDomainError(
                    f"{name} is {value!r}, which is no {allowed}; mend it",
                    name,
                    value,
                    self.table.id,
                    *query,
                )
            alive &= masks[cell]
        if missing:
            alive = self._seen(missing, alive, query)
        return self.answer(alive, query)

    def _seen(self, missing: list[int], alive: int, query: _Query) -> int:
        """The rows that may still apply; raises MissingFactError where a missing fact matters to
        one.
        """
        sure = alive
        for k in missing:
            sure &= self.indifferent[k]
        if sure and self.table.hit_policy in ("FIRST", "PRIORITY"):
            first = sure & -sure
            alive &= (first << 1) - 1  # no row after one that certainly applies is reached
        for k in missing:
            if alive & ~self.indifferent[k]:
                name = self.names[k]
                message = f"{name} is not given, and the answer hangs on it; give {name}"
                raise MissingFactError(message, name, self.table.id, *query)
        return alive

    def answer(self, alive: int, query: _Query) -> Outcome:
        """The joint outcome of the rows that apply."""
        outcome = self._outcomes.get(alive)
        if outcome is not None:
            return outcome
        policy = self.table.hit_policy
        if alive & (alive - 1) and policy in ("FIRST", "PRIORITY"):
            return self.answer(alive & -alive, query)
        rows = [self.table.rows[self.rows[bit]] for bit in bits(alive)]
        results = list(dict.fromkeys(row.result for row in rows))
        if not rows and self.table.default is None:
            message = (
                f"no row applies to {_stated(query[0], self.names)}; the table has a hole, mend it"
            )
            raise NoRowError(message, self.table.id, *query)
        if len(results) > 1 or (policy == "UNIQUE" and len(rows) > 1):
            ids = [row.id for row in rows]
            message = (
                f"rows {', '.join(ids[:10])} apply at once to "
                f"{_stated(query[0], self.names)}, which {policy} forbids; mend the table"
            )
            raise SeveralRowsError(message, ids, self.table.id, *query)
        cited = tuple(Cited(row.id, row.basis, row.article, row.note) for row in rows)
        result = results[0] if results else self.table.default or Result()
        outcome = Outcome(
            table=self.table.id,
            version=self.table.version,
            item=self.item,
            result=result,
            rows=cited or (BY_DEFAULT,),
        )
        self._outcomes[alive] = outcome
        return outcome


def _stated(facts: Facts, names: Sequence[str]) -> str:
    stated = ", ".join(f"{name} = {facts[name]}" for name in names if name in facts)
    return stated or "these facts"
