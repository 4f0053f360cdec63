"""Where grids overlap, and what ground between them belongs to none.

Rounding leaves hair-thin slivers along slanted borders where one grid has a corner and its
neighbour has none. Only what holds a disc of `SLIVER` metres is reported.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from lianzhi.dispatch.grids.grid import Grids
from lianzhi.dispatch.grids.plane import Plane

SLIVER = 0.1
"""Radius in metres of the smallest disc that counts."""
MOST_OVERLAPS = 200
"""Overlaps that are reported; who reads of so many mends the map before reading on."""
MOST_PAIRS = 50_000
"""Pairs of grids that are compared; in a town a grid has a handful of neighbours."""
_MOST_GAPS = 50
#: Snapping distance of borders in degrees, so that slivers count as no gaps.
_SNAP = 1e-6


class CrowdedError(ValueError):
    """More grids lie over each other than anybody draws on purpose; the message says how many."""


class Ground(NamedTuple):
    """A piece of ground."""

    square_metres: float
    at: tuple[float, float]
    """Longitude and latitude of a point well inside."""


class Overlap(NamedTuple):
    """Two grids (places in `Grids.grids`) and the ground that they share."""

    first: int
    second: int
    ground: Ground


def overlaps(grids: Grids) -> Iterator[Overlap]:
    """Pairs of grids that overlap, in order, `MOST_OVERLAPS` at most. Raises CrowdedError."""
    return islice(_overlaps(grids.shapes), MOST_OVERLAPS)


def _overlaps(shapes: Any) -> Iterator[Overlap]:
    # Of two overlapping grids, at least one has a border that matches no neighbour's.
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    ours, theirs = shapely.STRtree(shapes).query(shapes[suspects])
    pairs = np.sort(np.stack([suspects[ours], theirs], axis=1), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    if len(pairs) > MOST_PAIRS:
        raise CrowdedError(f"more than {MOST_PAIRS:,} pairs of grids lie over each other")
    for first, second in pairs.tolist():
        if ground := _ground(shapely.intersection(shapes[first], shapes[second])):
            yield Overlap(first, second, ground)


def gaps(grids: Grids) -> list[Ground]:
    """Free ground that grids enclose, the largest first, 50 pieces at most."""
    covered = shapely.union_all(grids.shapes, grid_size=_SNAP)
    outlines = [shapely.Polygon(part.exterior) for part in shapely.get_parts(covered)]
    free = shapely.difference(shapely.union_all(outlines), covered)
    pieces = [ground for part in shapely.get_parts(free) if (ground := _ground(part))]
    return sorted(pieces, key=lambda piece: -piece.square_metres)[:_MOST_GAPS]


def _ground(shape: BaseGeometry) -> Ground | None:
    """A shape in degrees as ground; None where it is no wider than a sliver."""
    if shape.is_empty:
        return None
    plane = Plane.around(shapely.bounds(shape))
    metres = plane.metres(shape)
    core = shapely.buffer(metres, -SLIVER)
    if core.is_empty:
        return None
    inner = shapely.point_on_surface(core)
    return Ground(float(metres.area), plane.degrees(inner.x, inner.y))
