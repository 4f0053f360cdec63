"""Scorecard 成绩单: results of a period, in figures with intervals.

A figure has a key, under which the catalogues define what is counted (`figure.<key>`,
`figure_means.<key>`), a unit and a 95 % interval. Figures are computed from cubes: counts by
dimension. Identities between counts are checked, and contradictions reported.
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
        """Number of items that match `where`."""
        return sum(self.split((), where).values())

    def split(self, dims: Sequence[str], where: Where | None = None) -> dict[tuple[str, ...], int]:
        """Numbers of items that match `where`, by `dims`. Raises ValueError: no such dimension."""
        wanted = [(self.dims.index(dim), values) for dim, values in (where or {}).items()]
        places = [self.dims.index(dim) for dim in dims]
        counts: dict[tuple[str, ...], int] = {}
        for cell, number in self.cells.items():
            if all(cell[place] in values for place, values in wanted):
                part = tuple(cell[place] for place in places)
                counts[part] = counts.get(part, 0) + number
        return counts


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Raw counts of a period, before figures are computed. Times are Unix ms UTC."""

    since: int
    until: int
    """The period is [since, until)."""
    at: int
    """When it was read."""
    cubes: Mapping[str, Cube]
    spans: Mapping[str, Sequence[float]] = {}
    """Lengths of time in ms, shortest first; infinite: it has not come."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure; its value is None where nothing was counted."""

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
        """The figure of this key, of the whole; None where only its parts have figures."""
        return next((f for f in self.figures if f.key == key and not f.part), None)

    def parts(self, key: str, *dims: str) -> list[Figure]:
        """Figures of this key by these dimensions, the one with the largest `n` first."""
        matching = [f for f in self.figures if f.key == key and tuple(f.part) == dims]
        return sorted(matching, key=lambda f: (-f.n, *f.part.values()))


def count(key: str, number: int, part: Mapping[str, str] | None = None) -> Figure:
    """A count with its exact Poisson (Garwood) interval."""
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

    None where it lies among those that have not ended. The interval is distribution-free (order
    statistics).
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
    kappa_ = cohen_kappa(table)
    value, limits = (None, None) if kappa_ is None else (kappa_.value, Interval(*kappa_[1:]))
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
    """An identity that must hold: the whole equals the sum of the parts."""

    key: str
    whole: Sum
    parts: tuple[Sum, ...]

    def holds(self, counts: Counts) -> Contradiction | None:
        """The contradiction; None where the identity holds."""
        left, right = self.whole.of(counts), sum(part.of(counts) for part in self.parts)
        return None if left == right else Contradiction(key=self.key, left=left, right=right)


def contradictions(counts: Counts, checks: Iterable[Check]) -> tuple[Contradiction, ...]:
    """The contradictions among `checks`."""
    return tuple(wrong for check in checks if (wrong := check.holds(counts)) is not None)
