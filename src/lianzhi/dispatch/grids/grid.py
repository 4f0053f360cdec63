"""Grids 网格: areas with their squads, and which of them a point lies in.

Points and corners are whole units of 1e-7 degree (a centimetre), so that every answer is exact.
Points and grids have to be in WGS 84: positions in GCJ-02 lie hundreds of metres off.

A point on a border belongs to the grid just east of it; on a border that runs east and west, to the
grid just north. So a point on a common border is in exactly one grid, whatever the order of the
file, and a point on the eastern or northern edge of the town is in none.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from lianzhi.dispatch.grids.plane import DIGITS, Floats, Plane
from lianzhi.law.words import Words

Places = NDArray[np.int64]
#: Units by which a point on a border is moved to decide its grid. A border that rises by less than
#: 1e-4 of its length counts as running east and west.
_EAST, _NORTH = 1e-2, 1e-6


class Grid(NamedTuple):
    """One area with the squad that looks after it."""

    id: str
    words: Words
    squad: str
    shape: BaseGeometry
    """Polygon or MultiPolygon, in degrees."""


class Label(NamedTuple):
    """The point of a grid that is farthest from its borders."""

    lon: float
    lat: float
    metres: float
    """Distance to the nearest border."""


class Grids:
    """All grids of a town, in the order of their file."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self.grids = tuple(grids)
        self.by_id = {grid.id: grid for grid in self.grids}
        self.shapes: NDArray[Any] = np.array([grid.shape for grid in self.grids], object)
        self._units: NDArray[Any] = shapely.transform(self.shapes, _units)
        self._bounds: Floats = shapely.bounds(self._units)
        self._tree = shapely.STRtree(self._units)
        shapely.prepare(self._units)
        # GEOS builds the index of a prepared shape at the first query, which is not thread-safe:
        # query once here.
        shapely.contains_xy(self._units, *self._bounds.T[:2])

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east, north of all grids, in degrees; a unit square where there are none."""
        if not self.grids:
            return np.array([0.0, 0.0, 1.0, 1.0])
        return np.asarray(shapely.total_bounds(self.shapes))

    @cached_property
    def labels(self) -> dict[str, Label]:
        """For each grid, by id, where its name is best written."""
        return {grid.id: label(grid) for grid in self.grids}

    def find(self, lon: float, lat: float) -> str | None:
        """The id of the grid in which a point (degrees) lies; None where it lies in none."""
        place = int(self.find_many([lon], [lat])[0])
        return None if place < 0 else self.grids[place].id

    def find_many(self, lon: ArrayLike, lat: ArrayLike) -> Places:
        """The place in `grids` for each of many points (degrees), the first of grids that overlap.

        -1 for a point in no grid, and for what is not a number.
        """
        x, y = _units(np.asarray([lon, lat], np.float64))
        places = np.full(len(x), -1, np.int64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        places[known] = self._inside(x[known], y[known])
        rest = known[places[known] < 0]
        places[rest] = self._inside(x[rest] + _EAST, y[rest] + _NORTH)
        return places

    def _inside(self, x: Floats, y: Floats) -> Places:
        """The first grid whose interior holds each point (units); -1: none."""
        places = np.full(len(x), -1, np.int64)
        if not len(x):
            return places
        order = np.argsort(x)
        x, y = x[order], y[order]
        near = self._tree.query(shapely.box(x[0], y.min(), x[-1], y.max()))
        for place in np.sort(near)[::-1]:  # reversed, so that the first of several is kept
            west, south, east, north = self._bounds[place]
            start, stop = np.searchsorted(x, (west, east))
            column = y[start:stop]
            candidates = start + np.flatnonzero((south < column) & (column < north))
            inside = shapely.contains_xy(self._units[place], x[candidates], y[candidates])
            places[order[candidates[inside]]] = place
        return places


def _units(degrees: Floats) -> Floats:
    return np.asarray((degrees * 10**DIGITS).round())


def label(grid: Grid) -> Label:
    """The pole of inaccessibility of a grid, to a thousandth of its extent."""
    plane = Plane.around(shapely.bounds(grid.shape))
    radius = shapely.maximum_inscribed_circle(plane.metres(grid.shape))
    return Label(*plane.degrees(*radius.coords[0]), float(radius.length))
