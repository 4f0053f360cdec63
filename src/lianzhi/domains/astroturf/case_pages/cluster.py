"""Cluster: the graph of a group, who met whom how often, and the line of time of what they did.

Accounts stand on a circle, those who met most side by side, so that every name can be read; an edge
joins two who met on two things or more, and says where. Numbers are in the units of the drawing.
"""

from collections.abc import Sequence
from itertools import combinations
from math import cos, pi, sin
from statistics import median

import msgspec

#: Radius of the circle, and how far out names begin.
RADIUS, NAMES = 150, 12
#: Width of the line of time, and the height of its highest bar.
LENGTH, HEIGHT = 720, 56
#: Bars nearer than this are told apart by their title alone.
_APART = 14


class Dots(msgspec.Struct, frozen=True):
    """One account: its name, its part, and for each thing when it acted on it (ms), or None."""

    name: str | None
    role: str
    dots: tuple[int | None, ...]


class Spot(msgspec.Struct, frozen=True):
    """An account on the circle."""

    name: str | None
    role: str
    x: float
    y: float
    name_x: float
    name_y: float
    anchor: str


class Edge(msgspec.Struct, frozen=True):
    """Two accounts, by their places among the spots, and why there is an edge."""

    one: int
    other: int
    things: tuple[int, ...]
    """Numbers of the things on which they met, from 1 on."""
    apart: int
    """Milliseconds between them there, the median."""
    weight: int
    """1 to 3: how often they met, beside those who met most."""

    @property
    def which(self) -> str:
        """The numbers as people write them: `1-4, 7`."""
        runs: list[list[int]] = []
        for number in self.things:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        return ", ".join(f"{one[0]}-{one[-1]}" if len(one) > 1 else f"{one[0]}" for one in runs)


class Bar(msgspec.Struct, frozen=True):
    """One thing on the line of time."""

    number: int
    x: float
    y: float
    height: float
    labelled: bool


class Cluster(msgspec.Struct, frozen=True):
    """The graph."""

    spots: tuple[Spot, ...]
    edges: tuple[Edge, ...]
    """Those who met most first."""

    def name(self, place: int) -> str | None:
        """Account of a spot."""
        return self.spots[place].name


def cluster(accounts: Sequence[Dots]) -> Cluster:
    """Place accounts and join those who met."""
    met = {
        (one, other): tuple(
            number
            for number, pair in enumerate(
                zip(accounts[one].dots, accounts[other].dots, strict=True), 1
            )
            if None not in pair
        )
        for one, other in combinations(range(len(accounts)), 2)
    }
    order = _round(len(accounts), {pair: len(things) for pair, things in met.items()})
    place = {account: spot for spot, account in enumerate(order)}
    most = max((len(things) for things in met.values()), default=1)
    edges = [
        Edge(
            min(place[one], place[other]),
            max(place[one], place[other]),
            things,
            _apart(accounts[one], accounts[other], things),
            1 + (3 * len(things) > most) + (3 * len(things) > 2 * most),
        )
        for (one, other), things in met.items()
        if len(things) > 1
    ]
    edges.sort(key=lambda edge: (-len(edge.things), edge.apart, edge.one, edge.other))
    spots = tuple(
        _spot(accounts[account], 2 * pi * spot / len(order)) for spot, account in enumerate(order)
    )
    return Cluster(spots, tuple(edges))


def line(times: Sequence[int], sizes: Sequence[int]) -> tuple[Bar, ...]:
    """Bars at these times (ms, ascending), as high as so many accounts."""
    if not times:
        return ()
    first, span, most = times[0], max(times[-1] - times[0], 1), max(sizes)
    bars: list[Bar] = []
    last = -float(_APART)
    for number, (at, size) in enumerate(zip(times, sizes, strict=True), 1):
        x, height = round((at - first) / span * LENGTH, 1), round(size / most * HEIGHT, 1)
        labelled = x - last >= _APART
        last = x if labelled else last
        bars.append(Bar(number, x, round(HEIGHT - height, 1), height, labelled))
    return tuple(bars)


def _round(count: int, met: dict[tuple[int, int], int]) -> list[int]:
    """An order in which neighbours met often: from whom met most, always on to the nearest."""

    def near(one: int, other: int) -> int:
        return met[min(one, other), max(one, other)]

    left = set(range(count))
    if not left:
        return []
    begin = max(left, key=lambda one: (sum(near(one, o) for o in left if o != one), -one))
    order = [begin]
    left.remove(begin)
    while left:
        following = max(left, key=lambda one: (near(order[-1], one), -one))
        order.append(following)
        left.remove(following)
    return order


def _apart(one: Dots, other: Dots, things: Sequence[int]) -> int:
    pairs = ((one.dots[number - 1], other.dots[number - 1]) for number in things)
    return round(median(abs(a - b) for a, b in pairs if a is not None and b is not None))


def _spot(account: Dots, angle: float) -> Spot:
    across, down = sin(angle), -cos(angle)
    anchor = "middle" if abs(across) < 0.15 else "start" if across > 0 else "end"
    far = RADIUS + NAMES + (4 if abs(across) < 0.15 else 0)
    return Spot(
        account.name,
        account.role,
        round(RADIUS * across, 1),
        round(RADIUS * down, 1),
        round(far * across, 1),
        round(far * down + 4, 1),
        anchor,
    )
