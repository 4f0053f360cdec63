"""Disclosure: the figures of a period that anybody may read, without what would point at a person.

A count of one to four is not told (`few`), and neither is whatever it could be computed from:
further parts of the same whole are withheld until every such count could still be any of one to
four. Only what is settled when the period ends is published, so that a later reading tells nothing
by how it differs; a deployment publishes months or quarters, never both.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from lianzhi.chain.scorecard import Counts, Figure, Sum, Where, quantile, share
from lianzhi.chain.scorecard_figures import SPECS

#: Counts from one to below this are not told.
FEW = 5


class Cell(msgspec.Struct, frozen=True):
    """A count as it is published; without a value where it is not told."""

    value: int | None = None
    mark: Literal["", "few", "withheld"] = ""
    """`few`: one to four. `withheld`: any count; it would tell another."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One whole, in the parts of each of its dimensions."""

    key: str
    """Key of the figure that defines it."""
    total: Cell
    parts: dict[str, dict[str, Cell]] = {}
    """Dimension -> value -> count."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is published of a period."""

    since: int
    until: int
    tables: tuple[Published, ...]
    figures: tuple[Figure, ...]
    """Shares whose counts are all told, and medians."""


#: Figure -> the dimensions by which its count is published.
PUBLIC: dict[str, tuple[str, ...]] = {
    "findings.made": ("stage",),
    "cases.opened": ("kind",),
    "cases.closed": ("outcome",),
    "decisions.made": ("restricts", "automated", "source", "ground"),
    "measures.ordered": ("key", "role"),
    "strikes.given": (),
    "reports.received": ("category", "channel"),
    "reports.answered": ("outcome",),
    "reports.due": ("in_time",),
    "appeals.filed": ("party",),
    "appeals.answered": ("status",),
    "appeals.due": ("in_time",),
    "protections.granted": ("asked",),
    "revisits.held": ("rebound",),
    "revisits.due": ("in_time",),
}
#: Share -> the published count whose part it is.
SHARES: dict[str, str] = {
    "cases.false_positive_share": "cases.closed",
    "decisions.restricting_share": "decisions.made",
    "decisions.automated_share": "decisions.made",
    "reports.in_time_share": "reports.due",
    "appeals.in_time_share": "appeals.due",
    "appeals.overturned_share": "appeals.answered",
    "appeals.overturned_whole_share": "appeals.answered",
    "revisits.in_time_share": "revisits.due",
    "revisits.rebound_share": "revisits.held",
}
MEDIANS: tuple[str, ...] = ("speed.warning", "speed.report", "speed.appeal")

_MINUTE = 60_000
_SPECS = {spec.key: spec for spec in SPECS}


def publish(counts: Counts) -> Report:
    """What may be published of what was read."""
    tables = {key: _published(key, dims, counts) for key, dims in PUBLIC.items()}
    shares = [
        found for key, whole in SHARES.items() if (found := _share(key, tables[whole])) is not None
    ]
    medians = [_median(key, counts) for key in MEDIANS if _enough(key, counts)]
    return Report(
        since=counts.since,
        until=counts.until,
        tables=tuple(tables.values()),
        figures=(*shares, *medians),
    )


def protect(total: int, parts: Mapping[str, int]) -> tuple[Cell, dict[str, Cell]]:
    """A whole and its parts as they may be told.

    Which further parts are withheld goes by name, not by size: the choice itself tells nothing.
    """
    if 0 < total < FEW:
        return Cell(mark="few"), dict.fromkeys(parts, Cell(mark="withheld"))
    few = {name for name, number in parts.items() if 0 < number < FEW}
    hidden = set(few)
    for name in sorted(parts):
        if _guarded(parts, few, hidden):
            break
        if parts[name] >= FEW:
            hidden.add(name)
    if not _guarded(parts, few, hidden):
        return Cell(total), dict.fromkeys(parts, Cell(mark="withheld"))
    told = {
        name: Cell(mark="few" if name in few else "withheld") if name in hidden else Cell(number)
        for name, number in parts.items()
    }
    return Cell(total), told


def _guarded(parts: Mapping[str, int], few: set[str], hidden: set[str]) -> bool:
    """Whether each of the few could be any of one to four, for all that the others tell.

    Who adds up what is told knows what the hidden parts come to together.
    """
    if not few:
        return True
    together = sum(parts[name] for name in hidden)
    withheld = len(hidden) - len(few)
    least_when_four = (FEW - 1) + (len(few) - 1) + FEW * withheld
    most_when_one = 1 + (FEW - 1) * (len(few) - 1)
    return least_when_four <= together and (withheld > 0 or together <= most_when_one)


def _published(key: str, dims: tuple[str, ...], counts: Counts) -> Published:
    spec = _SPECS[key]
    total = Sum(spec.cube, spec.where).of(counts)
    whole, parts = protect(total, {})[0], {}
    for dim in dims:
        numbers = counts.cubes[spec.cube].split((dim,), spec.where)
        parts[dim] = protect(total, {name: number for (name,), number in numbers.items()})[1]
    return Published(key=key, total=whole, parts=parts)


def _share(key: str, whole: Published) -> Figure | None:
    """The share, where everything that it is made of is told."""
    hits: Where = _SPECS[key].hits
    ((dim, values),) = hits.items()
    parts = [cell for name, cell in whole.parts[dim].items() if name in values]
    told = [cell.value for cell in (whole.total, *parts)]
    if not whole.total.value or None in told:
        return None
    return share(key, sum(cell.value or 0 for cell in parts), whole.total.value)


def _enough(key: str, counts: Counts) -> bool:
    return len(counts.spans[_SPECS[key].cube]) >= FEW


def _median(key: str, counts: Counts) -> Figure:
    """In whole minutes, and without how many it rests on."""
    found = quantile(key, counts.spans[_SPECS[key].cube], 0.5, {})

    def rounded(ms: float | None) -> int | None:
        return None if ms is None else round(ms / _MINUTE) * _MINUTE

    value, lo, hi = rounded(found.value), rounded(found.lo), rounded(found.hi)
    return msgspec.structs.replace(found, value=value, lo=lo, hi=hi, n=0)
