"""Ground between grids that belongs to none, as far as a lattice of points shows it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from lianzhi.dispatch.grids.grid import Grids
from lianzhi.dispatch.grids.metres import Plane
from lianzhi.dispatch.grids.rings import PER_DEGREE

#: Points on a side of the lattice, and gaps that are told at most, the largest.
_SIDE, _TOLD = 256, 50


class Gap(NamedTuple):
    """One stretch of free ground that grids enclose."""

    square_metres: float
    """About: lattice points, each with the ground around it."""
    at: tuple[float, float]
    """Longitude and latitude of the point in it that is farthest from its border."""


def gaps(grids: Grids) -> Iterator[Gap]:
    """The largest gaps, largest first. A gap narrower than a 256th of the town may be missed."""
    low, high = grids.box
    step = (high - low) / _SIDE / PER_DEGREE
    x, y = low[:, None] / PER_DEGREE + step[:, None] * (np.arange(_SIDE) + 0.5)
    lon, lat = np.meshgrid(x, y)
    free = (grids.find_many(lon.ravel(), lat.ravel()) < 0).reshape(lon.shape)
    # a rim of free ground joins all that is outside into one: number 1, as the first in the corner
    lakes, count = ndimage.label(np.pad(free, 1, constant_values=True))
    sizes = np.bincount(lakes.ravel(), minlength=count + 1)
    sizes[:2] = 0
    metres = np.prod(Plane.around(low, high).metres(high)) / _SIDE**2
    for lake in np.argsort(-sizes, kind="stable")[:_TOLD]:
        if sizes[lake]:
            depth = ndimage.distance_transform_edt(lakes == lake)[1:-1, 1:-1]
            at = np.unravel_index(int(depth.argmax()), depth.shape)
            yield Gap(float(sizes[lake] * metres), (float(lon[at]), float(lat[at])))
