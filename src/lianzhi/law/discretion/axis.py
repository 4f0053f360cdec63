"""Axes: the values of an input, cut into the cells that the conditions of a table distinguish.

A set of values is then a set of cells, stored as the bits of an int, and every question about
conditions (do they meet, does one hide another, is anything left) has an exact answer.
"""

import datetime as dt
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from lianzhi.law.discretion.unary import ANY, Condition, Interval, Point, Type

#: Label of the unlisted values of an open set of names.
OTHER = {"zh": "其他", "en": "any other"}
_LAST_DAY = dt.date.max.toordinal()


def bits(mask: int) -> Iterator[int]:
    """The cells of a set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Axis:
    """Cells 0..`size`-1; `full` are those within the domain."""

    size: int
    full: int

    def mask(self, condition: Condition) -> int:
        """The cells that meet a condition, also outside the domain."""
        raise NotImplementedError

    def place(self, value: object) -> int:
        """The cell of a value; -1 where it is outside the domain or of another type."""
        raise NotImplementedError

    def sample(self, cell: int) -> Any:
        """A value of a cell that has one."""
        raise NotImplementedError

    def say(self, mask: int, language: str) -> str:
        """A set of cells in words, written as a test."""
        raise NotImplementedError


class Names(Axis):
    """Strings or booleans: a cell for each named value, and one for any other string."""

    def __init__(self, kind: Type, conditions: Sequence[Condition], domain: Condition) -> None:
        named = [name for each in (domain, *conditions) for name in each.names]
        self.kind: type = bool if kind == "boolean" else str
        self.values: list[str | bool] = (
            [False, True] if kind == "boolean" else list(dict.fromkeys(named))
        )
        self.index: dict[object, int] = {value: cell for cell, value in enumerate(self.values)}
        self.size = len(self.values) + (kind == "string")
        self._all = (1 << self.size) - 1
        self.full = self._all
        self.full = self.mask(domain)

    def mask(self, condition: Condition) -> int:
        """The cells that meet a condition."""
        mask = 0
        for name in condition.names:
            mask |= 1 << self.index[name]
        return self._all & ~mask if condition.negated else mask

    def place(self, value: object) -> int:
        """The cell of a value."""
        if type(value) is not self.kind:
            return -1
        cell = self.index.get(value, len(self.values))
        return cell if self.full >> cell & 1 else -1

    def sample(self, cell: int) -> str | bool:
        """The named value, or one that no condition names."""
        if cell < len(self.values):
            return self.values[cell]
        sample = OTHER["en"]
        while sample in self.index:
            sample += "'"
        return sample

    def say(self, mask: int, language: str) -> str:
        """The named values in quotes."""
        return ", ".join(
            OTHER[language]
            if cell >= len(self.values)
            else str(self.values[cell]).lower()
            if self.kind is bool
            else f'"{self.values[cell]}"'
            for cell in bits(mask)
        )


class Scale(Axis):
    """Numbers, whole numbers or days: cell 2i+1 is the i-th point, 2i what lies before it."""

    _bounds: ClassVar[dict[str, Interval]] = {"date": Interval(1, True, _LAST_DAY, True)}

    def __init__(self, kind: Type, conditions: Sequence[Condition], domain: Condition) -> None:
        self.kind, self.whole = kind, kind != "number"
        bound = self._bounds.get(kind, Interval())
        intervals = [
            bound,
            *(interval for each in (domain, *conditions) for interval in each.intervals),
        ]
        ends = {
            end
            for interval in intervals
            for end in (interval.low, interval.high)
            if end is not None
        }
        self.points: list[Point] = sorted(ends)
        #: The points as floats, each of which stands for its shortest decimal: see DIGITS.
        self.rounded: list[Any] = [
            point if type(point) is int else float(point) for point in self.points
        ]
        self.size = 2 * len(self.points) + 1
        cells = (1 << self.size) - 1
        self._all = self._between(bound)
        if self.whole:
            for cell in range(self.size):
                if not self._whole(cell):
                    cells &= ~(1 << cell)
        self._all &= cells
        self.full = self.mask(domain)

    def _whole(self, cell: int) -> bool:
        """Whether a cell has a whole number."""
        at, point = divmod(cell, 2)
        if point:
            return self.points[at] == int(self.points[at])
        if 0 < at < len(self.points):
            return math.floor(self.points[at - 1]) + 1 < self.points[at]
        return True

    def _between(self, interval: Interval) -> int:
        first, last = 0, self.size - 1
        if interval.low is not None:
            first = 2 * bisect_left(self.points, interval.low) + (1 if interval.low_closed else 2)
        if interval.high is not None:
            last = 2 * bisect_left(self.points, interval.high) + (1 if interval.high_closed else 0)
        return (1 << last + 1) - (1 << first) if first <= last else 0

    def mask(self, condition: Condition) -> int:
        """The cells that meet a condition."""
        mask = 0
        for interval in condition.intervals:
            mask |= self._between(interval)
        return self._all & (~mask if condition.negated else mask)

    def place(self, value: object) -> int:
        """The cell of a number (int, Decimal or float) or a date."""
        kind, points = type(value), self.rounded
        at: Any = value
        if self.kind == "date":
            if kind is not dt.date:
                return -1
            at = at.toordinal()
        elif kind is float:
            if not math.isfinite(at) or (self.whole and not at.is_integer()):
                return -1
        elif kind is Decimal:
            if not at.is_finite() or (self.whole and at != at.to_integral_value()):
                return -1
            points = self.points
        elif kind is not int:
            return -1
        first = bisect_left(points, at)
        cell = 2 * first + (first < len(points) and points[first] == at)
        return cell if self.full >> cell & 1 else -1

    def sample(self, cell: int) -> int | Decimal | dt.date:
        """The point, or a round value between two."""
        at, point = divmod(cell, 2)
        value: Point
        if not self.points:
            value = 0
        elif point:
            value = self.points[at]
        elif at == 0:
            value = math.ceil(self.points[0]) - 1
        else:
            value = math.floor(self.points[at - 1]) + 1
            if at < len(self.points) and value >= self.points[at]:
                value = (Decimal(self.points[at - 1]) + Decimal(self.points[at])) / 2
        return dt.date.fromordinal(int(value)) if self.kind == "date" else value

    def say(self, mask: int, language: str) -> str:
        """Runs of cells as tests: `<= 3, [5..6]`."""
        cells = list(bits(self._all | mask))
        runs: list[list[int]] = []
        for before, cell in zip([None, *cells], cells, strict=False):
            if mask >> cell & 1:
                if runs and before is not None and runs[-1][-1] == before:
                    runs[-1].append(cell)
                else:
                    runs.append([cell])
        return ", ".join(self._run(run[0], run[-1]) for run in runs)

    def _run(self, first: int, last: int) -> str:
        low, low_closed = self._end(first, up=True)
        high, high_closed = self._end(last, up=False)
        if low is None and high is None:
            return "-"
        if low is None:
            return f"<{'=' * high_closed} {self._written(high)}"
        if high is None:
            return f">{'=' * low_closed} {self._written(low)}"
        if low == high:
            return self._written(low)
        opening, closing = "[" if low_closed else "]", "]" if high_closed else "["
        return f"{opening}{self._written(low)}..{self._written(high)}{closing}"

    def _end(self, cell: int, *, up: bool) -> tuple[Point | None, bool]:
        """The lower (`up`) or upper end of a cell, and whether it belongs to it."""
        at, point = divmod(cell, 2)
        if point:
            value = self.points[at]
            edge = self.kind == "date" and value in (1, _LAST_DAY)
            return (None, False) if edge else (value, True)
        if at == 0 and up:
            return None, False
        if at == len(self.points) and not up:
            return None, False
        value = self.points[at - 1] if up else self.points[at]
        if not self.whole:
            return value, False
        return (math.floor(value) + 1, True) if up else (math.ceil(value) - 1, True)

    def _written(self, value: Point | None) -> str:
        if self.kind == "date" and value is not None:
            return dt.date.fromordinal(int(value)).isoformat()
        return str(value)


def axis(kind: Type, conditions: Sequence[Condition], domain: Condition = ANY) -> Axis:
    """The axis of an input for these conditions."""
    shape = Names if kind in ("string", "boolean") else Scale
    return shape(kind, conditions, domain)
