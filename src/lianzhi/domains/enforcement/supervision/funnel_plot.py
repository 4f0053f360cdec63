"""Funnel plot of strictness: points and curves in SVG units, for a template."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.domains.enforcement.inspection.strictness import Inspector

WIDTH, HEIGHT = 640.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 60.0, 12.0, 34.0
_STEPS = 60


class Dot(NamedTuple):
    """One officer as a point of the plot."""

    x: float
    y: float
    officer: str
    look: bool
    observed: int
    expected: float


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    label: str


class Funnel(NamedTuple):
    """Observed / expected (vertical) by expected violations (horizontal), with the ordinary
    range.
    """

    width: float
    height: float
    area: str
    """SVG path of the ordinary range."""
    expected: float
    """Vertical position of 1: as many violations as expected."""
    left: float
    right: float
    bottom: float
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def funnel(inspectors: Sequence[Inspector]) -> Funnel | None:
    """The plot; None where there are no officers."""
    if not inspectors:
        return None
    most_x = max(inspector.expected for inspector in inspectors) * 1.08
    highest = max(2.0, *(inspector.observed / inspector.expected for inspector in inspectors))
    most_y = highest * 1.06

    def x(value: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * value / most_x, 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / most_y, 1)

    chance, spread = _widths(inspectors)
    least = max(min(inspector.expected for inspector in inspectors) * 0.6, most_x / 200)
    xs = [least + (most_x - least) * k / _STEPS for k in range(_STEPS + 1)]
    halves = [(chance / value + spread) ** 0.5 for value in xs]
    upper = [f"{x(v)},{y(min(1 + h, most_y))}" for v, h in zip(xs, halves, strict=True)]
    lower = [f"{x(v)},{y(max(1 - h, 0.0))}" for v, h in zip(xs, halves, strict=True)]
    return Funnel(
        *(WIDTH, HEIGHT, f"M{' L'.join([*upper, *lower[::-1]])} Z", y(1.0)),
        *(x(0.0), x(most_x), y(0.0)),
        tuple(
            Dot(
                *(
                    x(inspector.expected),
                    y(inspector.observed / inspector.expected),
                    inspector.officer,
                    inspector.look,
                ),
                *(inspector.observed, inspector.expected),
            )
            for inspector in inspectors
        ),
        tuple(Tick(x(value), f"{value:g}") for value in _round(most_x)),
        tuple(Tick(y(value), f"{value:g}") for value in _round(most_y)),
    )


def _widths(inspectors: Sequence[Inspector]) -> tuple[float, float]:
    """Squared half width of the range as chance / expected + spread, by least squares."""
    xs = [1 / inspector.expected for inspector in inspectors]
    ys = [(inspector.limits.hi - 1) ** 2 for inspector in inspectors]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    around = sum((value - mean_x) ** 2 for value in xs)
    slope = 0.0
    if around > 0:
        slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(xs, ys, strict=True)) / around
    slope = max(slope, 0.0)
    return slope, max(mean_y - slope * mean_x, 0.0)


def _round(most: float) -> list[float]:
    step = next(
        s for k in range(-2, 9) for s in (10.0**k, 2 * 10.0**k, 5 * 10.0**k) if most / s <= 5
    )
    return [round(step * k, 6) for k in range(int(most / step) + 1)]
