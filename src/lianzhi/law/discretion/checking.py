"""Checks a table: gaps, overlaps, contradictions and unreachable rows, each with a witness.

Exact, not sampled: all is decided on cells that no condition divides. Overlaps are found by
intersecting, for each row, the sets of rows that hold in its cells; gaps by `boxes.Cover`. Every
witness is decided by the compiled table before it is reported.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lianzhi.law.discretion.axis import Names, bits
from lianzhi.law.discretion.boxes import Budget, Cover, Spent, grown, meet, without
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.fault import Fault, Kind, Why
from lianzhi.law.discretion.outcome import (
    NoRowError,
    NotInForceError,
    Outcome,
    OutsideDomainError,
    RefusedError,
    SeveralRowsError,
)
from lianzhi.law.discretion.space import DAY, Box, Space
from lianzhi.law.discretion.table import Result, Row, Table
from lianzhi.law.words import Words

#: Search steps for the rows of one item; about a second's work.
STEPS = 200_000
#: Most faults reported of one kind and item.
MOST_REPORTED = 20
_GAPS = 200


def check(
    table: Table, *, steps: int = STEPS, watch: Callable[[], None] = lambda: None
) -> list[Fault]:
    """All faults, item by item in the order of the table; empty for a sound table.

    `steps`: limit for the gaps and hidden rows of one item; where it is exceeded, a fault
    `unfinished` reports it. `watch` is called after each item.
    """
    compiled = Compiled(table)
    of: dict[str | None, list[int]] = {}
    for n, row in enumerate(table.rows):
        of.setdefault(row.item, []).append(n)
    faults: list[Fault] = []
    for item, rows in of.items():
        faults += _Check(compiled, item, rows, Budget(steps)).faults()
        watch()
    return faults


class _Check:
    def __init__(
        self, compiled: Compiled, item: str | None, rows: Sequence[int], budget: Budget
    ) -> None:
        self.compiled, self.table, self.item, self.budget = compiled, compiled.table, item, budget
        self.space = Space(self.table, rows, days=True)
        self.rows = [self.table.rows[n] for n in self.space.rows]
        self.holding = [self.space.holding(k) for k in range(len(self.space.axes))]
        self._near: dict[tuple[int, int], int] = {}

    def faults(self) -> Iterator[Fault]:
        yield from self._impossible()
        disjoint = False
        if self.table.hit_policy in ("UNIQUE", "ANY"):
            faults = list(self._overlaps())
            disjoint = self.table.hit_policy == "UNIQUE" and not faults
            yield from faults
        try:
            if self.table.hit_policy in ("FIRST", "PRIORITY"):
                yield from self._masked()
            if self.table.default is None:
                yield from self._gaps(disjoint)
        except Spent:
            yield Fault(kind="unfinished", why="budget", item=self.item)

    def _impossible(self) -> Iterator[Fault]:
        """Rows that no case within the domains and the table's days can meet."""
        for n, (row, box) in enumerate(zip(self.rows, self.space.boxes, strict=True)):
            dead = [k for k, cells in enumerate(box) if not cells]
            if not dead:
                yield from self._stray(n)
                continue
            wide = [
                along.mask(column[n])
                for along, column in zip(self.space.axes, self.space.columns, strict=True)
            ]
            why: Why = "outside"
            if any(self.space.names[k] == DAY for k in dead):
                why = "never"
            if any(not wide[k] and self.space.names[k] != DAY for k in dead):
                why = "empty"
            if not all(wide):
                yield self._fault("unreachable", [row], why=why)
            else:
                point = tuple(cells or wide[k] for k, cells in enumerate(box))
                expected = (OutsideDomainError, NotInForceError)
                yield self._fault("unreachable", [row], point, expected, why=why)

    def _stray(self, n: int) -> Iterator[Fault]:
        """Names in a row that no case can have, most likely misspelt."""
        box = self.space.boxes[n]
        for k, (along, column) in enumerate(zip(self.space.axes, self.space.columns, strict=True)):
            if isinstance(along, Names) and not column[n].negated:
                stray = along.mask(column[n]) & ~along.full
                if stray:
                    point = (*box[:k], stray, *box[k + 1 :])
                    expected = (OutsideDomainError,)
                    yield self._fault("unreachable", [self.rows[n]], point, expected, why="part")

    def _meeting(self, row: int) -> int:
        """The rows (by bit) whose boxes meet that of a row, itself included."""
        near = (1 << len(self.rows)) - 1
        for k, cells in enumerate(self.space.boxes[row]):
            if (k, cells) not in self._near:
                rows = 0
                for cell in bits(cells):
                    rows |= self.holding[k][cell]
                self._near[k, cells] = rows
            near &= self._near[k, cells]
        return near

    def _at(self, point: Box) -> int:
        """The rows (by bit) that hold at the first cells of a box."""
        rows = (1 << len(self.rows)) - 1
        for k, cells in enumerate(point):
            rows &= self.holding[k][_first(cells)]
        return rows

    def _overlaps(self) -> Iterator[Fault]:
        alike: dict[Result, int] = {}
        for n, row in enumerate(self.rows):
            alike[row.result] = alike.get(row.result, 0) | 1 << n
        overlaps: dict[Kind, list[int]] = {"overlap": [], "contradiction": []}
        for n, row in enumerate(self.rows):
            behind = self._meeting(n) >> (n + 1) << (n + 1)
            same = alike[row.result]
            kinds: list[tuple[Kind, int, int]] = [("contradiction", behind & ~same, -1)]
            if self.table.hit_policy == "UNIQUE":
                kinds.append(("overlap", behind & same, same))
            for kind, pending, among in kinds:
                for known in overlaps[kind]:
                    if known >> n & 1:
                        pending &= ~known  # noqa: PLW2901
                while pending and len(overlaps[kind]) <= MOST_REPORTED:
                    other = _first(pending)
                    region = meet(self.space.boxes[n], self.space.boxes[other])
                    assert region is not None  # noqa: S101
                    rows = self._at(region) & among
                    overlaps[kind].append(rows)
                    pending &= ~rows  # noqa: PLW2901
                    if len(overlaps[kind]) > MOST_REPORTED:
                        yield Fault(kind="unfinished", why="more", item=self.item)
                        break
                    named = [self.rows[k] for k in bits(rows)]
                    yield self._fault(kind, named, region, (SeveralRowsError,))

    def _masked(self) -> Iterator[Fault]:
        """Rows completely covered by earlier ones."""
        masked = 0
        for n, box in enumerate(self.space.boxes):
            before = self._meeting(n) & ((1 << n) - 1) if all(box) else 0
            if not before:
                continue
            earlier = list(bits(before))
            hiding = [k for k in earlier if meet(box, self.space.boxes[k]) == box][:1]
            if not hiding:
                boxes = [self.space.boxes[k] for k in earlier]
                if Cover(box, boxes, self.budget).uncovered(1):
                    continue
                hiding = self._needed(box, earlier)
            masked += 1
            if masked > MOST_REPORTED:
                yield Fault(kind="unfinished", why="more", item=self.item)
                return
            rows = [self.rows[k] for k in (n, *hiding)]
            yield self._fault("unreachable", rows, box, why="masked")

    def _needed(self, box: Box, rows: list[int]) -> list[int]:
        """A minimal subset of the rows that covers a box."""
        needed = list(rows)
        for row in reversed(rows):
            less = [self.space.boxes[k] for k in needed if k != row]
            if not Cover(box, less, self.budget).uncovered(1):
                needed.remove(row)
        return needed

    def _gaps(self, disjoint: bool) -> Iterator[Fault]:
        """Uncovered space, in few large regions."""
        boxes = [box for box in self.space.boxes if all(box)]
        gaps = Cover(self.space.full, boxes, self.budget, disjoint=disjoint).uncovered(_GAPS)
        cut, reported = len(gaps) == _GAPS, 0
        while gaps and reported < MOST_REPORTED:
            region = grown(gaps[0], self.space.full, boxes)
            gaps = [part for box in gaps for part in without(box, region)]
            reported += 1
            yield self._fault("gap", [], region, (NoRowError,))
        if gaps or cut:
            yield Fault(kind="unfinished", why="more", item=self.item)

    def _fault(
        self,
        kind: Kind,
        rows: Sequence[Row],
        region: Box | None = None,
        expected: tuple[type[RefusedError], ...] = (),
        why: Why = "",
    ) -> Fault:
        """A fault whose witness was decided and confirms it."""
        ids = tuple(row.id for row in rows)
        places = tuple(row.place for row in rows)
        if region is None:
            return Fault(kind=kind, why=why, item=self.item, rows=ids, places=places)
        witness: dict[str, Any] = {}
        texts: dict[str, Words] = {}
        day = self.table.effective_from or self.table.effective_until
        for along, name, cells in zip(self.space.axes, self.space.names, region, strict=True):
            value = along.sample(_first(cells))
            if name == DAY:
                day = value
            else:
                witness[name] = value
            if cells != along.full:
                texts[name] = Words(zh=along.say(cells, "zh"), en=along.say(cells, "en"))
        happens = self._decided(witness, day, ids, expected)
        return Fault(
            kind=kind,
            why=why,
            item=self.item,
            rows=ids,
            places=places,
            region=texts,
            witness=witness,
            day=day,
            happens=happens,
        )

    def _decided(
        self,
        witness: dict[str, Any],
        day: dt.date | None,
        rows: tuple[str, ...],
        expected: tuple[type[RefusedError], ...],
    ) -> str:
        """The table's answer for a witness. Raises RuntimeError if it confirms no fault."""
        answer: Outcome | RefusedError
        try:
            answer = self.compiled.decide(witness, self.item, day)
        except RefusedError as error:
            answer = error
        if isinstance(answer, Outcome):
            shown = not expected and rows[0] not in [row.row for row in answer.rows]
            text = answer.citation
        else:
            shown = isinstance(answer, expected)
            if isinstance(answer, SeveralRowsError):
                shown = shown and set(rows) <= set(answer.rows)
            text = str(answer)
        if not shown:
            raise RuntimeError(f"the witness {witness} of {self.item} on {day} shows none: {text}")
        return text


def _first(cells: int) -> int:
    return (cells & -cells).bit_length() - 1
