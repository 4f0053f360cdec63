"""Plots of inspection in units of an SVG: strata of a draw, and days gained by a ranking."""

from collections import Counter
from typing import NamedTuple

from lianzhi.domains.enforcement.inspection.draw import Plan
from lianzhi.domains.enforcement.inspection.gains import WITHIN, Gains, Score, Within
from lianzhi.domains.enforcement.inspection.roster import Rosters, eligible
from lianzhi.kit.plots import ROW, WIDTH, round_marks

LABEL, VALUE = 80, 104
"""Widths that a row keeps for its name and for its value."""
HEAD = 22
"""Height of the line above the rows of a group."""
SHOWN: tuple[Score, ...] = ("naive", "adjusted")
_ROOM = WIDTH - LABEL - VALUE


class StratumBar(NamedTuple):
    """A tier: how many enterprises it has, of these can be drawn, and are."""

    stratum: str
    all: int
    able: int
    drawn: int
    each: float
    """Width that stands for one enterprise."""

    @property
    def bars(self) -> dict[str, float]:
        """Widths of the bars, the longest first."""
        counts = {"all": self.all, "able": self.able, "drawn": self.drawn}
        return {name: round(self.each * count, 1) for name, count in counts.items()}


def stratum_bars(plan: Plan, rosters: Rosters) -> list[StratumBar]:
    """Tiers in the order of how much of them is drawn; none where there is one stratum only."""
    if len(plan.strata) < 2:
        return []
    every = Counter(enterprise.stratum for enterprise in rosters.enterprises)
    able = Counter(enterprise.stratum for enterprise in eligible(rosters, plan.until).enterprises)
    each = _ROOM / max(every.values())
    bars = [StratumBar(name, every[name], able[name], n, each) for name, n in plan.strata.items()]
    return sorted(bars, key=lambda bar: (-bar.drawn / max(bar.all, 1), bar.stratum))


class Dot(NamedTuple):
    """A gain in days with its limits, and where these lie."""

    within: Within
    score: Score
    days: float
    lo: float
    hi: float
    x: float
    left: float
    right: float
    y: float
    """Middle of its row."""


class Mark(NamedTuple):
    """A mark on the scale."""

    x: float
    label: str


class Group(NamedTuple):
    """The dots of what is reordered within what: top and bottom of their rows."""

    within: Within
    top: float
    bottom: float


class Dots(NamedTuple):
    """Gains on one scale with nought on it."""

    dots: tuple[Dot, ...]
    groups: tuple[Group, ...]
    marks: tuple[Mark, ...]
    nought: float
    height: float


def dots(gained: Gains) -> Dots:
    """Both honest figures, in each of the three ways."""
    estimates = [gained.gains[score][within] for within in WITHIN for score in SHOWN]
    marks = round_marks(
        min(0.0, *(estimate.lo for estimate in estimates)),
        max(0.0, *(estimate.hi for estimate in estimates)),
    )
    lowest, highest = marks[0], marks[-1]

    def x(days: float) -> float:
        return round(LABEL + _ROOM * (days - lowest) / (highest - lowest), 1)

    placed, groups, y = [], [], 0.0
    for within in WITHIN:
        y += HEAD
        groups.append(Group(within, y, y + ROW * len(SHOWN)))
        for score in SHOWN:
            estimate = gained.gains[score][within]
            places = x(estimate.days), x(estimate.lo), x(estimate.hi), y + ROW / 2
            placed.append(Dot(within, score, estimate.days, estimate.lo, estimate.hi, *places))
            y += ROW
    labels = [Mark(x(value), f"{value:g}".replace("-", "−")) for value in marks]
    return Dots(tuple(placed), tuple(groups), tuple(labels), x(0.0), y)
