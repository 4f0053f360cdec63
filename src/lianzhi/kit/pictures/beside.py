"""Dots beside dots: what is audited, and its baselines, on one scale from 0 to 1."""

from collections.abc import Sequence
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
    text,
)

_STYLES = ("hollow", "second", "faint")


class DotRow(NamedTuple):
    """A measure; values are 0 to 1."""

    label: str
    value: float
    others: Sequence[float]
    text: str


def dots_beside(
    title: str, caption: str, name: str, others: Sequence[str], rows: Sequence[DotRow]
) -> Picture:
    """A line for each measure: a filled dot for the audited, others for up to three baselines."""
    places, top = Scale(0.0, 1.0), float(ROW)
    height = top + ROW * len(rows)
    shapes: list[Shape] = []
    x = 0.0
    for css, words in zip(("point", *_STYLES), (name, *others), strict=False):
        shapes += [dot(css, x + 4, 9), text(x + 14, 13, words, css="soft")]
        x += 34 + sum(12 if ord(char) > 0x2E7F else 6.4 for char in words)
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = places.at(mark)
        shapes.append(line("grid", x, top, x, height))
        shapes.append(text(x, height + 18, f"{mark:g}", "middle", "soft"))
    for n, row in enumerate(rows):
        y = top + n * ROW + 13
        ends = [places.at(value) for value in (row.value, *row.others)]
        shapes += [label(y, row.label), line("zero", min(ends), y, max(ends), y)]
        shapes.append(text(WIDTH, y + 4, row.text, "end"))
        for css, value, words in zip(_STYLES, row.others, others, strict=False):
            shapes.append(dot(css, places.at(value), y, f"{row.label}: {words}"))
        shapes.append(dot("point", places.at(row.value), y, f"{row.label}: {name} {row.text}"))
    return Picture(title, caption, height + 26, shapes)
