"""A series of counts as columns on one scale from 0, each with its bound and alarm.

The template `kit/series.html` draws it.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """One value of a series."""

    value: int
    bound: float | None = None
    """What it may reach without an alarm; None where nothing was expected of it."""
    alarm: bool = False
    shade: float = 0.9
    """Opacity, by which parts of a series are told apart."""
    title: str = ""
    hatched: bool = False
    """Whether it is not complete yet."""


class Column(NamedTuple):
    """A point with its left edge, top, height and the top of its bound, in units of the picture."""

    point: Point
    x: float
    y: float
    height: float
    bound: float | None


class Picture(NamedTuple):
    """Columns in the order of the series."""

    columns: tuple[Column, ...]
    width: float
    height: float
    step: float
    """Room of a column."""
    most: float
    """The top of the scale."""


def picture(points: Sequence[Point], width: float, height: float) -> Picture:
    """Lay out the points, of which there is at least one."""
    most = max(1.0, *(max(point.value, point.bound or 0.0) for point in points))
    step = width / len(points)
    columns = []
    for place, point in enumerate(points):
        tall = round(height * point.value / most, 1)
        bound = None if point.bound is None else round(height * (1 - point.bound / most), 1)
        columns.append(Column(point, round(place * step, 2), round(height - tall, 1), tall, bound))
    return Picture(tuple(columns), width, height, round(step, 2), most)
