"""Scorecard 成绩单: what a period amounted to, in figures that say how sure they are.

A figure has a key, under which the catalogues say what is counted (`figure.<key>`,
`figure_means.<key>`), a unit and a 95 % interval. Figures are made of cubes: counts by what they
are counts of. What must add up is checked, and said where it does not.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from lianzhi.stats.agreement import cohen_kappa
from lianzhi.stats.intervals import Interval, order_ranks, poisson_rate, wilson

Kind = Literal["count", "share", "rate", "quantile", "kappa"]
Unit = Literal["number", "share", "per_100", "ms", "kappa"]

#: An estimate that rests on fewer is shown greyed: one more could move a share by 5 points.
SMALL = 20

Where = Mapping[str, tuple[str, ...]]
"""Dimension -> the values that count; a dimension that is not named counts with all of them."""


class Cube(msgspec.Struct, frozen=True):
    """Counts by what they are of: `dims` names the places of each key of `cells`."""

    dims: tuple[str, ...]
    cells: Mapping[tuple[str, ...], int] = {}

    def count(self, where: Where | None = None) -> int:
        """How many there are of these."""
        return sum(self.split((), where).values())

    def split(self, dims: Sequence[str], where: Where | None = None) -> dict[tuple[str, ...], int]:
        """How many of these there are by some of the dimensions. Raises ValueError: no such one."""
        wanted = [(self.dims.index(dim), values) for dim, values in (where or {}).items()]
        places = [self.dims.index(dim) for dim in dims]
        found: dict[tuple[str, ...], int] = {}
        for cell, number in self.cells.items():
            if all(cell[place] in values for place, values in wanted):
                part = tuple(cell[place] for place in places)
                found[part] = found.get(part, 0) + number
        return found


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a period, before anything is made of it. Times are Unix ms UTC."""

    since: int
    until: int
    """The period is [since, until)."""
    at: int
    """When it was read."""
    cubes: Mapping[str, Cube]
    spans: Mapping[str, Sequence[float]] = {}
    """Lengths of time in ms, shortest first; infinite: it has not come."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure; without a value where there is nothing to say it of."""

    key: str
    kind: Kind
    unit: Unit
    part: dict[str, str] = {}
    """Of which part of the whole: dimension -> value; empty: of the whole."""
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    """Limits of its 95 % interval; None: too few to give one, or they come in batches."""
    n: int = 0
    """What it rests on: how many were counted, or judged, or lengths of time there are."""
    hits: int | None = None
    """Of a share or rate: how many of the `n` it was, or how many came on them."""

    @property
    def small(self) -> bool:
        """Whether it is an estimate that rests on few."""
        return self.kind != "count" and self.n < SMALL

    @property
    def definition(self) -> str:
        """Key of its definition in the catalogues."""
        return f"figure_means.{self.key}"


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """Two numbers that must be the same and are not; `contradiction.<key>` says which."""

    key: str
    left: int
    right: int


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a period."""

    since: int
    until: int
    at: int
    figures: tuple[Figure, ...]
    contradictions: tuple[Contradiction, ...] = ()

    def of(self, key: str) -> Figure:
        """The figure of this key, of the whole. Raises KeyError."""
        if (figure := self.whole(key)) is None:
            raise KeyError(key)
        return figure

    def whole(self, key: str) -> Figure | None:
        """The same; None where there is a figure of its parts only."""
        return next((one for one in self.figures if one.key == key and not one.part), None)

    def parts(self, key: str, *dims: str) -> list[Figure]:
        """The same of its parts by these dimensions, the weightiest first."""
        found = [f for f in self.figures if f.key == key and tuple(f.part) == dims]
        return sorted(found, key=lambda f: (-f.n, *f.part.values()))


def count(key: str, number: int, part: Mapping[str, str] | None = None) -> Figure:
    """A count. Its interval is what such a period could as well have brought by chance."""
    limits = poisson_rate(number)
    return Figure(
        key=key,
        kind="count",
        unit="number",
        part=dict(part or {}),
        value=number,
        lo=limits.lo,
        hi=limits.hi,
        n=number,
    )


def share(key: str, hits: int, n: int, part: Mapping[str, str] | None = None) -> Figure:
    """How many of `n` it was, with Wilson's interval."""
    limits = wilson(hits, n) if n else None
    value = hits / n if n else None
    return _estimate(key, "share", "share", value, limits, n=n, hits=hits, part=part)


def rate(key: str, hits: int, n: int, part: Mapping[str, str] | None = None) -> Figure:
    """How many came on a hundred of `n`, with Garwood's interval."""
    limits = poisson_rate(hits, n / 100) if n else None
    value = 100 * hits / n if n else None
    return _estimate(key, "rate", "per_100", value, limits, n=n, hits=hits, part=part)


def quantile(key: str, spans: Sequence[float], of: float, part: Mapping[str, str]) -> Figure:
    """A quantile of lengths of time (ms, shortest first): the value at its rank.

    None where it lies among those that have not come. The interval takes nothing for granted about
    how they are distributed.
    """
    n = len(spans)
    lo, hi = order_ranks(n, of) if n else (None, None)

    def at(rank: int | None) -> float | None:
        return None if rank is None or spans[rank - 1] == math.inf else spans[rank - 1]

    return Figure(
        key=key,
        kind="quantile",
        unit="ms",
        part=dict(part),
        value=at(math.ceil(n * of) if n else None),
        lo=at(lo),
        hi=at(hi),
        n=n,
    )


def kappa(key: str, table: Sequence[Sequence[int]]) -> Figure:
    """Cohen's kappa of a square table of first and second judgements."""
    found = cohen_kappa(table)
    value, limits = (None, None) if found is None else (found.value, Interval(*found[1:]))
    return _estimate(key, "kappa", "kappa", value, limits, n=sum(map(sum, table)))


def _estimate(
    key: str,
    kind: Kind,
    unit: Unit,
    value: float | None,
    limits: Interval | None,
    *,
    n: int,
    hits: int | None = None,
    part: Mapping[str, str] | None = None,
) -> Figure:
    lo, hi = (None, None) if limits is None else limits
    part = dict(part or {})
    return Figure(
        key=key, kind=kind, unit=unit, part=part, value=value, lo=lo, hi=hi, n=n, hits=hits
    )


class Sum(msgspec.Struct, frozen=True):
    """Some cells of a cube, added up."""

    cube: str
    where: Where = {}

    def of(self, counts: Counts) -> int:
        """How many that is."""
        return counts.cubes[self.cube].count(self.where)


class Check(msgspec.Struct, frozen=True):
    """What must be the same: the one, and the others added up."""

    key: str
    whole: Sum
    parts: tuple[Sum, ...]

    def holds(self, counts: Counts) -> Contradiction | None:
        """What is wrong, if anything is."""
        left, right = self.whole.of(counts), sum(one.of(counts) for one in self.parts)
        return None if left == right else Contradiction(key=self.key, left=left, right=right)


def contradictions(counts: Counts, checks: Iterable[Check]) -> tuple[Contradiction, ...]:
    """All that does not add up."""
    return tuple(wrong for check in checks if (wrong := check.holds(counts)) is not None)
