"""Forest plot: gaps with their intervals, laid out in units of an SVG."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from lianzhi.kit.plots import round_marks

LABEL, FIELD, VALUE, ROW = 260, 360, 150, 26
"""Widths of label, field and value, and height of a row."""
WIDTH = LABEL + FIELD + VALUE


class GapRow(NamedTuple):
    """A gap as the plot is given it; all in the unit of the gap."""

    label: str
    value: float
    lo: float
    hi: float
    detectable: float
    text: str
    verdict: str


class Line(NamedTuple):
    """Where a gap is drawn."""

    row: GapRow
    y: float
    at: float
    lo: float
    hi: float
    band: tuple[float, float]
    """Left edge and width of the band of gaps that would probably be missed."""


class Forest(NamedTuple):
    """A plot with its scale."""

    lines: tuple[Line, ...]
    marks: tuple[tuple[float, str], ...]
    zero: float
    margin: tuple[float, float]
    """Left edge and width of the margin of equivalence."""
    height: float


def forest(rows: Sequence[GapRow], margin: float, scale: float = 100.0) -> Forest:
    """A line for each gap over one scale that holds 0 and the margin; marks in `scale` units."""
    ends = [end for row in rows for end in (row.lo, row.hi) if isfinite(end)]
    marks = round_marks(min([-margin * 1.5, *ends]), max([margin * 1.5, *ends]), 6)
    least, most = marks[0], marks[-1]

    def place(value: float) -> float:
        share = (min(max(value, least), most) - least) / (most - least)
        return round(LABEL + FIELD * share, 1)

    lines = []
    for n, row in enumerate(rows):
        missed = row.detectable if isfinite(row.detectable) else most
        left, right = place(-missed), place(missed)
        band = (left, round(right - left, 1))
        lines.append(Line(row, n * ROW + 13, place(row.value), place(row.lo), place(row.hi), band))
    edges = place(-margin), place(margin)
    return Forest(
        tuple(lines),
        tuple((place(mark), f"{scale * mark:g}".replace("-", "−")) for mark in marks),
        place(0.0),
        (edges[0], round(edges[1] - edges[0], 1)),
        float(ROW * len(rows)),
    )
