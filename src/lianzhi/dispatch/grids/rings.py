"""Rings of polygons in whole units of 1e-7 degree, and exact questions about them.

In whole numbers every question of sides has one answer: no product here passes 6.5e18, which fits
into 64 bits. A unit is about a centimetre; RFC 7946, 11.2 finds 1e-6 degree enough. The degree is
WGS 84; rings are open (the closing position is left out) and of any orientation.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
#: Positions of a ring, one a row: longitude, latitude.
Ring = Ints
#: An outer ring and its holes.
Polygon = tuple[Ring, ...]

PER_DEGREE = 10_000_000
#: Cells of a matrix that is held at a time.
_AT_A_TIME = 1 << 20
#: Pairs of edges that are compared at a time.
_PAIRS = 1 << 13


def units(degrees: ArrayLike) -> Ints:
    """Degrees as whole units, rounded to the nearest."""
    return np.rint(np.asarray(degrees, np.float64) * PER_DEGREE).astype(np.int64)


def edges_of(rings: Sequence[Ring]) -> Ints:
    """The edges of rings, one a row: x, y, next x, next y."""
    if not rings:
        return np.zeros((0, 4), np.int64)
    return np.concatenate([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in rings])


def side(edges: Ints, x: Ints, y: Ints) -> Ints:
    """1 where a point lies left of its edge, -1 right, 0 on its line. Arrays are broadcast."""
    left = (edges[..., 2] - edges[..., 0]) * (y - edges[..., 1])
    right = (edges[..., 3] - edges[..., 1]) * (x - edges[..., 0])
    return (left > right).astype(np.int64) - (left < right)


def where(points: Ints, edges: Ints) -> Ints:
    """1 for each point inside the rings that the edges make up, 0 on an edge, -1 outside."""
    step = max(_AT_A_TIME // max(len(edges), 1), 1)
    parts = [_where(points[at : at + step], edges) for at in range(0, len(points), step)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _where(points: Ints, edges: Ints) -> Ints:
    x, y = points[:, :1], points[:, 1:]
    sides = side(edges, x, y)
    on = (sides == 0) & _within(edges, x, y)
    # an edge counts from its lower end up to, but not with, its upper end: no vertex counts twice
    up = (edges[:, 1] <= y) & (y < edges[:, 3]) & (sides > 0)
    down = (edges[:, 3] <= y) & (y < edges[:, 1]) & (sides < 0)
    odd = (up | down).sum(axis=1) % 2
    return np.where(on.any(axis=1), 0, 2 * odd - 1)


def _within(edges: Ints, x: Ints, y: Ints) -> Bools:
    """Whether points lie in the boxes of edges."""
    x1, y1, x2, y2 = (edges[..., at] for at in range(4))
    return np.asarray(
        (np.minimum(x1, x2) <= x)
        & (x <= np.maximum(x1, x2))
        & (np.minimum(y1, y2) <= y)
        & (y <= np.maximum(y1, y2))
    )


def knot(rings: Sequence[Ring]) -> tuple[float, float] | None:
    """A point in degrees where rings cross, run along one another or touch themselves; else None.

    Different rings may touch in single points, as OGC Simple Features allows.
    """
    edges = edges_of(rings)
    ring = np.repeat(np.arange(len(rings)), [len(one) for one in rings])
    place = np.concatenate([np.arange(len(one)) for one in rings])
    size = np.array([len(one) for one in rings])[ring]
    for one, two in _neighbours(edges):
        a, b = edges[one], edges[two]
        same = ring[one] == ring[two]
        apart = np.abs(place[one] - place[two])
        adjacent = same & ((apart == 1) | (apart == size[one] - 1))
        bad, at = _meet(a, b, same, adjacent)
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            return _meeting_point(a[first], b[first], at[:, first])
    return None


def _neighbours(edges: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of edges whose boxes meet; each pair once, some thousands at a time."""
    low = np.minimum(edges[:, 1], edges[:, 3])
    order = np.argsort(low, kind="stable")
    low, high = low[order], np.maximum(edges[:, 1], edges[:, 3])[order]
    west = np.minimum(edges[:, 0], edges[:, 2])[order]
    east = np.maximum(edges[:, 0], edges[:, 2])[order]
    after = np.searchsorted(low, high, side="right") - np.arange(len(edges)) - 1
    held: list[Ints] = []
    count, longest = 0, int(after.max(initial=0))
    for gap in range(1, longest + 1):
        one = np.flatnonzero(after >= gap)
        two = one + gap
        meet = (west[one] <= east[two]) & (west[two] <= east[one])
        held.append(order[np.stack([one[meet], two[meet]])])
        count += held[-1].shape[1]
        if count and (count > _PAIRS or gap == longest):
            pairs = np.concatenate(held, axis=1)
            yield pairs[0], pairs[1]
            held, count = [], 0


def _meet(a: Ints, b: Ints, same: Bools, adjacent: Bools) -> tuple[Bools, Bools]:
    """Which pairs of edges meet as they may not, and which of the four ends lies on the other."""
    ends = ((a, b, 0), (a, b, 2), (b, a, 0), (b, a, 2))
    sides = [side(edge, of[:, at], of[:, at + 1]) for edge, of, at in ends]
    proper = (sides[0] * sides[1] < 0) & (sides[2] * sides[3] < 0)
    inner = np.array(
        [
            (sides[n] == 0) & _within(edge, of[:, at], of[:, at + 1]) & ~_is_end(edge, of, at)
            for n, (edge, of, at) in enumerate(ends)
        ]
    )
    shared = [[(a[:, p : p + 2] == b[:, q : q + 2]).all(axis=1) for q in (0, 2)] for p in (0, 2)]
    twice = (shared[0][0] & shared[1][1]) | (shared[0][1] & shared[1][0])
    common = shared[0][0] | shared[0][1] | shared[1][0] | shared[1][1]
    along = twice | ((sides[0] == 0) & (sides[1] == 0) & inner.any(axis=0))
    itself = inner.any(axis=0) | twice | (common & ~adjacent)
    return proper | np.where(same, itself, along), inner


def _is_end(edge: Ints, of: Ints, at: int) -> Bools:
    """Whether a point is an end of an edge."""
    point = of[:, at : at + 2]
    return np.asarray((point == edge[:, :2]).all(axis=1) | (point == edge[:, 2:]).all(axis=1))


def _meeting_point(a: Ints, b: Ints, inner: Bools) -> tuple[float, float]:
    for on, of, at in zip(inner, (b, b, a, a), (0, 2, 0, 2), strict=True):
        if on:
            return float(of[at]) / PER_DEGREE, float(of[at + 1]) / PER_DEGREE
    (x1, y1, x2, y2), (x3, y3, x4, y4) = a.astype(float), b.astype(float)
    turn = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
    along = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / turn if turn else 0.0
    if not turn:  # they meet in an end of both
        x1, y1 = (x1, y1) if (x1, y1) in ((x3, y3), (x4, y4)) else (x2, y2)
    return (
        float(x1 + along * (x2 - x1)) / PER_DEGREE,
        float(y1 + along * (y2 - y1)) / PER_DEGREE,
    )
