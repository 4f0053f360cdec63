"""Irregular cells that tile a plane figure without gap or overlap: bent bricks.

The plane is cut by bent level lines into rows, and each row by bent dividers into cells. Neighbours
take their common edge from the same points, including the corners of third cells, so that rounding
of the points opens no gap or overlap. The bounds prevent crossings: level lines are flatter than
dividers are steep.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from lianzhi.domains.enforcement.town.baseline.chance import Chance, total

Point = tuple[float, float]
Ring = tuple[Point, ...]

# In units of the side of an average cell. These bounds keep borders from crossing.
_LEVEL, _CUT, _LEAN, _BEND = 0.18, 0.18, 0.2, 0.06


class _Level:
    """A bent level line: its height, and the points on it that cells share."""

    def __init__(self, chance: Chance, height: float, width: int) -> None:
        self._heights = [height + chance.within(-_LEVEL, _LEVEL) for _ in range(2 * width + 5)]
        self.xs: set[float] = set()

    def at(self, x: float) -> Point:
        place = max(0.0, min((x + 1.0) * 2.0, len(self._heights) - 1.001))
        knot = int(place)
        before, after = self._heights[knot], self._heights[knot + 1]
        return x, before + (after - before) * (place - knot)

    def between(self, left: float, right: float) -> list[Point]:
        """The shared points from left to right, both included, and the bends in between."""
        knots = (knot / 2 - 1.0 for knot in range(len(self._heights)))
        corners = sorted(self.xs)
        bends = {x for x in knots if left < x < right and _far(x, corners)}
        return [self.at(x) for x in sorted(bends | {x for x in corners if left <= x <= right})]


def tile(chance: Chance, count: int) -> tuple[Ring, ...]:
    """Cells row by row from below, odd rows from right to left, so that successive cells are
    neighbours. Rings are open (the first point is not repeated) and anticlockwise.
    """
    rows = max(1, round(sqrt(count / 1.5)))
    sizes = [count // rows + (row < count % rows) for row in range(rows)]
    width = max(sizes)
    levels = [_Level(chance, float(row), width) for row in range(rows + 1)]
    sides = [
        (chance.within(-_CUT, _CUT), width + chance.within(-_CUT, _CUT)) for _ in range(rows + 1)
    ]
    for level, ends in zip(levels, sides, strict=True):
        level.xs.update(ends)
    dividers = []
    for row, size in enumerate(sizes):
        step = width / size
        inner = [(place + chance.within(-_CUT, _CUT)) * step for place in range(1, size)]
        feet = [sides[row][0], *inner, sides[row][1]]
        tops = [x + chance.within(-_LEAN, _LEAN) * step for x in inner]
        heads = [sides[row + 1][0], *tops, sides[row + 1][1]]
        levels[row].xs.update(feet)
        levels[row + 1].xs.update(heads)
        bends = [chance.within(-_BEND, _BEND) for _ in feet]
        dividers.append((feet, heads, bends))
    cells: list[Ring] = []
    for row, (feet, heads, bends) in enumerate(dividers):
        low, high = levels[row], levels[row + 1]
        middles = [
            _middle(low.at(foot), high.at(head), bend)
            for foot, head, bend in zip(feet, heads, bends, strict=True)
        ]
        rings: list[Ring] = [
            (
                *low.between(feet[left], feet[right]),
                middles[right],
                *reversed(high.between(heads[left], heads[right])),
                middles[left],
            )
            for left, right in pairwise(range(len(feet)))
        ]
        cells += reversed(rings) if row % 2 else rings
    return tuple(cells)


def area(ring: Sequence[Point]) -> float:
    """Signed area of a ring, positive where it runs anticlockwise."""
    twice = (
        here[0] * there[1] - there[0] * here[1]
        for here, there in zip(ring, (*ring[1:], ring[0]), strict=True)
    )
    return total(twice) / 2.0


def inside(ring: Sequence[Point], point: Point) -> bool:
    """Whether a ray to the right crosses the ring an odd number of times."""
    x, y = point
    within = False
    for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            within = not within
    return within


def any_point(chance: Chance, ring: Sequence[Point]) -> Point:
    """A uniformly random point inside the ring."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    box = (min(xs), max(xs), min(ys), max(ys))
    while True:
        point = chance.within(box[0], box[1]), chance.within(box[2], box[3])
        if inside(ring, point):
            return point


def _middle(foot: Point, head: Point, bend: float) -> Point:
    return (foot[0] + head[0]) / 2.0 + bend, (foot[1] + head[1]) / 2.0


def _far(x: float, corners: Sequence[float]) -> bool:
    place = bisect_right(corners, x)
    return all(abs(x - corner) > 0.02 for corner in corners[max(0, place - 1) : place + 1])
