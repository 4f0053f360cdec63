"""A map of grids and requests as SVG: paths and labels, no tiles, nothing loaded from elsewhere.

Load is shown by shade and by number, so that it can be read without colour. `plan` gives the shapes
that a page draws itself; `render` makes a self-contained file.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import shapely
from lxml import etree
from shapely.geometry.base import BaseGeometry

from lianzhi.dispatch.grids.grid import Grid, Grids, Label
from lianzhi.dispatch.grids.plane import Plane
from lianzhi.dispatch.phrases import phrase

WIDTH = 1000.0
"""Width of a drawing in pixels; a very tall town is drawn narrower."""
_HIGHEST = 1400.0
_MARGIN = 12.0
#: Largest deviation of a drawn border, in pixels.
_FINE = 0.4
#: Initial tolerance of the simplification: a triangle as long as a label, and no higher than
#: `_FINE`.
_COARSEST = 16
#: From few to many; dark letters with a light rim are legible on the darkest.
SHADES = ("#f4f1ea", "#dce8ee", "#b5d3e0", "#84b6cd", "#5796b5")
_SMALLEST, _LARGEST = 5.0, 16.0
#: Length in ems from which a name is set in two lines.
_LONG = 5.0
_SVG = "http://www.w3.org/2000/svg"


class Shape(NamedTuple):
    """A grid as it is drawn."""

    id: str
    path: str
    """SVG path data; holes by the even-odd rule."""
    x: float
    y: float
    """Middle of its label, well inside."""
    size: float
    """Font size of the label, so that it fits in."""
    lines: tuple[str, ...]
    """Its name, in two lines if it is long."""
    title: str
    """Text for screen readers and tooltips."""
    load: int | None
    shade: int
    """Which of `SHADES`; 0 also where there is nothing to count."""


class Dot(NamedTuple):
    """A request as it is drawn."""

    x: float
    y: float
    title: str


class Plan(NamedTuple):
    """A drawing in pixels."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    dots: tuple[Dot, ...]
    steps: tuple[int, ...]
    """The highest load of each shade, for the legend; empty where loads are not drawn."""
    corners: tuple[float, float, float, float]
    """Degrees of its edges: west, north, east, south; positions between are linear."""

    @property
    def view_box(self) -> str:
        """Value of the attribute `viewBox`."""
        return f"0 0 {self.width:.0f} {self.height:.0f}"

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Pixels of a position in degrees."""
        west, north, east, south = self.corners
        x, y = (lon - west) / (east - west), (north - lat) / (north - south)
        return round(x * self.width, 1), round(y * self.height, 1)


def plan(
    grids: Grids,
    loads: Mapping[str, int] | None = None,
    points: Sequence[tuple[float, float, str]] = (),
    language: str = "zh",
) -> Plan:
    """Lay grids out. `loads`: grid id -> open requests; `points`: longitude, latitude, title."""
    plane = Plane.around(grids.bounds)
    across, up = plane.metres(shapely.Point(grids.bounds[2:])).coords[0]
    scale = min((WIDTH - 2 * _MARGIN) / max(across, 1), (_HIGHEST - 2 * _MARGIN) / max(up, 1))
    page = _Page(plane, scale, up)
    borders = simplify(page.pixels(grids.shapes), _FINE)
    steps = _steps(max(loads.values(), default=0)) if loads is not None else ()
    return Plan(
        across * scale + 2 * _MARGIN,
        up * scale + 2 * _MARGIN,
        tuple(
            _shape(grid, grids.labels[grid.id], page, border, loads, steps, language)
            for grid, border in zip(grids.grids, borders, strict=True)
        ),
        tuple(Dot(*page.at(lon, lat), title) for lon, lat, title in points),
        steps,
        page.corners(across * scale + 2 * _MARGIN),
    )


def simplify(shapes: Any, distance: float) -> Any:
    """Shapes with fewer corners, whose old corners lie within `distance` of the new borders.

    Neighbours keep a common border. The method is that of Visvalingam and Whyatt, which bounds
    areas and not distances: its tolerance is halved until the distance holds everywhere.
    """
    corners, owners = shapely.get_coordinates(shapes, return_index=True)
    corners = shapely.points(corners)
    tolerance = _COARSEST * distance
    while True:
        simplified = shapely.coverage_simplify(shapes, tolerance)
        borders = shapely.boundary(simplified)
        shapely.prepare(borders)
        if shapely.dwithin(borders[owners], corners, distance).all():
            return simplified
        tolerance /= 2


class _Page(NamedTuple):
    plane: Plane
    scale: float
    up: float

    def pixels(self, shapes: Any) -> Any:
        """Shapes in degrees as they lie on the page."""
        return shapely.transform(
            self.plane.metres(shapes),
            lambda metres: _MARGIN + (metres * (1, -1) + (0, self.up)) * self.scale,
        )

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = self.pixels(shapely.Point(lon, lat)).coords[0]
        return round(x, 1), round(y, 1)

    def corners(self, width: float) -> tuple[float, float, float, float]:
        """Degrees of the page's edges, margins included: west, north, east, south."""
        near, far = -_MARGIN / self.scale, (width - _MARGIN) / self.scale
        west, south = self.plane.degrees(near, near)
        east, north = self.plane.degrees(far, self.up - near)
        return west, north, east, south


