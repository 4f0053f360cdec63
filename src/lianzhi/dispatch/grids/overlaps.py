"""Where two grids overlap: how much, and a point that shows it.

Between neighbouring levels (vertices and crossings) no two edges cross, so that a scan line through
the middle of each strip tells the common area exactly. Rounding leaves hair-thin slivers along
slanted borders where one grid has a vertex and its neighbour has none; an overlap is told where a
disc of `SLIVER` metres fits into both.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from lianzhi.dispatch.grids.metres import Floats, Plane, distance, spans
from lianzhi.dispatch.grids.rings import Ints

#: Radius in metres below which what two grids have in common is rounding.
SLIVER = 0.1
_LONGEST = 1_000_000
MOST = 200
"""Overlaps that are told; whoever reads of so many mends the map before reading on."""
MOST_NEAR = 50_000
"""Pairs whose boxes meet: in a town a grid has a handful of neighbours."""


class CrowdedError(ValueError):
    """More areas lie over each other than anybody draws on purpose; the message says how many."""


class Overlap(NamedTuple):
    """Two areas (by number) that share ground."""

    one: int
    two: int
    square_metres: float
    at: tuple[float, float]
    """Longitude and latitude of a point well inside both."""


def overlaps(areas: Sequence[Ints]) -> Iterator[Overlap]:
    """Pairs of areas (edges in units) that overlap, `MOST` at most. Raises CrowdedError."""
    if areas:
        yield from islice(_overlaps(areas), MOST)


def _overlaps(areas: Sequence[Ints]) -> Iterator[Overlap]:
    low = np.array([np.minimum(area[:, :2].min(0), area[:, 2:].min(0)) for area in areas])
    high = np.array([np.maximum(area[:, :2].max(0), area[:, 2:].max(0)) for area in areas])
    for one, two in _near_pairs(low, high):
        box = np.maximum(low[one], low[two]), np.minimum(high[one], high[two])
        if found := _common(areas[one], areas[two], *box):
            yield Overlap(one, two, *found)


def _near_pairs(low: Ints, high: Ints) -> list[tuple[int, int]]:
    """Pairs whose boxes share ground, in order."""
    pairs: list[tuple[int, int]] = []
    for one in range(len(low)):
        later = slice(one + 1, None)
        near = (low[later] < high[one]).all(axis=1) & (low[one] < high[later]).all(axis=1)
        pairs += [(one, two) for two in (np.flatnonzero(near) + one + 1).tolist()]
        if len(pairs) > MOST_NEAR:
            raise CrowdedError(f"more than {MOST_NEAR:,} pairs of grids lie over each other")
    return pairs


def _common(a: Ints, b: Ints, low: Ints, high: Ints) -> tuple[float, tuple[float, float]] | None:
    plane = Plane.around(low, high)
    one, two = plane.metres(a), plane.metres(b)
    top = plane.metres(high)
    levels = np.unique(np.concatenate([[0.0, top[1]], *(_inside(e, top) for e in (one, two)),
                                       _crossings(_near(one, top), _near(two, top))]))  # fmt: skip
    total, middles = 0.0, []
    for y, height in zip((levels[:-1] + levels[1:]) / 2, np.diff(levels), strict=True):
        mine, theirs = spans(one, y), spans(two, y)
        west = np.maximum(mine[:, None, 0], theirs[:, 0]).ravel()
        east = np.minimum(mine[:, None, 1], theirs[:, 1]).ravel()
        wide = east > west
        total += float((east[wide] - west[wide]).sum() * height)
        middles += [((f + t) / 2, y) for f, t in zip(west[wide], east[wide], strict=True)
                    if t - f > 2 * SLIVER]  # fmt: skip
    if not middles:
        return None
    points = np.array(middles)
    depth = distance(points, np.concatenate([one, two]))
    best = int(depth.argmax())
    return (total, plane.degrees(points[best])) if depth[best] > SLIVER else None


def _inside(edges: Floats, top: Floats) -> Floats:
    """Levels of the vertices in the box from 0, 0 to `top`."""
    x, y = edges[:, 0], edges[:, 1]
    return np.asarray(y[(x >= 0) & (x <= top[0]) & (y >= 0) & (y <= top[1])])


def _near(edges: Floats, top: Floats) -> Floats:
    """Edges whose boxes touch the box from 0, 0 to `top`."""
    low = np.minimum(edges[:, :2], edges[:, 2:])
    high = np.maximum(edges[:, :2], edges[:, 2:])
    return edges[((low <= top) & (high >= 0)).all(axis=1)]


def _crossings(one: Floats, two: Floats) -> Floats:
    """Levels at which edges of the one cross edges of the other."""
    found = [np.zeros(0)]
    step = max(_LONGEST // max(len(two), 1), 1)
    way = two[:, 2:] - two[:, :2]
    for at in range(0, len(one), step):
        a = one[at : at + step, None]
        run = a[..., 2:] - a[..., :2]
        off = two[:, :2] - a[..., :2]
        turn = run[..., 0] * way[:, 1] - run[..., 1] * way[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            s = (off[..., 0] * way[:, 1] - off[..., 1] * way[:, 0]) / turn
            t = (off[..., 0] * run[..., 1] - off[..., 1] * run[..., 0]) / turn
        met = np.nonzero((s > 0) & (s < 1) & (t > 0) & (t < 1))
        found.append(a[met[0], 0, 1] + s[met] * run[met[0], 0, 1])
    return np.concatenate(found)
