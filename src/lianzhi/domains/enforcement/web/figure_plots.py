"""Which figures of the scorecard are drawn in their parts, and what each bar leads to."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lianzhi.chain.scorecard import Figure
from lianzhi.domains.enforcement.figures.scorecard import Amount, Card, Dimension, Line
from lianzhi.kit.addresses import address
from lianzhi.kit.plots import Part, Plot, plot

#: What is drawn: dimension, figure, and whether its share is.
DRAWN: tuple[tuple[Dimension, str, bool], ...] = (
    ("month", "accepted", False),
    ("month", "on_time", True),
    ("month", "files", False),
    ("month", "exempted", True),
    ("month", "fines", False),
    ("month", "violating", True),
    ("department", "files", False),
    ("department", "exempted", True),
    ("department", "mean_fine", False),
    ("department", "violating", True),
    ("squad", "accepted", False),
    ("squad", "on_time", True),
    ("squad", "exempted", True),
    ("squad", "violating", True),
)

FigureFormat = Callable[[Figure | Amount], tuple[str, str]]
"""Value and limits of a figure, in words."""


class FigurePlot(NamedTuple):
    """A figure in its parts."""

    key: str
    share: bool
    dimension: Dimension
    whole_text: str
    plot: Plot


def plots(
    card: Card, period: str, format_figure: FigureFormat, name: Callable[[Dimension, str], str]
) -> list[FigurePlot]:
    """What is worth drawing: where there are two parts or more, and any is not nought."""
    drawn = []
    for dimension, key, share in DRAWN:
        lines = [
            line
            for line in card.lines
            if line.key == key and tuple(line.figure.part) == (dimension,)
        ]
        parts = [
            (line.figure.part[dimension], figure)
            for line in lines
            if (figure := _figure(line, share)) is not None
            and (figure.value or line.figure.part[dimension])
        ]
        if len(parts) < 2 or not any(figure.value for _, figure in parts):
            continue
        if dimension != "month":
            parts.sort(key=lambda part: (not part[0], -_number(part[1].value)))
        path = f"/enforcement/figures/{key}"
        bars = [
            _part(name(dimension, value), figure, format_figure, address(path, **query))
            for value, figure in parts
            for query in ({"period": period, dimension: value or "-"},)
        ]
        drawn.append(
            _figure_plot(dimension, key, share, bars, _figure(card.of(key), share), format_figure)
        )
    return drawn


def _figure_plot(
    dimension: Dimension,
    key: str,
    share: bool,
    parts: Sequence[Part],
    whole: Figure | Amount | None,
    format_figure: FigureFormat,
) -> FigurePlot:
    rate = share or key == "mean_fine"
    line = _number(whole.value) if whole is not None and rate else None
    drawn = plot(parts, line, upright=dimension == "month", share=share)
    text = format_figure(whole)[0] if whole is not None and rate else ""
    return FigurePlot(key, share, dimension, text, drawn)


def _part(name: str, figure: Figure | Amount, format_figure: FigureFormat, href: str) -> Part:
    lo, hi = (None if limit is None else float(limit) for limit in (figure.lo, figure.hi))
    small = isinstance(figure, Figure) and figure.small
    return Part(name, *format_figure(figure), href, _number(figure.value), lo, hi, small)


def _figure(line: Line, share: bool) -> Figure | Amount | None:
    figure = line.share if share else line.figure
    return None if figure is None or figure.value is None else figure


def _number(value: object) -> float:
    return float(value or 0)  # type: ignore[arg-type]
