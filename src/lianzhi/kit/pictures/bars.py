"""Bars of shares, each in up to two parts, from 0 to all."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.kit.pictures.picture import (
    ROW,
    WIDTH,
    Picture,
    Scale,
    label,
    line,
    rect,
    text,
)


class ShareRow(NamedTuple):
    """A bar: its parts are shares of 1."""

    label: str
    first: float
    second: float
    text: str
    limits: tuple[float, float] | None = None
    """Interval of the first part."""


def share_bars(title: str, caption: str, rows: Sequence[ShareRow]) -> Picture:
    """A bar for each row, over a scale from 0 to 100 %."""
    places, height = Scale(0.0, 1.0), float(ROW * len(rows))
    shapes = []
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = places.at(mark)
        shapes += [
            line("grid", x, 0, x, height),
            text(x, height + 18, f"{100 * mark:g} %", "middle", "soft"),
        ]
    for n, row in enumerate(rows):
        y, ends = n * ROW + 13, (places.at(row.first), places.at(row.first + row.second))
        hint = f"{row.label}: {row.text}"
        shapes += [label(y, row.label), text(WIDTH, y + 4, row.text, "end")]
        shapes.append(rect("first", places.left, y - 7, ends[0] - places.left, 14, hint))
        shapes.append(rect("second", ends[0], y - 7, ends[1] - ends[0], 14, hint))
        if row.limits is not None:
            shapes.append(line("zero", places.at(row.limits[0]), y, places.at(row.limits[1]), y))
    return Picture(title, caption, height + 26, shapes)
