"""A plane in metres around a place, for areas, widths and drawings.

The projection is equirectangular, with longitude shortened by the cosine of the middle latitude:
over the 100 km of a county it errs by less than 1 %.
"""

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Mean length of a degree of latitude, in metres (meridian of 40,008 km).
DEGREE = 111_132.0


class Plane(NamedTuple):
    """Metres east and north of a point."""

    west: float
    """Longitude and latitude of the origin, in degrees."""
    south: float
    shrink: float
    """Length of a degree of longitude over that of a degree of latitude."""

    @classmethod
    def around(cls, bounds: Floats) -> "Plane":
        """The plane of a box (west, south, east, north); its origin is the south-western corner."""
        west, south, _, north = bounds.tolist()
        return cls(west, south, max(float(np.cos(np.radians((south + north) / 2))), 1e-6))

    def metres(self, shapes: Any) -> Any:
        """A shape, or array of shapes, projected to coordinates in metres."""
        return shapely.transform(shapes, lambda degrees: (degrees - self[:2]) * self._scale)

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a point in metres, rounded to the digits of grids."""
        lon, lat = (np.array([x, y]) / self._scale + self[:2]).round(DIGITS).tolist()
        return lon, lat

    @property
    def _scale(self) -> Floats:
        return np.array([self.shrink, 1.0]) * DEGREE


#: Decimals of a degree to which positions are rounded: about a centimetre (RFC 7946, 11.2).
DIGITS = 7
