"""Areas as they lie on the ground: metres around a middle latitude, scan lines, distances.

The projection is equirectangular (x shortened by the cosine of the middle latitude): over the
100 km of a county it errs by less than 1 %, which is enough to tell widths and to draw.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.dispatch.grids.rings import PER_DEGREE, Ints

Floats = NDArray[np.float64]
#: Metres of a degree of latitude, on average (40,008 km around the poles).
_DEGREE = 111_132.0
#: Cells of a matrix that is held at a time: what stays in the cache of a core.
_AT_A_TIME = 1 << 16


class Plane(NamedTuple):
    """Metres east and north of a point."""

    x: int
    y: int
    shrink: float
    """How much shorter a degree of longitude is than one of latitude."""

    @classmethod
    def around(cls, low: Ints, high: Ints) -> "Plane":
        """The plane whose origin is the south-western corner of a box, given in units."""
        middle = np.radians((low[1] + high[1]) / 2 / PER_DEGREE)
        return cls(int(low[0]), int(low[1]), max(float(np.cos(middle)), 1e-6))

    def metres(self, units: Ints) -> Floats:
        """Positions (x, y; or rows of x, y, x, y) in metres."""
        times = units.shape[-1] // 2
        scale = np.tile([self.shrink, 1.0], times) * (_DEGREE / PER_DEGREE)
        return np.asarray((units - np.tile([self.x, self.y], times)) * scale)

    def units(self, points: Floats) -> Ints:
        """Positions in metres, one a row, as whole units."""
        scale = np.array([_DEGREE * self.shrink, _DEGREE]) / PER_DEGREE
        return np.asarray(np.rint(points / scale).astype(np.int64) + np.array([self.x, self.y]))

    def degrees(self, point: Floats) -> tuple[float, float]:
        """Longitude and latitude of a position in metres."""
        lon, lat = (self.units(point) / PER_DEGREE).tolist()
        return lon, lat


def spans(edges: Floats, y: float) -> Floats:
    """Where a level line at `y` runs inside an area: rows of from, to. No vertex may lie on it."""
    cut = edges[(edges[:, 1] > y) != (edges[:, 3] > y)]
    x = cut[:, 0] + (y - cut[:, 1]) / (cut[:, 3] - cut[:, 1]) * (cut[:, 2] - cut[:, 0])
    x.sort()
    return np.asarray(x[: len(x) // 2 * 2].reshape(-1, 2))


def distance(points: Floats, edges: Floats) -> Floats:
    """Metres from each point to the nearest of the edges."""
    nearest = np.full(len(points), np.inf)
    x, y = points[:, :1], points[:, 1:]
    step = max(_AT_A_TIME // max(len(points), 1), 1)
    for at in range(0, len(edges), step):
        x1, y1, x2, y2 = edges[at : at + step].T
        dx, dy = x2 - x1, y2 - y1
        east, north = x - x1, y - y1
        along = (east * dx + north * dy) / np.maximum(dx * dx + dy * dy, 1e-12)
        np.clip(along, 0, 1, out=along)
        east -= along * dx
        north -= along * dy
        np.minimum(nearest, (east * east + north * north).min(axis=1), out=nearest)
    return np.asarray(np.sqrt(nearest))
