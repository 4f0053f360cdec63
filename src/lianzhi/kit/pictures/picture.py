"""Pictures of reports as shapes, which one template draws for the screen and for print."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from jinja2 import Environment, StrictUndefined, Template

LABEL, FIELD, VALUE, ROW = 260, 360, 150, 26
"""Widths of label, field and value, and height of a row, in units of the SVG."""
WIDTH = LABEL + FIELD + VALUE


class Shape(NamedTuple):
    """An element of an SVG; `css` names its class."""

    tag: Literal["rect", "line", "circle", "path", "text"]
    css: str
    attributes: Mapping[str, str]
    text: str = ""
    hint: str = ""
    """What a pointer on it shows."""


class Picture(NamedTuple):
    """A picture with its words."""

    title: str
    caption: str
    height: float
    shapes: Sequence[Shape]


class Scale(NamedTuple):
    """Places of values between `left` and `right`; what lies beyond is put at the edge."""

    least: float
    most: float
    left: float = LABEL
    right: float = LABEL + FIELD

    def at(self, value: float) -> float:
        """Where a value is drawn."""
        share = (min(max(value, self.least), self.most) - self.least) / (self.most - self.least)
        return self.left + (self.right - self.left) * share


def rect(css: str, x: float, y: float, width: float, height: float, hint: str = "") -> Shape:
    """A rectangle from its top left corner."""
    numbers = {"x": x, "y": y, "width": max(width, 0), "height": max(height, 0)}
    return Shape("rect", css, _texts(numbers), hint=hint)


def line(css: str, x1: float, y1: float, x2: float, y2: float) -> Shape:
    """A straight line."""
    return Shape("line", css, _texts({"x1": x1, "y1": y1, "x2": x2, "y2": y2}))


def dot(css: str, x: float, y: float, hint: str = "") -> Shape:
    """A dot around a point."""
    return Shape("circle", css, _texts({"cx": x, "cy": y, "r": 4}), hint=hint)


def path(css: str, points: Sequence[tuple[float, float]], *, closed: bool = False) -> Shape:
    """A line through points."""
    drawn = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
    return Shape("path", css, {"d": drawn})


def text(x: float, y: float, words: str, anchor: str = "start", css: str = "") -> Shape:
    """Words at a point, which is their start, middle or end."""
    return Shape("text", css, _texts({"x": x, "y": y}) | {"text-anchor": anchor}, words)


def label(y: float, words: str) -> Shape:
    """The name of a row, cut to fit."""
    room = 38
    for at, char in enumerate(words):
        room -= 2 if ord(char) > 0x2E7F else 1
        if room < 0:
            words = words[:at] + "…"
            break
    return text(LABEL - 10, y + 4, words, "end")


def svg(picture: Picture, *, printed: bool = False) -> str:
    """The picture as SVG; `printed` with colours of its own, else with those of the page."""
    return _template().render(picture=picture, width=WIDTH, printed=printed)


def _texts(numbers: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in numbers.items()}


@cache
def _template() -> Template:
    source = files(__package__).joinpath("picture.svg").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(source)
