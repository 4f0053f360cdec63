"""The space left uncovered by boxes: exact, by walking axis after axis through sets of cells.

At each step the cells of an axis fall into few classes, by the boxes still relevant there. Two
facts keep the walk short: a box that spans all remaining axes covers what is left, and disjoint
boxes cover it exactly if their volumes add up, without a walk. Whether boxes cover a space is
co-NP-complete, so the walk has a budget, and reports when it is spent.
"""

from collections.abc import Sequence

from lianzhi.law.discretion.axis import bits
from lianzhi.law.discretion.space import Box


class Spent(Exception):  # noqa: N818  (control flow, not an error)
    """The budget of steps is used up."""


class Budget:
    """Steps that a walk may take."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def take(self, steps: int = 1) -> None:
        """Count steps. Raises Spent."""
        self.left -= steps
        if self.left < 0:
            raise Spent


def meet(box: Box, other: Box) -> Box | None:
    """The intersection of two boxes; None if it is empty."""
    shared = tuple(a & b for a, b in zip(box, other, strict=True))
    return shared if all(shared) else None


def without(box: Box, hole: Box) -> list[Box]:
    """The difference of two boxes as disjoint boxes, at most one for each axis."""
    if meet(box, hole) is None:
        return [box]
    parts, rest = [], list(box)
    for along, cells in enumerate(hole):
        if outside := rest[along] & ~cells:
            parts.append((*rest[:along], outside, *rest[along + 1 :]))
            rest[along] &= cells
    return parts


def grown(box: Box, full: Box, boxes: Sequence[Box]) -> Box:
    """A box disjoint from all `boxes`, extended as far as possible, axis after axis."""
    grown = list(box)
    for along, whole in enumerate(full):
        combined = 0
        for other in boxes:
            if all(a & b for k, (a, b) in enumerate(zip(grown, other, strict=True)) if k != along):
                combined |= other[along]
        grown[along] = whole & ~combined
    return tuple(grown)


class Cover:
    """A set of boxes within a space."""

    def __init__(
        self, full: Box, boxes: Sequence[Box], budget: Budget, *, disjoint: bool = False
    ) -> None:
        self.full, self.budget, self.disjoint = full, budget, disjoint
        self.boxes = [part for box in boxes if (part := meet(full, box)) is not None]
        self.spanning = [
            sum(1 << n for n, box in enumerate(self.boxes) if box[along] == cells)
            for along, cells in enumerate(full)
        ]
        self._known: dict[tuple[tuple[int, ...], int], list[Box]] = {}

    def uncovered(self, most: int) -> list[Box]:
        """Disjoint boxes of the uncovered space: all of it, or the first `most`.

        Raises Spent.
        """
        every = tuple(range(len(self.full)))
        return self._walk(every, (1 << len(self.boxes)) - 1, most)[:most]

    def _walk(self, axes: tuple[int, ...], active: int, most: int) -> list[Box]:
        """The space of the `axes` that the active boxes leave; other axes of the results are 0."""
        if not active:
            return [tuple(cells if k in axes else 0 for k, cells in enumerate(self.full))]
        covering = active
        columns = []
        for along in axes:
            covering &= self.spanning[along]
            if active & ~self.spanning[along]:
                columns.append(along)
        if covering or (self.disjoint and self._filled(columns, active)):
            return []
        key = (axes, active)
        known = self._known.get(key)
        if known is not None:
            return known
        along = max(columns, key=lambda k: (active & ~self.spanning[k]).bit_count())
        rest = tuple(k for k in axes if k != along)
        left: dict[tuple[Box, ...], int] = {}
        count = 0
        for rows, cells in self._classes(along, active):
            uncovered = tuple(self._walk(rest, rows, most - count))
            if uncovered:
                left[uncovered] = left.get(uncovered, 0) | cells
                count += len(uncovered)
                if count >= most:
                    break
        boxes = [
            (*part[:along], cells, *part[along + 1 :])
            for uncovered, cells in left.items()
            for part in uncovered
        ]
        if count < most:
            self._known[key] = boxes
        return boxes

    def _filled(self, axes: Sequence[int], active: int) -> bool:
        """Whether disjoint boxes fill the axes that they restrict: their volumes add up."""
        self.budget.take(1 + active.bit_count() // 8)
        whole = 1
        for along in axes:
            whole *= self.full[along].bit_count()
        filled = 0
        for n in bits(active):
            volume, box = 1, self.boxes[n]
            for along in axes:
                volume *= box[along].bit_count()
            filled += volume
        return filled == whole

    def _classes(self, along: int, active: int) -> list[tuple[int, int]]:
        """The cells of an axis in classes: (boxes active there, cells)."""
        parts = {0: self.full[along]}
        asking: dict[int, int] = {}
        for n in bits(active & ~self.spanning[along]):
            cells = self.boxes[n][along]
            asking[cells] = asking.get(cells, 0) | 1 << n
        always = active & self.spanning[along]
        if len(asking) * 4 > self.full[along].bit_count():
            self.budget.take(1 + self.full[along].bit_count() // 8)
            by_cell = dict.fromkeys(bits(self.full[along]), 0)
            for mask, rows in asking.items():
                for cell in bits(mask):
                    by_cell[cell] |= rows
            parts = {}
            for cell, rows in by_cell.items():
                parts[rows] = parts.get(rows, 0) | 1 << cell
        else:
            for mask, rows in asking.items():
                self.budget.take(1 + len(parts) // 8)
                split: dict[int, int] = {}
                for remaining, cells in parts.items():
                    if inside := cells & mask:
                        split[remaining | rows] = split.get(remaining | rows, 0) | inside
                    if outside := cells & ~mask:
                        split[remaining] = split.get(remaining, 0) | outside
                parts = split
        return [(always | rows, cells) for rows, cells in sorted(parts.items())]
