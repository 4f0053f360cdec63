"""Many decisions at once, over columns of facts in NumPy.

Facts of one item are placed on its axes by binary search or by name, and the sets of rows that hold
there are ANDed, 64 rows a machine word: the lowest bit is the row with precedence. Special cases (a
fact missing or outside its domain, rows that disagree) are decided one by one by the table, so that
both forms answer alike.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lianzhi.law.discretion.axis import Axis, Names, Scale
from lianzhi.law.discretion.compiled import Compiled, Group
from lianzhi.law.discretion.outcome import BY_DEFAULT, Outcome, RefusedError
from lianzhi.law.discretion.table import Table, TableInput

Ints = NDArray[np.int64]
_ORDINAL = dt.date(1970, 1, 1).toordinal()
_WORD = 64
#: Codes for no row: the table's default applies, or the table refuses; see `Decisions.outcome`.
DEFAULT, REFUSED = -1, -2


class Decisions(NamedTuple):
    """Answers for many facts, in their order."""

    compiled: Compiled
    row: Ints
    """Index of the row in `table.rows`; DEFAULT or REFUSED."""
    columns: Mapping[str, Any]
    items: Sequence[str | None] | None
    day: dt.date | None

    def outcome(self, n: int) -> Outcome:
        """The outcome for the n-th facts, with citations. Raises RefusedError."""
        item = None if self.items is None else self.items[n]
        return self.compiled.decide(_facts(self.columns, n), item, self.day)


class _Column(NamedTuple):
    """A column of numbers (days as ordinals, NaN for invalid values), or of indices into
    `names`.
    """

    values: NDArray[Any]
    names: Sequence[str | bool | None] = ()


def decide_many(
    compiled: Compiled,
    columns: Mapping[str, ArrayLike],
    items: Sequence[str | None] | None = None,
    day: dt.date | None = None,
) -> Decisions:
    """`Compiled.decide` for each row of the columns, all on one day.

    Columns by input: numbers (NaN or None: missing), booleans, strings, days. `items`: one for each
    row; None for a table without items. Raises ValueError where columns differ in length.
    """
    sizes = {len(column) for column in columns.values()}  # type: ignore[arg-type]
    sizes |= set() if items is None else {len(items)}
    if len(sizes) > 1:
        raise ValueError(f"columns have {sorted(sizes)} rows; give as many in each")
    size = sizes.pop() if sizes else 0
    decided = Decisions(compiled, np.full(size, REFUSED, np.int64), columns, items, day)
    of = {item: n for n, item in enumerate(compiled.table.items)}
    if items is None:
        codes = np.full(size, of.get(None, -1), np.int64)
    else:
        codes = _coded(items, of, len(of))
    order = np.argsort(codes.astype(np.int16 if len(of) < 2**15 else np.int64), kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(of) + 1))
    ready = {
        fact.name: _column(columns[fact.name], fact, compiled.table)
        for fact in compiled.table.inputs
        if fact.name in columns
    }
    for item, first, last in zip(of, ends, ends[1:], strict=False):
        if first == last:
            continue
        try:
            group = compiled.group(item, day)
        except RefusedError:
            continue
        _decide(decided, group, ready, order[first:last])
    return decided


def _decide(decided: Decisions, group: Group, ready: Mapping[str, _Column], at: Ints) -> None:
    """Decide the facts of one item at these positions."""
    if not group.rows:
        decided.row[at] = REFUSED if group.table.default is None else DEFAULT
        return
    cells, known = [], np.ones(at.size, bool)
    for name, along in zip(group.names, group.axes, strict=True):
        if name not in ready:
            known[:] = False
            break
        placed = _placed(along, ready[name], at)
        known &= placed >= 0
        cells.append(placed)
    row = np.full(at.size, REFUSED, np.int64)
    if known.any():
        chosen = np.flatnonzero(known)
        first, hits = _rows(group, [cell[chosen] for cell in cells], chosen.size)
        rows = np.asarray(group.rows)[first]
        if group.table.hit_policy == "UNIQUE":
            rows[hits > 1] = REFUSED
        elif group.table.hit_policy == "ANY":
            known[chosen[hits > 1]] = False  # decided below: the rows may agree
        rows[hits == 0] = REFUSED if group.table.default is None else DEFAULT
        row[chosen] = rows
    decided.row[at] = row
    for n in at[~known]:
        decided.row[n] = _alone(decided, group, int(n))


def _rows(group: Group, cells: Sequence[Ints], size: int) -> tuple[Ints, Ints]:
    """For each facts the first row that holds (0 where none does), and the number that hold."""
    first, hits = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for start in range(0, len(group.rows), _WORD):
        alive = np.full(size, group.all >> start & (1 << _WORD) - 1, np.uint64)
        for masks, placed in zip(group.masks, cells, strict=True):
            words = np.fromiter((rows >> start & (1 << _WORD) - 1 for rows in masks), np.uint64)
            alive &= words[placed]
        fresh = (hits == 0) & (alive != 0)
        lowest = np.bitwise_count(~alive & (alive - np.uint64(1))).astype(np.int64)
        first = np.where(fresh, start + lowest, first)
        hits += np.bitwise_count(alive)
    return first, hits


def _placed(along: Axis, column: _Column, at: Ints) -> Ints:
    """The cells of the values at these positions, as by `Axis.place`."""
    values = column.values[at]
    if isinstance(along, Names):
        cells = np.array([along.place(name) for name in column.names] + [-1], np.int64)
        return np.asarray(cells[values])
    assert isinstance(along, Scale)  # noqa: S101
    points = np.array([float(point) for point in along.points])
    cells = np.searchsorted(points, values, "left") + np.searchsorted(points, values, "right")
    unfit = ~np.isfinite(values)
    if along.whole:
        unfit |= values != np.floor(values)
    within = np.array([along.full >> cell & 1 for cell in range(along.size)], bool)
    return np.where(unfit | ~within[cells], -1, cells)


def _column(column: Any, fact: TableInput, table: Table) -> _Column:
    """A prepared column; values of another type count as missing."""
    is_array = isinstance(column, np.ndarray) and column.dtype.kind != "O"
    kinds = {column.dtype.kind} if is_array else set(map(type, column))
    if fact.type == "date":
        if kinds <= {"M"} or kinds <= {dt.date, type(None)}:
            days = np.asarray(column, "datetime64[D]")
            ordinals = days.astype(np.int64) + float(_ORDINAL)
            return _Column(np.where(np.isnat(days), np.nan, ordinals))
    elif fact.type in ("number", "integer"):
        if kinds <= {"i", "u", "f"} or kinds <= {int, float, type(None)}:
            with suppress(OverflowError):  # an int beyond all doubles
                return _Column(np.asarray(column, np.float64))
    elif fact.type == "boolean":
        if kinds <= {"b"} or kinds <= {bool}:
            return _Column(np.asarray(column, np.bool_).astype(np.int64), (False, True))
    elif kinds <= {"U"} or kinds <= {str, type(None)}:
        k = table.inputs.index(fact)
        named = {name for row in table.rows for name in row.when[k].names}
        names: list[Any] = sorted({*named, *fact.domain.names})
        codes = {name: n for n, name in enumerate(names)}
        other = next(text for n in count() if (text := f"?{n}") not in codes)
        codes[None] = -1
        return _Column(_coded(column, codes, len(names)), (*names, other))
    if fact.type in ("string", "boolean"):
        return _Column(np.full(len(column), -1))
    return _Column(np.full(len(column), np.nan))


def _coded(values: Iterable[Any], codes: Mapping[Any, int], other: int) -> Ints:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    return np.fromiter(map(codes.get, values, repeat(other)), np.int64)


def _facts(columns: Mapping[str, Any], n: int) -> dict[str, Any]:
    """The n-th facts as single values, without missing ones."""
    facts = {}
    for name, column in columns.items():
        value = column[n]
        if isinstance(value, np.datetime64):
            value = None if np.isnat(value) else value.astype("datetime64[D]").item()
        elif isinstance(value, np.generic):
            value = value.item()
        if value is not None and value == value:  # noqa: PLR0124  (NaN)
            facts[name] = value
    return facts


def _alone(decided: Decisions, group: Group, n: int) -> int:
    try:
        first = group.decide(_facts(decided.columns, n), decided.day).rows[0]
    except RefusedError:
        return REFUSED
    return DEFAULT if first is BY_DEFAULT else group.places[first.row]
