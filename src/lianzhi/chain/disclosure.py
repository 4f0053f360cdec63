"""Disclosure: public figures of a period, with small counts withheld to protect individuals.

A total of one to four is not told, and neither is a breakdown in which any part is one to four: all
of it is withheld, so that nothing can be subtracted. What is published by two ways that add up to
one another is published once: strikes go with measures on accounts, so they are left out; measures
are told by kind and not by role, for those on items have none; reports that are sent on stand under
what was received and nowhere else.

What is published is what happened in a period that is over; a later reading differs only by cases
and reports opened again since; a deployment publishes months or quarters, never both.
"""

from collections.abc import Mapping

import msgspec

from lianzhi.chain.scorecard import Counts, Figure, Sum, Where, quantile, share
from lianzhi.chain.scorecard_figures import SPECS

#: Counts from one to below this are not told.
FEW = 5


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One whole, in the parts of each of its dimensions."""

    key: str
    """Key of the figure that defines it."""
    total: int | None
    """None: one to four."""
    parts: dict[str, dict[str, int] | None] = {}
    """Dimension -> value -> count; None: withheld."""


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
    "measures.ordered": ("key",),
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
        part for key, whole in SHARES.items() if (part := _share(key, tables[whole])) is not None
    ]
    medians = [_median(key, counts) for key in MEDIANS if _enough(key, counts)]
    return Report(
        since=counts.since,
        until=counts.until,
        tables=tuple(tables.values()),
        figures=(*shares, *medians),
    )


def protect(total: int, parts: Mapping[str, int]) -> tuple[int | None, dict[str, int] | None]:
    """A whole and its parts as they may be told.

    Of parts that are withheld, each of the few may be any of one to four: others make up the rest.
    """
    if 0 < total < FEW:
        return None, None
    few = any(0 < number < FEW for number in parts.values())
    return total, None if few else dict(parts)


def _published(key: str, dims: tuple[str, ...], counts: Counts) -> Published:
    spec = _SPECS[key]
    whole = Sum(spec.cube, spec.where).of(counts)
    total, parts = protect(whole, {})[0], {}
    for dim in dims:
        numbers = counts.cubes[spec.cube].split((dim,), spec.where)
        parts[dim] = protect(whole, {name: number for (name,), number in numbers.items()})[1]
    return Published(key=key, total=total, parts=parts)


def _share(key: str, whole: Published) -> Figure | None:
    """The share, where everything that it is made of is told."""
    hits: Where = _SPECS[key].hits
    ((dim, values),) = hits.items()
    parts = whole.parts[dim]
    if not whole.total or parts is None:
        return None
    return share(key, sum(parts.get(value, 0) for value in values), whole.total)


def _enough(key: str, counts: Counts) -> bool:
    return len(counts.spans[_SPECS[key].cube]) >= FEW


def _median(key: str, counts: Counts) -> Figure:
    """In whole minutes, and without how many it rests on."""
    figure = quantile(key, counts.spans[_SPECS[key].cube], 0.5, {})

    def rounded(ms: float | None) -> int | None:
        return None if ms is None else round(ms / _MINUTE) * _MINUTE

    value, lo, hi = rounded(figure.value), rounded(figure.lo), rounded(figure.hi)
    return msgspec.structs.replace(figure, value=value, lo=lo, hi=hi, n=0)
