"""Plots: figures in their parts as small pictures, laid out in units of an SVG.

Bars begin at nought; of a share the scale ends at 100 %. The 95 % interval is drawn on each bar
that has one, and the figure of the whole as a line across.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from lianzhi.chain.scorecard import Figure
from lianzhi.domains.enforcement.figures.scorecard import Amount, Card, Dimension, Line

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
WIDTH, ROW, TOP = 360, 24, 4
LABEL, SAID = 104, 78
"""Widths that a row keeps for its name and for its value."""
COLUMNS = 130
"""Height of a plot by months."""


class Bar(NamedTuple):
    """One part: where its bar ends, where its interval lies, all in units of the SVG."""

    part: str
    """Value of the dimension."""
    name: str
    said: str
    limits: str
    at: float
    """Of a row its top; of a column its left edge."""
    size: float
    lo: float | None
    hi: float | None
    small: bool


class Plot(NamedTuple):
    """A figure in its parts."""

    key: str
    share: bool
    dimension: Dimension
    bars: tuple[Bar, ...]
    whole: float | None
    """Where the figure of the whole lies."""
    said: str
    """The figure of the whole, in words."""
    height: float
    step: float
    """Room of a bar."""
    top: str = ""
    """Of columns: what the top of the scale is."""


Say = Callable[[Figure | Amount], tuple[str, str]]
"""Value and limits of a figure, in words."""


def plots(card: Card, say: Say, name: Callable[[Dimension, str], str]) -> list[Plot]:
    """What is worth drawing: where there are two parts or more, and any is not nought."""
    found = []
    for dimension, key, share in DRAWN:
        parts = [
            one for one in card.lines if one.key == key and tuple(one.figure.part) == (dimension,)
        ]
        shown = [
            (one, figure)
            for one in parts
            if (figure := _figure(one, share)) is not None
            and (figure.value or one.figure.part[dimension])
        ]
        if len(shown) > 1 and any(figure.value for _, figure in shown):
            whole = _figure(card.of(key), share)
            found.append(_plot(key, share, dimension, shown, whole, say, name))
    return found


def _figure(line: Line, share: bool) -> Figure | Amount | None:
    figure = line.share if share else line.figure
    return None if figure is None or figure.value is None else figure


def _plot(
    key: str,
    share: bool,
    dimension: Dimension,
    parts: Sequence[tuple[Line, Figure | Amount]],
    whole: Figure | Amount | None,
    say: Say,
    name: Callable[[Dimension, str], str],
) -> Plot:
    months = dimension == "month"
    room = COLUMNS if months else WIDTH - LABEL - SAID
    most = 1.0 if share else max(_most(figure) for _, figure in parts)
    step = WIDTH / len(parts) if months else ROW

    def scaled(value: float | Decimal | None) -> float | None:
        return None if value is None else round(room * min(float(value) / most, 1), 1)

    if not months:
        parts = sorted(parts, key=lambda one: (not one[0].figure.part[dimension], -_weight(one[1])))
    bars = []
    for place, (line, figure) in enumerate(parts):
        said, limits = say(figure)
        bars.append(
            Bar(
                part=line.figure.part[dimension],
                name=name(dimension, line.figure.part[dimension]),
                said=said,
                limits=limits,
                at=round(place * step, 2),
                size=scaled(figure.value) or 0.0,
                lo=scaled(figure.lo),
                hi=scaled(figure.hi),
                small=isinstance(figure, Figure) and figure.small,
            )
        )
    rate = share or key == "mean_fine"
    return Plot(
        key=key,
        share=share,
        dimension=dimension,
        bars=tuple(bars),
        whole=scaled(whole.value) if whole is not None and rate else None,
        said=say(whole)[0] if whole is not None else "",
        height=room if months else ROW * len(bars),
        step=round(step, 2),
        top="100 %" if share else _round(most),
    )


def _most(figure: Figure | Amount) -> float:
    return max(float(figure.value or 0), float(figure.hi or 0))


def _weight(figure: Figure | Amount) -> float:
    return float(figure.value or 0)


def _round(value: float) -> str:
    return f"{value:,.0f}"
