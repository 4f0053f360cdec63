"""The rows of one item as boxes over the cells of their inputs."""

import datetime as dt
from collections.abc import Sequence

from lianzhi.law.discretion.axis import Axis, axis, bits
from lianzhi.law.discretion.table import Row, Table
from lianzhi.law.discretion.unary import ANY, Condition, Interval

#: One set of cells per axis, as bits; their product is a region.
Box = tuple[int, ...]
#: The name of the axis of effective days, which no input can have.
DAY = "@day"


class Space:
    """Axes and boxes of some rows, in their order of precedence.

    With `days`, the days of effect are another axis, so that gaps in time are found.
    """

    def __init__(self, table: Table, rows: Sequence[int], *, days: bool = False) -> None:
        self.rows = by_precedence(table, rows)
        chosen = [table.rows[row] for row in self.rows]
        self.inputs = [
            k for k in range(len(table.inputs)) if any(not row.when[k].any for row in chosen)
        ]
        self.names = [table.inputs[k].name for k in self.inputs]
        self.columns = [[row.when[k] for row in chosen] for k in self.inputs]
        self.axes: list[Axis] = []
        for k, column in zip(self.inputs, self.columns, strict=True):
            fact = table.inputs[k]
            self.axes.append(axis(fact.type, list(dict.fromkeys(column)), fact.domain))
        self.timed = days and any(row.effective_from or row.effective_until for row in chosen)
        if self.timed:
            column = [period(row.effective_from, row.effective_until) for row in chosen]
            self.names.append(DAY)
            self.columns.append(column)
            whole = period(table.effective_from, table.effective_until)
            self.axes.append(axis("date", list(dict.fromkeys(column)), whole))
        self.full: Box = tuple(each.full for each in self.axes)
        masks = [
            {condition: along.mask(condition) & along.full for condition in set(column)}
            for along, column in zip(self.axes, self.columns, strict=True)
        ]
        self.boxes: list[Box] = [
            tuple(mask[condition] for mask, condition in zip(masks, conditions, strict=True))
            for conditions in zip(*self.columns, strict=True)
        ] or [() for _ in chosen]

    def holding(self, along: int) -> list[int]:
        """For each cell of an axis the set of rows (by bit) that hold there."""
        holding = [0] * self.axes[along].size
        shared: dict[int, int] = {}
        for row, box in enumerate(self.boxes):
            shared[box[along]] = shared.get(box[along], 0) | 1 << row
        for mask, rows in shared.items():
            for cell in bits(mask):
                holding[cell] |= rows
        return holding

    def indifferent(self, along: int) -> int:
        """The rows that hold for any value on an axis."""
        full = self.full[along]
        return sum(1 << row for row, box in enumerate(self.boxes) if box[along] == full)


def period(first: dt.date | None, last: dt.date | None) -> Condition:
    """Days of effect, both inclusive, as a condition; none if the last lies before the first."""
    low = first.toordinal() if first else None
    high = last.toordinal() if last else None
    if low is None and high is None:
        return ANY
    if low is not None and high is not None and high < low:
        return Condition("")
    return Condition(f"{first or ''}..{last or ''}", intervals=(Interval(low, True, high, True),))


def by_precedence(table: Table, rows: Sequence[int]) -> list[int]:
    """Rows in order of precedence, the first deciding."""
    if table.hit_policy != "PRIORITY":
        return list(rows)
    ranks = [(name, {value: n for n, value in enumerate(order)}) for name, order in table.priority]

    def weight(row: Row) -> list[int]:
        values = {"list": row.result.list, **dict(row.result.outputs)}
        return [order.get(str(values.get(name)), len(order)) for name, order in ranks]

    return sorted(rows, key=lambda row: weight(table.rows[row]))