def _path(border: BaseGeometry) -> str:
    """SVG path data of an area, repeated positions left out."""
    path = ""
    for part in shapely.get_parts(border):
        for ring in (part.exterior, *part.interiors):
            positions = [f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]]
            path += "M" + "L".join(position for position, _ in groupby(positions)) + "Z"
    return path


def _shape(
    grid: Grid,
    label: Label,
    page: _Page,
    border: BaseGeometry,
    loads: Mapping[str, int] | None,
    steps: tuple[int, ...],
    language: str,
) -> Shape:
    name = grid.words.say(language)
    load = None if loads is None else loads.get(grid.id, 0)
    titles = [phrase("map.area", name=grid.words, id=grid.id, squad=grid.squad)]
    titles += [] if load is None else [phrase("map.load", load=load)]
    title = ("；" if language == "zh" else "; ").join(part.say(language) for part in titles)
    lines = _lines(name)
    room = 1.9 * label.metres * page.scale / max(map(_ems, lines))
    size = float(np.clip(room, _SMALLEST, _LARGEST))
    shade = int(np.searchsorted(steps, load)) if load is not None else 0
    at = page.at(label.lon, label.lat)
    return Shape(grid.id, _path(border), *at, size, lines, title, load, shade)


def _lines(name: str) -> tuple[str, ...]:
    """A long name in two lines of similar length, if it has a space."""
    cuts = [at for at, char in enumerate(name) if char == " "]
    if _ems(name) <= _LONG or not cuts:
        return (name,)
    at = min(cuts, key=lambda cut: max(_ems(name[:cut]), _ems(name[cut:])))
    return name[:at], name[at + 1 :]


def _ems(text: str) -> float:
    """About the width of a text in ems: Chinese characters are square, others half as wide."""
    return sum(1.0 if char > "\u2e7f" else 0.55 for char in text) or 1.0


def _steps(most: int) -> tuple[int, ...]:
    """The highest load of each shade: none, then four equal classes."""
    parts = len(SHADES) - 1
    return (0, *(max(-(-most * part // parts), part) for part in range(1, parts + 1)))


def render(drawing: Plan, language: str = "zh") -> bytes:
    """The drawing as an SVG file with title, legend, and a title on every grid and request."""
    legend = 40 if drawing.steps else 0
    root = etree.Element(
        f"{{{_SVG}}}svg",
        {
            "viewBox": f"0 0 {drawing.width:.0f} {drawing.height + legend:.0f}",
            "role": "img",
            "aria-labelledby": "map-title",
            "font-family": "sans-serif",
        },
        nsmap={None: _SVG},
    )
    _put(root, "title", phrase("map.title").say(language), id="map-title")
    areas = _put(root, "g", stroke="#3b4a54", **{"stroke-width": "1", "stroke-linejoin": "round"})
    for shape in drawing.shapes:
        area = _put(areas, "path", d=shape.path, fill=SHADES[shape.shade])
        area.set("fill-rule", "evenodd")
        area.set("data-grid", shape.id)
        _put(area, "title", shape.title)
    for dot in drawing.dots:
        mark = _put(root, "circle", cx=dot.x, cy=dot.y, r=3, fill="#8c2d19", stroke="#ffffff")
        _put(mark, "title", dot.title)
    rim = {"stroke": "#ffffff", "stroke-width": "3", "paint-order": "stroke"}
    names = _put(root, "g", fill="#1d2429", **rim, **{"text-anchor": "middle"})
    names.set("pointer-events", "none")
    for shape in drawing.shapes:
        lines = [*shape.lines, *([] if shape.load is None else [str(shape.load)])]
        top = shape.y - (len(lines) - 1) * 0.6 * shape.size + 0.35 * shape.size
        for row, line in enumerate(lines):
            text = _put(names, "text", line, x=shape.x, y=round(top + 1.2 * row * shape.size, 1))
            text.set("font-size", f"{shape.size:.1f}")
            if row >= len(shape.lines):
                text.set("font-weight", "bold")
    if drawing.steps:
        _legend(root, drawing, language)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _legend(root: Any, drawing: Plan, language: str) -> None:
    y = round(drawing.height + 24, 1)
    box = _put(root, "g", fill="#1d2429", **{"font-size": 14})
    _put(box, "text", phrase("map.legend").say(language), x=_MARGIN, y=y)
    before = -1
    for place, step in enumerate(drawing.steps):
        x = 130 + 100 * place
        _put(box, "rect", x=x, y=y - 13, width=18, height=18, fill=SHADES[place], stroke="#3b4a54")
        _put(box, "text", str(step) if step <= before + 1 else f"{before + 1}-{step}",
             x=x + 24, y=y)  # fmt: skip
        before = step


def _put(parent: Any, tag: str, text: str | None = None, /, **attributes: object) -> Any:
    named = {name: str(value) for name, value in attributes.items()}
    child = etree.SubElement(parent, f"{{{_SVG}}}{tag}", named)
    if text is not None:
        # XML 1.0 excludes control characters, which a title may contain.
        child.text = "".join(char if char.isprintable() else " " for char in text)
    return child
