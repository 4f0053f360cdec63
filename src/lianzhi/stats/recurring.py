"""Recurring causes: which cause comes up at an office more often than elsewhere.

Parties count, not disputes: one that disputes ten times on the same cause counts once, so that a
series of one enterprise is no recurring cause, and counts come closer to independent ones.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from lianzhi.stats.intervals import Interval, poisson_rate
from lianzhi.stats.multiplicity import benjamini_hochberg
from lianzhi.stats.rate_ratio import RateRatio, rate_ratio

_Cell = tuple[str, str, str]
"""Field, cause and office."""
Verdict = Literal["recurring", "alike", "few", "no_base"]


class Seen(NamedTuple):
    """A dispute, as far as it counts here."""

    field: str
    cause: str
    office: str
    party: str
    """Vault token of who disputes."""
    day: dt.date


class Handled(NamedTuple):
    """A case that an office handled."""

    field: str
    office: str
    day: dt.date


class Cause(NamedTuple):
    """A cause at an office, with its rate per case and how it compares."""

    field: str
    cause: str
    office: str
    parties: int
    disputes: int
    cases: int
    """Handled there in the field; 0: none is known."""
    rate: Interval | None
    """Parties per case, Garwood (95 %); None without cases."""
    ratio: RateRatio | None
    """To the other causes and offices of the field."""
    verdict: Verdict


def recurring(
    seen: Iterable[Seen],
    handled: Iterable[Handled],
    least: int,
    false_discovery: float,
    since: dt.date,
    until: dt.date,
) -> tuple[Cause, ...]:
    """Causes of [since, until), those that recur first, then by parties.

    A cause recurs where its rate per case lies above that of the other causes and offices of its
    field (exact rate ratio) at a false discovery rate (Benjamini and Hochberg 1995), and at least
    `least` parties had it.
    """
    within = [each for each in seen if since <= each.day < until]
    disputes = Counter(each[:3] for each in within)
    parties = Counter(each[:3] for each in {each[:4] for each in within})
    cases = Counter(each[:2] for each in handled if since <= each.day < until)
    fields = _fields(parties, cases)
    ratios = {cell: _ratio(cell, parties, cases, fields) for cell in parties}
    known = [cell for cell, ratio in ratios.items() if ratio is not None]
    p_values = benjamini_hochberg([getattr(ratios[cell], "p", 1.0) for cell in known])
    adjusted = dict(zip(known, map(float, p_values), strict=True))
    causes = []
    for cell, count in parties.items():
        field, cause, office = cell
        base, ratio = cases[field, office], ratios[cell]
        verdict: Verdict = "alike"
        if count < least:
            verdict = "few"
        elif ratio is None:
            verdict = "no_base"
        elif ratio.value > 1 and adjusted[cell] <= false_discovery:
            verdict = "recurring"
        rate = poisson_rate(count, base) if base else None
        causes.append(
            Cause(field, cause, office, count, disputes[cell], base, rate, ratio, verdict)
        )
    causes.sort(key=lambda each: (each.verdict != "recurring", -each.parties, each[:3]))
    return tuple(causes)


class _Field(NamedTuple):
    """What the causes of a field are compared with."""

    cases: int
    """Handled by all offices of the field."""
    causes: int
    """How many came up at offices whose cases are known."""
    parties: int


def _fields(
    parties: Mapping[_Cell, int], cases: Mapping[tuple[str, str], int]
) -> Mapping[str, _Field]:
    handled: Counter[str] = Counter()
    for (field, _), count in cases.items():
        handled[field] += count
    known = {cell: count for cell, count in parties.items() if (cell[0], cell[2]) in cases}
    causes = Counter(field for field, _ in {cell[:2] for cell in known})
    disputing: Counter[str] = Counter()
    for (field, _, _), count in known.items():
        disputing[field] += count
    return {key: _Field(count, causes[key], disputing[key]) for key, count in handled.items()}


def _ratio(
    cell: _Cell,
    parties: Mapping[_Cell, int],
    cases: Mapping[tuple[str, str], int],
    fields: Mapping[str, _Field],
) -> RateRatio | None:
    """The rate of a cell to that of the other causes and offices of its field; None: of either no
    case is known."""
    field, _, office = cell
    if (field, office) not in cases:
        return None
    whole, own = fields[field], cases[field, office]
    exposure = whole.cases * whole.causes - own
    if exposure <= 0:
        return None
    return rate_ratio(parties[cell], whole.parties - parties[cell], own, exposure)
