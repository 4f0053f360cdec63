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
    """One account: its name, its role, and for each object when it acted on it (ms), or None."""

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

    first: int
    second: int
    objects: tuple[int, ...]
    """Numbers of the objects on which they met, from 1 on."""
    apart: int
    """Milliseconds between them there, the median."""
    weight: int
    """1 to 3: how often they met, beside those who met most."""

    @property
    def which(self) -> str:
        """The numbers as people write them: `1-4, 7`."""
        runs: list[list[int]] = []
        for number in self.objects:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


class Bar(msgspec.Struct, frozen=True):
    """One object on the time line."""

    number: int
    x: float
    y: float
    height: float
    labelled: bool


class Cluster(msgspec.Struct, frozen=True):
    """Graph of accounts that met."""

    spots: tuple[Spot, ...]
    edges: tuple[Edge, ...]
    """Those who met most first."""

    def name(self, place: int) -> str | None:
        """Account of a spot."""
        return self.spots[place].name


def cluster(accounts: Sequence[Dots]) -> Cluster:
    """Place accounts and join those who met."""
    met = {
        (a, other): tuple(
            number
            for number, pair in enumerate(
                zip(accounts[a].dots, accounts[other].dots, strict=True), 1
            )
            if None not in pair
        )
        for a, other in combinations(range(len(accounts)), 2)
    }
    order = _round(len(accounts), {pair: len(common) for pair, common in met.items()})
    place = {account: spot for spot, account in enumerate(order)}
    most = max((len(common) for common in met.values()), default=1)
    edges = [
        Edge(
            min(place[a], place[b]),
            max(place[a], place[b]),
            common,
            _apart(accounts[a], accounts[b], common),
            1 + (3 * len(common) > most) + (3 * len(common) > 2 * most),
        )
        for (a, b), common in met.items()
        if len(common) > 1
    ]
    edges.sort(key=lambda edge: (-len(edge.objects), edge.apart, edge.first, edge.second))
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
    """A circular order by greedy nearest neighbour, starting from the account that met most."""

    def near(a: int, b: int) -> int:
        return met[min(a, b), max(a, b)]

    left = set(range(count))
    if not left:
        return []
    begin = max(left, key=lambda a: (sum(near(a, o) for o in left if o != a), -a))
    order = [begin]
    left.remove(begin)
    while left:
        following = max(left, key=lambda a: (near(order[-1], a), -a))
        order.append(following)
        left.remove(following)
    return order


def _apart(x: Dots, y: Dots, common: Sequence[int]) -> int:
    pairs = ((x.dots[number - 1], y.dots[number - 1]) for number in common)
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
