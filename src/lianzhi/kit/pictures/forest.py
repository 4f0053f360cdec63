"""Forest plot: gaps with their intervals, the margin, and the gaps that would be missed."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from lianzhi.kit.pictures.picture import (
    ROW,
    WIDTH,
    Picture,
    Scale,
    Shape,
    dot,
    label,
    line,
    rect,
    text,
)
from lianzhi.kit.plots import round_marks


class GapRow(NamedTuple):
    """A gap as the plot is given it; all in the unit of the gap."""

    label: str
    value: float
    lo: float
    hi: float
    detectable: float
    """NaN: no band is drawn."""
    text: str
    verdict: str = ""


def forest(
    title: str, caption: str, rows: Sequence[GapRow], margin: float, scale: float = 100.0
) -> Picture:
    """A line for each gap over one scale that holds 0 and the margin; marks in `scale` units."""
    ends = [end for row in rows for end in (row.lo, row.hi) if isfinite(end)]
    marks = round_marks(min([-margin * 1.5, *ends]), max([margin * 1.5, *ends]), 6)
    places, height = Scale(marks[0], marks[-1]), float(ROW * len(rows))
    left, right = places.at(-margin), places.at(margin)
    shapes = [rect("margin", left, 0, right - left, height)]
    for mark in marks:
        x, words = places.at(mark), f"{scale * mark:g}".replace("-", "−")
        shapes += [line("grid", x, 0, x, height), text(x, height + 18, words, "middle", "soft")]
    shapes += [shape for n, row in enumerate(rows) for shape in _row(row, n * ROW + 13, places)]
    zero = places.at(0.0)
    shapes.append(line("zero", zero, 0, zero, height))
    return Picture(title, caption, height + 26, shapes)


def _row(row: GapRow, y: float, places: Scale) -> list[Shape]:
    shapes = [label(y, row.label), text(WIDTH, y + 4, row.text, "end")]
    if row.detectable == row.detectable:
        left, right = places.at(-row.detectable), places.at(row.detectable)
        shapes.append(rect("band", left, y - 8, right - left, 16))
    hint = f"{row.label}: {row.text}" + (f". {row.verdict}" if row.verdict else "")
    shapes.append(line("limits", places.at(row.lo), y, places.at(row.hi), y))
    return [*shapes, dot("point", places.at(row.value), y, hint)]
