"""Survival curves: the share that lasts for at least so many minutes, with intervals."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from lianzhi.kit.pictures.picture import (
    WIDTH,
    Picture,
    Scale,
    Shape,
    line,
    path,
    text,
)

_HEIGHT, _LEFT, _RIGHT = 240.0, 60.0, WIDTH - 150.0
_STYLES = (("curve", "around"), ("other", "beside"))


class CurvePoint(NamedTuple):
    """A share at a number of minutes, with its interval."""

    minutes: float
    share: float
    lo: float
    hi: float


class Curve(NamedTuple):
    """A curve; points in order of minutes."""

    label: str
    points: Sequence[CurvePoint]


def survival_curves(title: str, caption: str, curves: Sequence[Curve]) -> Picture:
    """Up to two curves over one scale from 0 to 100 %, labelled where they end."""
    minutes = [point.minutes for point in curves[0].points]
    across, up = Scale(minutes[0], minutes[-1], _LEFT, _RIGHT), Scale(0.0, 1.0, _HEIGHT, 10.0)
    shapes: list[Shape] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = up.at(share)
        shapes += [line("grid", _LEFT, y, _RIGHT, y)]
        shapes += [text(_LEFT - 8, y + 4, f"{100 * share:g} %", "end", "soft")]
    for mark in range(0, int(minutes[-1]) + 1, 30):
        shapes.append(text(across.at(mark), _HEIGHT + 18, str(mark), "middle", "soft"))
    names = []
    for (drawn, band), curve in zip(_STYLES, curves, strict=False):
        at = [across.at(point.minutes) for point in curve.points]
        upper = [up.at(point.hi if isfinite(point.hi) else 1.0) for point in curve.points]
        lower = [up.at(point.lo if isfinite(point.lo) else 0.0) for point in curve.points]
        around = [*zip(at, upper, strict=True), *reversed(list(zip(at, lower, strict=True)))]
        shapes.append(path(band, around, closed=True))
        shapes.append(
            path(drawn, [(x, up.at(p.share)) for x, p in zip(at, curve.points, strict=True)])
        )
        names.append((up.at(curve.points[-1].share), drawn, curve.label))
    floor = _HEIGHT + 17.0
    for y, drawn, name in sorted(names, reverse=True):
        floor = min(y, floor - 17)
        shapes.append(line(drawn, _RIGHT + 6, floor, _RIGHT + 20, floor))
        shapes.append(text(_RIGHT + 26, floor + 4, name))
    return Picture(title, caption, _HEIGHT + 26, shapes)
