"""Grids 网格: areas with their squads, and which of them a place lies in.

Points and borders are whole units of 1e-7 degree (a centimetre), so that the answer is exact. On a
border a point belongs to the grid east or north of it (`strips`): to one grid, always the same.
Points and grids have to be in one system, WGS 84: positions of GCJ-02 lie hundreds of metres off.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lianzhi.dispatch.grids.metres import Floats, Plane, distance, spans
from lianzhi.dispatch.grids.rings import Ints, Polygon, edges_of, units
from lianzhi.dispatch.grids.strips import Strips
from lianzhi.law.words import Words

#: Scan lines at first, then steps on a side of the lattice, and how often it is made finer.
_LINES, _STEPS, _FINER = 48, 8, 6


class Grid(NamedTuple):
    """One area with the squad that looks after it."""

    id: str
    words: Words
    squad: str
    polygons: tuple[Polygon, ...]

    @property
    def edges(self) -> Ints:
        """All its edges, in units."""
        return edges_of([ring for polygon in self.polygons for ring in polygon])


class Label(NamedTuple):
    """A point well inside a grid."""

    lon: float
    lat: float
    metres: float
    """How far it is to the nearest border."""


class Grids:
    """All grids of a town, in the order of their file."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self.grids = tuple(grids)
        self.by_id = {grid.id: grid for grid in self.grids}
        edges = [grid.edges for grid in self.grids]
        owner = np.repeat(np.arange(len(edges)), [len(one) for one in edges])
        self._edges = np.concatenate(edges) if edges else np.zeros((0, 4), np.int64)
        self._strips = Strips(self._edges.copy(), owner)

    def find(self, lon: float, lat: float) -> str | None:
        """The id of the grid in which a point (degrees) lies; None where it lies in none."""
        found = int(self.find_many([lon], [lat])[0])
        return None if found < 0 else self.grids[found].id

    def find_many(self, lon: ArrayLike, lat: ArrayLike) -> Ints:
        """The place in `grids` for each of many points (degrees); -1: none, or no number."""
        at = np.stack([np.asarray(lon, np.float64), np.asarray(lat, np.float64)])
        good = (np.abs(at) <= 360).all(axis=0)  # what is not a number is not good either
        found = np.full(at.shape[1], -1, np.int64)
        x, y = units(at[:, good])
        found[good] = self._strips.find(x, y)
        return found

    @cached_property
    def box(self) -> tuple[Ints, Ints]:
        """South-western and north-eastern corner of all grids, in units."""
        if not self.grids:
            return np.zeros(2, np.int64), np.ones(2, np.int64)
        ends = self._edges.reshape(-1, 2)
        return ends.min(axis=0), ends.max(axis=0)

    @cached_property
    def labels(self) -> dict[str, "Label"]:
        """For each grid, by id, where its name is best written."""
        return {grid.id: label(grid) for grid in self.grids}


def label(grid: Grid) -> Label:
    """A point far from the borders of a grid, nearly its pole of inaccessibility.

    The widest place of the middle scan lines is bettered on ever finer lattices around it.
    """
    edges = grid.edges
    ends = edges.reshape(-1, 2)
    low, high = ends.min(axis=0), ends.max(axis=0)
    plane, one = Plane.around(low, high), Strips(edges.copy(), np.zeros(len(edges), np.int64))
    lines = plane.metres(edges)
    levels = np.unique(lines[:, 1])
    heights = (levels[:-1] + levels[1:]) / 2
    tall = heights[np.argsort(-np.diff(levels), kind="stable")[:_LINES]]
    points = np.array([((f + t) / 2, y) for y in tall for f, t in spans(lines, y)])
    best = _deepest(points, lines)
    reach = plane.metres(high) / 2
    steps = np.linspace(-1, 1, _STEPS + 1)
    middle = reach
    for _ in range(_FINER):
        x, y = np.meshgrid(middle[0] + steps * reach[0], middle[1] + steps * reach[1])
        around = np.stack([x.ravel(), y.ravel()], axis=1)
        inside = around[one.find(*plane.units(around).T) == 0]
        middle = best = _deepest(np.concatenate([best[None], inside]), lines)
        reach = reach / 4
    return Label(*plane.degrees(best), float(distance(best[None], lines)[0]))


def _deepest(points: Floats, lines: Floats) -> Floats:
    best: Floats = points[int(distance(points, lines).argmax())]
    return best
