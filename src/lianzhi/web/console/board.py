"""The board: a scorecard laid out as a page, section by section, with its charts."""

from collections.abc import Sequence
from typing import Any

import msgspec
from babel.support import Translations

from lianzhi.chain.scorecard import Figure, Scorecard
from lianzhi.chain.scorecard_figures import RIGHT, SECTIONS, SPECS, Spec
from lianzhi.kit.periods import Period
from lianzhi.web.console.drill import behind
from lianzhi.web.console.figure_text import Names, interval, value

#: Shares and lengths of time that are drawn, by the dimension of their parts.
DRAWN: tuple[tuple[str, str], ...] = (
    ("appeals.overturned_share", "party"),
    ("appeals.overturned_share", "automated"),
    ("appeals.by_measure_share", "key"),
    ("appeals.by_role_share", "role"),
    ("appeals.overturned_share", "rule"),
    ("cases.false_positive_share", "kind"),
    ("measures.undelivered_share", "key"),
)
#: More rows than these are left to the table.
_ROWS_DRAWN = 9
_MINUTE = 60_000


class Row(msgspec.Struct, frozen=True):
    """One figure with its name and the list behind it."""

    name: str
    figure: Figure
    href: str


class Group(msgspec.Struct, frozen=True):
    """A figure broken down by dimensions."""

    key: str
    dims: tuple[str, ...]
    rows: tuple[Row, ...]


class Part(msgspec.Struct, frozen=True):
    """A section of the page."""

    key: str
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    figures: tuple[str, ...]
    """Keys of the figures in it."""


class Chart(msgspec.Struct, frozen=True):
    """A figure in its parts, drawn: a dot and its interval each, the whole as baseline."""

    key: str
    dim: str
    data: dict[str, Any]


class Grid(msgspec.Struct, frozen=True):
    """Measures by kind, role and mode down, by status across."""

    statuses: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Row | None, ...]], ...]


_SPECS = {spec.key: spec for spec in SPECS}
_GRID = ("key", "role", "mode", "status")


class Board:
    """Lays a scorecard out as a page."""

    def __init__(
        self, card: Scorecard, period: Period, names: Names, catalogue: Translations
    ) -> None:
        self._card, self._period, self._names, self._catalogue = card, period, names, catalogue

    def right(self) -> list[Row]:
        """Figures on whether decisions were right."""
        return [self._row(_SPECS[key], self._card.of(key)) for key in RIGHT]

    def sections(self) -> list[Part]:
        """All figures in their sections."""
        parts = []
        for section in SECTIONS:
            specs = [spec for spec in SPECS if spec.section == section]
            rows = [
                self._row(spec, figure)
                for spec in specs
                for figure in self._card.figures
                if figure.key == spec.key and (not figure.part or spec.kind == "quantile")
            ]
            groups = [
                group
                for spec in specs
                for dims in spec.by
                if dims != _GRID and (group := self._group(spec, dims)).rows
            ]
            keys = tuple(spec.key for spec in specs)
            parts.append(Part(section, tuple(rows), tuple(groups), keys))
        return parts

    def grid(self) -> Grid:
        """Measures of each kind, role and mode, by status."""
        spec = _SPECS["measures.ordered"]
        cells: dict[tuple[str, ...], dict[str, Row]] = {}
        for figure in self._card.parts(spec.key, *_GRID):
            *down, across = figure.part.values()
            cells.setdefault(tuple(down), {})[across] = self._row(spec, figure)
        statuses = spec.where["status"]
        rows = tuple(
            (
                tuple(
                    self._names.part(dim, name) for dim, name in zip(_GRID[:-1], down, strict=True)
                ),
                tuple(row.get(status) for status in statuses),
            )
            for down, row in sorted(cells.items())
        )
        return Grid(statuses, rows)

    def charts(self) -> list[Chart]:
        """Error rates by part; no chart for a figure without errors or with a single part."""
        charts = []
        for key, dim in DRAWN:
            figures = [f for f in self._card.parts(key, dim) if f.value is not None]
            if len(figures) > 1 and any(f.hits for f in figures):
                charts.append(Chart(key, dim, self._forest(figures, self._card.whole(key))))
        return charts

    def speed(self) -> Chart | None:
        """Median durations on one scale; None where there are none."""
        figures = [
            figure
            for figure in self._card.figures
            if figure.kind == "quantile" and not figure.part and figure.value is not None
        ]
        if not figures:
            return None
        return Chart("speed", "", self._forest(figures, None))

    def _row(self, spec: Spec, figure: Figure) -> Row:
        name = self._names.parts(figure.part) or self._names.figure(figure.key)
        if spec.kind == "quantile":
            name = self._names.figure(figure.key)
            if figure.part:
                name = f"{name} · {self._names.parts(figure.part)}"
        return Row(name, figure, behind(spec, self._period, self._card.at, figure.part))

    def _group(self, spec: Spec, dims: tuple[str, ...]) -> Group:
        figures = self._card.parts(spec.key, *dims)
        return Group(spec.key, dims, tuple(self._row(spec, figure) for figure in figures))

    def _forest(self, figures: Sequence[Figure], whole: Figure | None) -> dict[str, Any]:
        """What the chart draws, with its words: shares in per cent, times in minutes."""
        unit = figures[0].unit
        return {
            "unit": unit,
            "rows": [
                {
                    "name": self._names.parts(figure.part) or self._names.figure(figure.key),
                    "said": value(figure.value, unit, self._catalogue),
                    "limits": interval(figure, self._catalogue),
                    "value": _scaled(figure.value, unit),
                    "lo": _scaled(figure.lo, unit),
                    "hi": _scaled(figure.hi, unit),
                    "n": figure.n,
                    "small": figure.small,
                }
                for figure in figures[:_ROWS_DRAWN]
            ],
            "baseline": None if whole is None else _scaled(whole.value, unit),
            "words": {
                key: self._catalogue.gettext(f"chart.{key}") for key in ("min", "h", "d", "whole")
            },
        }


def _scaled(value_: float | None, unit: str) -> float | None:
    if value_ is None:
        return None
    return round(value_ / _MINUTE, 3) if unit == "ms" else round(100 * value_, 2)
