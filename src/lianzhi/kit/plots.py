"""Plots: figures in their parts as small pictures, laid out in units of an SVG.

The template `kit/plot.html` draws them. Bars begin at 0, with the interval drawn on each bar that
has one.
"""

from collections.abc import Sequence
from math import floor, isnan, log10
from typing import NamedTuple

WIDTH, ROW = 360, 24
LABEL, VALUE = 104, 78
"""Widths that a row keeps for its name and for its value."""
COLUMNS = 130
"""Height of a plot of columns."""


class Part(NamedTuple):
    """One part of a figure: what it is called, what its figure is, and where it leads."""

    name: str
    value_text: str
    limits_text: str
    href: str
    value: float
    lo: float | None
    hi: float | None
    small: bool
    """An estimate that rests on few."""


class Bar(NamedTuple):
    """Where the bar of a part begins and ends, and where its interval lies."""

    part: Part
    at: float
    """Of a row its top; of a column its left edge."""
    size: float
    lo: float | None
    hi: float | None


class Plot(NamedTuple):
    """A figure in its parts."""

    bars: tuple[Bar, ...]
    upright: bool
    """Whether it has columns, in place of rows."""
    whole: float | None
    """Where the figure of the whole lies."""
    height: float
    step: float
    """Room of a bar."""
    top: str
    """What the top of the scale is; empty for the greatest value or limit."""


def plot(parts: Sequence[Part], whole: float | None, *, upright: bool, share: bool) -> Plot:
    """Columns or rows of the parts in their order; the scale of a share ends at 100 %."""
    room = COLUMNS if upright else WIDTH - LABEL - VALUE
    most = 1.0 if share else max(max(part.value, part.hi or 0.0) for part in parts)
    step = WIDTH / len(parts) if upright else ROW

    def scaled(value: float | None) -> float | None:
        return None if value is None else round(room * min(value / most, 1), 1)

    bars = tuple(
        Bar(part, round(n * step, 2), scaled(part.value) or 0.0, scaled(part.lo), scaled(part.hi))
        for n, part in enumerate(parts)
    )
    height = room if upright else ROW * len(bars)
    top = "100 %" if share else f"{most:,.0f}"
    return Plot(bars, upright, scaled(whole), height, round(step, 2), top)


def round_marks(least: float, most: float, about: int = 4) -> Sequence[float]:
    """Round values, about so many, that enclose both."""
    wide = max(most - least, 1e-6) / about
    unit = 10.0 ** floor(log10(wide))
    step = next(k * unit for k in (1, 2, 5, 10) if k * unit >= wide)
    first, last = floor(least / step), -floor(-most / step)
    return [round(k * step, 9) for k in range(first, max(last, first + 1) + 1)]


def log_place(value: float, least: float, most: float, wide: float = 100.0) -> float:
    """Where a ratio lies on a logarithmic scale of so wide a field; what is beyond lies at its end.

    NaN, a ratio of nothing to nothing, lies where 1 does.
    """
    within = min(max(1.0 if isnan(value) else value, least), most)
    return round(wide * log10(within / least) / log10(most / least), 1)


def bar_from_middle(value: float, most: float, wide: float = 100.0) -> tuple[float, float]:
    """Left edge and width of a bar from the middle of so wide a field; `most` fills one half."""
    half = wide / 2
    size = round(half * min(abs(value) / most, 1.0), 1) if most else 0.0
    return (half, size) if value >= 0 else (round(half - size, 1), size)


def signed(value: float) -> str:
    """A whole number with its sign; 0 has none."""
    whole = round(value)
    return f"{'+' if whole > 0 else '−'}{abs(whole)}" if whole else "0"


def decimal(value: float, places: int = 1) -> str:
    """A number to so many places, with a minus as long as a plus."""
    text = f"{value:.{places}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")
