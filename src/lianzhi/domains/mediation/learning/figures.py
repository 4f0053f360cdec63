"""Scorecard of mediation: figures with unit and interval, and the disputes behind each. Pure.

All follow a cohort, the disputes received in a period, so that a part lies within its whole; what
is young has not ended, and counts as not settled yet. Definitions are words, under the keys
`mediation_figure.KEY` and `mediation_figure_means.KEY`.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from lianzhi.chain.scorecard import Figure, count, quantile, rate
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.kit.periods import DAY_MS
from lianzhi.stats.intervals import clopper_pearson

Key = Literal[
    "received", "per_case", "closed", "at_source", "settled", "escalated", "at_centre",
    "other_routes", "withdrawn", "days_to_settle", "reopened", "satisfied",
]  # fmt: skip
KEYS: tuple[Key, ...] = get_args(Key)
Dimension = Literal["month", "field", "office"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
Satisfied = Callable[[RecordedDispute], bool | None]
"""Whether a visited party was satisfied; None: no answer is known."""


class Line(NamedTuple):
    """A figure and what it counts."""

    key: Key
    figure: Figure
    ids: tuple[str, ...]
    """Ids of the disputes that it counts."""


class _Share(NamedTuple):
    hits: Callable[[RecordedDispute], bool]
    among: Callable[[RecordedDispute], bool] = lambda dispute: True


def _closed(dispute: RecordedDispute) -> bool:
    return dispute.closed is not None


def _settled(dispute: RecordedDispute) -> bool:
    return dispute.outcome == "settled"


def _at_centre(dispute: RecordedDispute) -> bool:
    return dispute.level == "centre"


def card(
    disputes: Iterable[RecordedDispute],
    cases: Iterable[dt.date],
    since: dt.date | None,
    until: dt.date,
    satisfied: Satisfied,
) -> tuple[Line, ...]:
    """The figures of what was received in [since, until); `since` None: from the first day.

    `cases`: the day on which each case that the offices handled was opened.
    """
    first = since or dt.date.min
    cohort = [each for each in disputes if first <= each.received < until]
    opened = sum(first <= day < until for day in cases)
    shares: dict[Key, _Share] = {
        "closed": _Share(_closed),
        "at_source": _Share(lambda d: _settled(d) and d.level == "front_line", _closed),
        "settled": _Share(_settled, _closed),
        "escalated": _Share(_at_centre),
        "at_centre": _Share(_settled, lambda d: _at_centre(d) and _closed(d)),
        "other_routes": _Share(lambda d: d.outcome == "not_settled", _closed),
        "withdrawn": _Share(lambda d: d.outcome == "withdrawn", _closed),
        "reopened": _Share(lambda d: d.reopened > 0, lambda d: _closed(d) or d.reopened > 0),
        "satisfied": _Share(lambda d: satisfied(d) is True, lambda d: satisfied(d) is not None),
    }
    days = {each.id: (each.settled - each.received).days for each in cohort if each.settled}
    spans = sorted(days[each.id] * DAY_MS if each.id in days else math.inf for each in cohort)
    lines = {
        "received": Line("received", count("received", len(cohort)), _ids(cohort)),
        "per_case": Line("per_case", rate("per_case", len(cohort), opened), _ids(cohort)),
        "days_to_settle": Line(
            "days_to_settle", quantile("days_to_settle", spans, 0.5, {}), tuple(sorted(days))
        ),
    }
    for key, (hits, among) in shares.items():
        whole = list(filter(among, cohort))
        counted = list(filter(hits, whole))
        lines[key] = Line(key, share(key, len(counted), len(whole)), _ids(counted))
    return tuple(lines[key] for key in KEYS)


def share(key: str, hits: int, n: int) -> Figure:
    """A share with its exact interval (Clopper-Pearson, 95 %): 0 of 800 may be up to 0.46 %."""
    lo, hi = clopper_pearson(hits, n) if n else (None, None)
    value = hits / n if n else None
    return Figure(key=key, kind="share", unit="share", value=value, lo=lo, hi=hi, n=n, hits=hits)


def parts(
    disputes: Sequence[RecordedDispute], dimension: Dimension
) -> dict[str, list[RecordedDispute]]:
    """Disputes by month of receipt, field or office, in order of their names."""
    by_part: dict[str, list[RecordedDispute]] = {}
    for dispute in disputes:
        by_part.setdefault(part_of(dispute, dimension), []).append(dispute)
    return dict(sorted(by_part.items()))


def part_of(dispute: RecordedDispute, dimension: Dimension) -> str:
    """The part that a dispute belongs to."""
    return f"{dispute.received:%Y-%m}" if dimension == "month" else getattr(dispute, dimension)


def _ids(disputes: Iterable[RecordedDispute]) -> tuple[str, ...]:
    return tuple(dispute.id for dispute in disputes)
